"""What the figures tell Home: those of money that are past their objective, for finance leaders."""

from __future__ import annotations

from django.urls import reverse

from governance import clock
from integrations.sla import terms as agreed
from integrations.sla.figures import at_risk, not_billed, posting
from integrations.sla.keeping import Keeper
from integrations.sla.queries import Figure, Filters
from portal.access import scopes
from portal.web.dashboards.numbers import Number
from portal.web.dashboards.tiling import STATES
from portal.web.shell.access import SignedIn
from portal.web.shell.needs import Need

VIEW, SIGN = "integrations.view_sla", "integrations.work_case"


def need(request: SignedIn) -> Need | None:
    """Three figures with their state; nothing for those who only read."""
    if not (request.user.has_perm(VIEW) and request.user.has_perm(SIGN)):
        return None
    terms, now = agreed.current(), clock.now()
    keep = Keeper(Filters(domains=scopes.money(request.user)), terms, now)
    found = [keep(compute) for compute in (not_billed, at_risk, posting)]
    late = sum(one.state == "breach" for one in found)
    return Need(
        "Money",
        "dashboards/_need.html",
        rows=[_row(one, terms.rates.base) for one in found],
        count=late,
        hot=bool(late),
        more="Open the dashboard",
        more_url=reverse("dashboards"),
        aside=True,
    )


def _row(one: Figure, base: str) -> dict[str, object]:
    url = reverse("dashboard-list", args=[one.slug])
    kind, state = STATES.get(one.state, STATES[""])
    number = Number("worth", one.value, url, base)
    return {"title": one.title, "url": url, "number": number, "kind": kind, "state": state}
