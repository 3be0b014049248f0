"""Facts of a small firm, told as its flows would tell them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from integrations.messages.models import InboxMessage
from integrations.sla import exposing, facts, standing, turn
from integrations.sla.telling import Told
from integrations.sla.terms import Terms, from_document

NOW = datetime(2026, 10, 29, 8, tzinfo=UTC)
_numbers = count(1)

DOCUMENT: dict[str, Any] = {
    "calendars": [
        {"time_zone": "Europe/London", "legal_entities": ["MC-GB"]},
        {"time_zone": "Europe/Berlin", "legal_entities": ["MC-DE"]},
    ],
    "fx": {
        "base": "EUR",
        "rates": [
            {"on": "2026-09-01", "currency": "GBP", "rate": "1.1500"},
            {"on": "2026-10-01", "currency": "GBP", "rate": "1.1450"},
        ],
    },
    "measures": [
        {
            "metric": "billing-latency",
            "objective": {"share": "95", "target": "5", "unit": "business_days"},
        },
        {
            "metric": "approved-not-billed",
            "objective": {"target": "1", "unit": "percent"},
            "thresholds": {"overdue_after_business_days": "10"},
            "buckets": [5, 10, 30, 60, 90],
        },
    ],
    "loss_table": {
        "cost_of_capital": "0.08",
        "rows": [{"class": "mapping", "probability": "0.05"}, {"probability": "0.2"}],
    },
}
TERMS: Terms = from_document(DOCUMENT)


def at(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def told(unit: str, key: str, milestone: str, when: str, money: int = 0, **more: Any) -> Told:
    """One fact; money in minor units of `currency` (GBP unless said)."""
    currency = more.pop("currency", "GBP")
    entity = {"legal_entity": "MC-GB"} | more
    return Told(unit, key, milestone, at(when), money, currency, entity)


def message(record: str, *, flow: int = 1, sequence: int = 1) -> InboxMessage:
    """The version of a source record that tells it; not stored."""
    number = next(_numbers)
    return InboxMessage(
        pk=number, flow_id=flow, agreement_id=1, key=record, sequence=sequence, accepted_at=NOW
    )


def tell(record: str, *what: Told, flow: int = 1, sequence: int = 1) -> None:
    """Fold one version of one record."""
    source = message(record, flow=flow, sequence=sequence)
    holder = turn.take()
    assert holder is not None
    standing.recompute(facts.replace([source], {source.pk: what}), TERMS, turn=holder)
    holder.leave()


def exposed(now: datetime) -> int:
    """Price what open cases put at risk; how many units are."""
    holder = turn.take()
    assert holder is not None
    found = exposing.expose(turn=holder, now=now)
    holder.leave()
    return found


def approved(key: str, when: str, money: int, **more: Any) -> None:
    """An approved line that can be billed at once."""
    tell(key, told("line", key, "time-approved", when, money, **more))


def invoiced(number: str, when: str, *lines: tuple[str, int], **more: Any) -> None:
    """Billing issued an invoice over these lines."""
    net = sum(money for _, money in lines)
    facts_of = [
        told("line", key, "invoice-issued", when, money, invoice=number, **more)
        for key, money in lines
    ]
    whole = told("invoice", number, "invoice-issued", when, net, invoice=number, gross=net, **more)
    tell(number, whole, *facts_of, flow=2)


def posted(number: str, when: str, money: int, **more: Any) -> None:
    """The ledger has it."""
    tell(number, told("invoice", number, "invoice-posted", when, money, **more), flow=3)


def paid(payment: str, number: str, when: str, money: int) -> None:
    """A payment settles (a part of) an invoice."""
    tell(payment, told("payment", payment, "payment-applied", when, money, invoice=number), flow=4)
