"""The tab *Shadow replay*: what a gate kept, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from portal.access.evidence import told

if TYPE_CHECKING:
    from governance.approvals.models import GateResult
    from governance.approvals.queries import Detail
    from portal.accounts.models import User

GATE = "shadow_replay"
ANSWERS = (("same", "active"), ("different", "risk"), ("fails", "breaking"))


@dataclass(frozen=True, slots=True)
class Price:
    """Minor units of one currency: as it is now, and under the candidate."""

    currency: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        """What the candidate adds."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: how many messages, and their money."""

    answer: str
    kind: str
    count: int
    prices: list[Price]


@dataclass(frozen=True, slots=True)
class Shadow:
    """`flows` are the entries as stored; `hidden` counts those without money for this person."""

    gate: GateResult
    at: datetime | None
    flows: list[dict[str, Any]]
    lines: list[Line]
    prices: list[Price]
    looked: int = 0
    of: int = 0
    hidden: int = 0
    samples: list[dict[str, Any]] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)

    @property
    def parts(self) -> dict[str, int]:
        """Answer → count, for the bar."""
        return {line.answer: line.count for line in self.lines}

    @property
    def to_look_at(self) -> int:
        """Messages that do not come out the same."""
        return sum(line.count for line in self.lines if line.answer != "same")


def shadow(found: Detail, person: User) -> Shadow | None:
    """None where the gate was never asked."""
    gate = next((one for one in found.gates if one.gate == GATE), None)
    if gate is None:
        return None
    flows = [_flow(one) for one in told(gate.detail, person).get("flows", [])]
    said = gate.detail.get("at")
    return Shadow(
        gate=gate,
        at=datetime.fromisoformat(said) if said else None,
        flows=flows,
        lines=[
            Line(name, kind, sum(one[name] for one in flows), _prices(flows, f"{name}_"))
            for name, kind in ANSWERS
        ],
        prices=_prices(flows, ""),
        looked=sum(one["looked"] for one in flows),
        of=sum(one["of"] for one in flows),
        hidden=sum(one.get("hidden", False) for one in flows),
        samples=[_sample(each, one) for one in flows for each in one.get("samples", [])],
        places=_places(flows),
    )


def _flow(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "prices": _prices([one], "")}


def _prices(flows: list[dict[str, Any]], prefix: str) -> list[Price]:
    sums: dict[str, list[int]] = {}
    for one in flows:
        for currency, money in one.get("money", {}).items():
            held = sums.setdefault(currency, [0, 0])
            held[0] += money.get(f"{prefix}before", 0)
            held[1] += money.get(f"{prefix}after", 0)
    return [Price(currency, *both) for currency, both in sorted(sums.items()) if any(both)]


def _sample(one: dict[str, Any], flow: dict[str, Any]) -> dict[str, Any]:
    return {
        **one,
        "flow": flow["name"],
        "verdict": "breaking" if one["answer"] == "fails" else "risky",
    }


def _places(flows: list[dict[str, Any]]) -> list[tuple[str, int]]:
    counted: dict[str, int] = {}
    for one in flows:
        for place, number in one.get("places", {}).items():
            counted[place] = counted.get(place, 0) + number
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))
