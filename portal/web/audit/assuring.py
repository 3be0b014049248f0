"""What the log tells Home of its readers: how far it is sealed, and whether the last seal holds."""

from __future__ import annotations

from django.core.cache import cache
from django.urls import reverse

from governance.audit.models import Seal
from governance.audit.verifying import Problem, verify_last
from portal.web.audit import reading
from portal.web.shell.access import SignedIn
from portal.web.shell.needs import Need

SECONDS = 300


def need(request: SignedIn) -> Need | None:
    """The section *Seals of the log*."""
    if not request.user.has_perm(reading.VIEW):
        return None
    standing = reading.sealing()
    problems = _checked(standing.last)
    sentence = "The audit log does not verify." if problems else ""
    return Need(
        title="Seals of the log",
        template="audit/_standing.html",
        rows=[{"standing": standing, "problems": problems}] if standing.last else [],
        hot=bool(problems),
        summary=sentence.removesuffix(".").lower(),
        sentence=sentence,
        action="See what was altered" if problems else "",
        action_url=reverse("audit-log") if problems else "",
        more="Verify the whole log",
        more_url=reverse("audit-log"),
        empty="Nothing is sealed yet; the first seal follows the first decisions.",
        aside=True,
    )


def _checked(last: Seal | None) -> list[Problem]:
    """The newest seal against its entries, looked at once in a while."""
    if last is None:
        return []
    key = f"home-seal-{last.number}-{last.digest}"
    held: list[Problem] | None = cache.get(key)
    if held is None:
        held = verify_last()
        cache.set(key, held, SECONDS)
    return held
