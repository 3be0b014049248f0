"""What the product says of its own accord: cases by flow and class, and the money under them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from integrations.cases import settling
from integrations.cases.models import Case
from integrations.crossrefs.models import CrossReference
from integrations.messages.lifecycle import OperationState
from integrations.messages.models import InboxMessage, Operation
from integrations.sla.lifecycle import RiskState
from integrations.sla.models import Exposure


@dataclass(frozen=True)
class Said:
    """Business keys, who has to look, and exposure in minor units by currency and in the base."""

    keys: frozenset[str]
    teams: frozenset[str]
    amounts: dict[str, int] = field(default_factory=dict)
    base: int = 0


def of_cases(*, klass: str, flow: str, title: str = "") -> Said:
    """The live cases of a class in a flow, or with a problem's title."""
    cases = list(settling.live().filter(klass=klass).select_related("flow", "agreement"))
    mine = [one for one in cases if one.flow and one.flow.slug == flow and title in one.title]
    return of(mine)


def of_unknown(*, entity: str, key: str) -> Said:
    """The live cases that wait for that record."""
    cases = list(settling.live().filter(klass="reference").select_related("flow", "agreement"))
    mine = [one for one in cases if any(_names(one, entity, key))]
    return of(mine)


def _names(case: Case, entity: str, key: str) -> list[bool]:
    told = case.detail.get("refers") or []
    return [one["entity"] == entity and one["key"] == key for one in told]


def of(cases: list[Case]) -> Said:
    amounts: Counter[str] = Counter()
    base = 0
    rows = Exposure.objects.filter(case__in=cases, state=RiskState.AT_RISK)
    for currency, minor, euros in rows.values_list("currency", "amount_minor", "base_minor"):
        amounts[currency] += minor
        base += euros
    return Said(
        keys=frozenset(one.business_key for one in cases),
        teams=frozenset(team for one in cases if (team := _team(one))),
        amounts=dict(amounts),
        base=base,
    )


def _team(case: Case) -> str:
    return str(case.agreement.document["owners"]["team"]) if case.agreement else ""


def read_by(flow: str) -> frozenset[str]:
    """Keys of every record that a flow has read."""
    rows = InboxMessage.objects.filter(flow__slug=flow)
    return frozenset(rows.values_list("key", flat=True))


def applied(flow: str, key: str) -> int:
    """How many effects of a business key are done."""
    rows = Operation.objects.filter(flow__slug=flow, business_key=key)
    return rows.filter(state=OperationState.APPLIED).count()


def references(entity: str, key: str, system: str) -> int:
    """Records there which are this one here."""
    rows = CrossReference.objects.filter(entity=entity, canonical_id=key, system=system)
    return rows.filter(valid_to=None).count()
