"""Letting go what waited for a record that nobody knew: somebody made or matched it meanwhile."""

from __future__ import annotations

from datetime import datetime

from integrations.cases.lifecycle import CaseClass, CaseState
from integrations.cases.models import Case
from integrations.cases.services import release_known
from integrations.crossrefs.queries import Name, resolve

MOST = 200
"""Cases of one look; the rest is looked at next time."""


def release_found(*, now: datetime) -> int:
    """Try again every open case all of whose unknown records are known now."""
    waiting = Case.objects.filter(klass=CaseClass.REFERENCE, state=CaseState.OPEN)
    cases = list(waiting.select_related("operation", "message").order_by("pk")[:MOST])
    names = {case.pk: _refers(case) for case in cases}
    known = resolve(name for found in names.values() for name in found)
    found = [case for case in cases if names[case.pk] and names[case.pk] <= known.keys()]
    if found:
        release_known(cases=found, now=now)
    return len(found)


def _refers(case: Case) -> set[Name]:
    told = case.detail.get("refers") or []
    return {(str(one["entity"]), str(one["key"]), str(one["system"])) for one in told}
