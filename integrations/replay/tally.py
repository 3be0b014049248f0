"""What a shadow replay of one flow found, summed up and priced, as JSON. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.messages import bodies
from integrations.messages.differing import Difference
from integrations.replay.masking import MASK, masked, masked_fields, secrets
from integrations.replay.shadow import Answer, Compared, Outcome

SAMPLES = 8
"""Of each answer and flow."""
PLACES = 40
"""Fields that one sample shows."""
COMMON = 12
INDEX = re.compile(r"/\d+(?=/|$)")
WRITE = re.compile(r"^/writes/(\S+) [^/]*")


@dataclass(slots=True)
class Tally:
    """Counts, money per currency in minor units, and samples."""

    agreement: Mapping[str, Any]
    """The candidate: it says which fields are personal."""
    counts: Counter[str] = field(default_factory=Counter)
    money: dict[str, Counter[str]] = field(default_factory=dict)
    places: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    samples: list[dict[str, Any]] = field(default_factory=list)

    def add(self, one: Compared) -> None:
        """One more message."""
        self.counts[one.answer] += 1
        self._price(one)
        if one.answer == Answer.SAME:
            return
        self.places.update({place_of(each.pointer) for each in one.differences})
        if one.after.refusal:
            self.reasons[one.after.refusal] += 1
        if sum(each["answer"] == one.answer for each in self.samples) < SAMPLES:
            self.samples.append(_sample(one, masked_fields(self.agreement)))

    def _price(self, one: Compared) -> None:
        """What goes through; what is refused moves no money."""
        for name, side in (("before", one.before), ("after", one.after)):
            if side.currency and side.amount_minor is not None and not side.refusal:
                sums = self.money.setdefault(side.currency, Counter())
                sums[f"{one.answer}_{name}"] += side.amount_minor
                sums[name] += side.amount_minor

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "looked": sum(self.counts.values()),
            **{str(answer): self.counts[answer] for answer in Answer},
            "money": {currency: dict(sums) for currency, sums in sorted(self.money.items())},
            "places": dict(self.places.most_common(COMMON)),
            "reasons": dict(self.reasons.most_common(COMMON)),
            "samples": self.samples,
        }


def place_of(pointer: str) -> str:
    """Alike for every message: without the key of the write and the numbers of list members."""
    return INDEX.sub("/*", WRITE.sub(r"/writes/\1", pointer))


def _sample(one: Compared, fields: frozenset[str]) -> dict[str, Any]:
    hidden = secrets(_record(one.before), fields) + secrets(_record(one.after), fields)
    shown = list(_shown(one.differences, fields, hidden))
    return {
        "key": masked(one.before.business_key or one.after.business_key or one.key, hidden),
        "answer": str(one.answer),
        "was": masked(one.before.refusal, hidden),
        "why": masked(one.after.refusal, hidden),
        "before": [one.before.amount_minor, one.before.currency],
        "after": [one.after.amount_minor, one.after.currency],
        "fields": [] if one.after.refusal or one.before.refusal else shown[:PLACES],
        "more": max(len(shown) - PLACES, 0),
    }


def _record(side: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = side.made.get("record", {})
    return found


def _shown(
    found: list[Difference], fields: frozenset[str], hidden: list[str]
) -> Iterator[dict[str, Any]]:
    for one in found:
        _, part, name, *_ = [*one.pointer.split("/"), "", ""]
        veiled = part == "record" and name in fields
        yield {
            "place": masked(one.pointer, hidden),
            "before": _text(one.before, hidden, veiled=veiled),
            "after": _text(one.after, hidden, veiled=veiled),
        }


def _text(value: Any, hidden: list[str], *, veiled: bool) -> str | None:
    if value is None:
        return None
    if veiled:
        return MASK
    text = value if isinstance(value, str) else bodies.encode(value).decode()
    return masked(text, hidden)
