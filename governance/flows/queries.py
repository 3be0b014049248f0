"""Which flows a governed row reaches."""

from __future__ import annotations

from django.db.models import Q

from governance.flows.models import Flow
from governance.ownership.lifecycle import Status

REACH = {
    "system": lambda pk: Q(source__system=pk) | Q(target__system=pk),
    "connector": lambda pk: Q(source__connector=pk) | Q(target__connector=pk),
    "connection": lambda pk: Q(source=pk) | Q(target=pk),
    "entity": lambda pk: Q(entity=pk),
    "data_contract": lambda pk: Q(contract=pk),
    "data_contract_version": lambda pk: Q(contract__versions=pk),
    "authority": lambda pk: Q(entity__authorities=pk),
    "mapping": lambda pk: Q(mapping=pk),
    "flow": lambda pk: Q(pk=pk),
    "domain": lambda pk: Q(domain=pk),
    "team": lambda pk: Q(domain__isnull=False),
    "escalation_path": lambda pk: Q(domain__isnull=False),
    "value_map": lambda pk: Q(domain__isnull=False),
    "business_calendar": lambda pk: Q(domain__isnull=False),
    "measure": lambda pk: Q(domain__isnull=False),
    "loss_table": lambda pk: Q(domain__isnull=False),
    "fx_source": lambda pk: Q(domain__isnull=False),
}
"""Kind → condition; those from `team` on are named by slug inside documents, so every flow is asked
and an unchanged digest leaves its agreement alone."""


def reached_by(kind: str, pk: int) -> set[int]:
    """Ids of the active flows whose agreement may change when this row does."""
    if kind not in REACH:
        return set()
    rows = Flow.objects.filter(REACH[kind](pk), status=Status.ACTIVE)
    return set(rows.values_list("pk", flat=True))
