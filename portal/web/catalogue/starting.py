"""What the catalogue tells Home while there is nothing in it: what to do first."""

from __future__ import annotations

from django.urls import reverse

from governance.catalog.models import System
from governance.flows.models import Flow
from governance.ownership.lifecycle import Status
from portal.web.shell.access import SignedIn
from portal.web.shell.needs import Need


def need(request: SignedIn) -> Need | None:
    """The section *Start here*, until the first flow is active."""
    if Flow.objects.filter(status=Status.ACTIVE).exists():
        return None
    may = request.user.has_perm("governance.propose_change")
    systems = System.objects.filter(status=Status.ACTIVE).exists()
    return Need(
        title="Start here",
        template="catalogue/_start.html",
        rows=[{"systems": systems, "may": may}],
        summary="nothing flows yet",
        sentence="Agree on the first flow." if may else "",
        action="Propose a change" if may else "",
        action_url=reverse("change-new") if may else "",
        more="Catalogue" if request.user.has_perm("governance.view_registry") else "",
        more_url=reverse("catalogue"),
    )
