"""Letting go what waited for a record that nobody knew: somebody made or matched it meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from integrations.cases import unknown
from integrations.cases.fingerprints import fingerprint
from integrations.cases.lifecycle import CaseClass, CaseState
from integrations.cases.models import Case
from integrations.cases.services import release_known
from integrations.crossrefs.queries import Name, resolve

MOST = 200
"""Cases of one look; the rest is looked at next time."""


def release_found(*, now: datetime) -> int:
    """Try again every open case all of whose unknown records are known now.

    Where some are, the case names only those that are still missing: they are its problem.
    """
    waiting = Case.objects.filter(klass=CaseClass.REFERENCE, state=CaseState.OPEN)
    cases = list(waiting.select_related("operation", "message").order_by("pk")[:MOST])
    names = {case.pk: unknown.refers(case.detail) for case in cases}
    known = resolve(name for found in names.values() for name in found)
    found = [case for case in cases if names[case.pk] and set(names[case.pk]) <= known.keys()]
    if found:
        release_known(cases=found, now=now)
    _narrow([case for case in cases if case not in found], known)
    return len(found)


def _narrow(cases: Collection[Case], known: Collection[Name]) -> None:
    changed = []
    for case in cases:
        held = unknown.refers(case.detail)
        left = [name for name in held if name not in known]
        if left and left != held:
            case.detail = case.detail | unknown.told(left)
            case.title = unknown.title(left)[:300]
            case.fingerprint = fingerprint(klass=case.klass, flow="", detail=case.detail)
            changed.append(case)
    Case.objects.bulk_update(changed, ["detail", "title", "fingerprint"], batch_size=200)
