"""Who has to agree: the first rule pack, and how votes fill its seats. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from governance.approvals.lifecycle import RiskClass
from governance.ownership.lifecycle import Seat

REVIEWER = "reviewer"
"""One more person who may review in the domain, whatever else they are."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`count` different people in `seat`; no domain means firm-wide.

    `people` (ids) names them where no grant exists yet: the signers of the foundation.
    """

    seat: str
    count: int
    domain: str
    why: str
    people: tuple[int, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As it stands in a request's snapshot."""
        held = asdict(self) | {"seat": str(self.seat), "people": list(self.people)}
        return held if self.people else {k: v for k, v in held.items() if k != "people"}


def rule(plain: dict[str, Any]) -> Rule:
    """The rule that a snapshot holds."""
    return Rule(**{**plain, "people": tuple(plain.get("people", ()))})


@dataclass(frozen=True, slots=True)
class Needs:
    """What a revision asks of its reviewers."""

    risk_class: str
    domains: tuple[str, ...]
    """Of every item, in order."""
    firm_wide: bool = False
    """Some item belongs to no domain: a grant that holds everywhere."""
    money: bool = False
    second_person: bool = False
    """Value-map rows that touch tax, account, currency or party."""


Who = Callable[[str, str], frozenset[int]]
"""(seat, domain slug) → ids of those who could take it and wrote no revision."""


def pack(needs: Needs, who: Who) -> list[Rule]:
    """The first rule pack."""
    found: list[Rule] = []
    for domain in needs.domains:
        found += _of_domain(domain, needs, who)
    if needs.firm_wide:
        found.append(Rule(Seat.PLATFORM_ADMIN, 1, "", "it grants a role in the whole firm"))
    found = strengthen([], found)
    if needs.risk_class == RiskClass.R3:
        found = _with_experts(found, needs, who)
    return found


def _of_domain(domain: str, needs: Needs, who: Who) -> list[Rule]:
    if needs.risk_class == RiskClass.RV and who(Seat.STEWARD, domain):
        rows = [Rule(Seat.STEWARD, 1, domain, "rows are added to an approved value map")]
        if needs.second_person:
            why = "the rows change tax, account, currency or party: two people"
            rows.append(Rule(REVIEWER, 1, domain, why))
        return rows
    if who(Seat.OWNER, domain):
        return [Rule(Seat.OWNER, 1, domain, f"{domain} is changed")]
    why = f"{domain} has no owner who could review this"
    return [
        Rule(Seat.PLATFORM_ADMIN, 1, "", why),
        Rule(REVIEWER, 1, domain, f"{why}: one more person beside the platform admin"),
    ]


def _with_experts(rules: list[Rule], needs: Needs, who: Who) -> list[Rule]:
    """The architect and finance seats, where somebody else than the other reviewers can sit."""
    wanted = [Rule(Seat.PLATFORM_ARCHITECT, 1, "", "an R3 change reaches beyond its domain")]
    if needs.money:
        wanted += [
            Rule(Seat.FINANCE_OWNER, 1, domain, "a money, tax, date, rate or party field changes")
            for domain in needs.domains[:1]
        ]
    for one in wanted:
        if can_be_met([*rules, one], who):
            rules = [*rules, one]
    return rules


def strengthen(old: Sequence[Rule], new: Sequence[Rule]) -> list[Rule]:
    """Both, each seat of each domain once with the higher count: rules are only ever added."""
    merged: dict[tuple[str, str], Rule] = {}
    for one in (*old, *new):
        held = merged.get((one.seat, one.domain))
        if held is None:
            merged[one.seat, one.domain] = one
        elif one.count > held.count:
            merged[one.seat, one.domain] = replace(held, count=one.count)
    return list(merged.values())


def can_be_met(rules: Sequence[Rule], who: Who) -> bool:
    """Whether different people could fill every seat."""
    return not missing(rules, fits(rules, who, None))


def fits(
    rules: Sequence[Rule], who: Who, people: Iterable[int] | None
) -> dict[int, frozenset[int]]:
    """Person → numbers of the rules whose seat they could take; `people` keeps their order."""
    able = [frozenset(one.people) or who(one.seat, one.domain) for one in rules]
    everyone = sorted(frozenset().union(*able)) if people is None else list(people)
    return {
        person: frozenset(n for n, holders in enumerate(able) if person in holders)
        for person in everyone
    }


def missing(rules: Sequence[Rule], can: Mapping[int, frozenset[int]]) -> list[int]:
    """For each rule in turn how many people it still needs; empty when every rule is met."""
    seats = seating(rules, can)
    lacking = [one.count - len(holders(rules, n, seats, can)) for n, one in enumerate(rules)]
    return [max(0, lack) for lack in lacking] if any(lack > 0 for lack in lacking) else []


def holders(
    rules: Sequence[Rule], number: int, seats: Mapping[int, str], can: Mapping[int, frozenset[int]]
) -> list[int]:
    """Who counts for one rule: seated in its kind of seat and able to speak for its domain."""
    return [p for p, seat in seats.items() if seat == rules[number].seat and number in can[p]]


def seating(rules: Sequence[Rule], can: Mapping[int, frozenset[int]]) -> dict[int, str]:
    """Person → kind of seat, so that as many places as possible are filled.

    One person takes one kind of seat, in every domain for which they hold it: the owner of two
    domains speaks for both, but is not the architect as well. Whoever came first is never in the
    way of those who come later, because everyone is seated anew each time.
    """
    places = [number for number, one in enumerate(rules) for _ in range(one.count)]
    return _Search(rules, can, places).best(0, {})[1]


class _Search:
    """Depth-first over places; people who could do just the same are tried once."""

    def __init__(
        self, rules: Sequence[Rule], can: Mapping[int, frozenset[int]], places: list[int]
    ) -> None:
        self.rules, self.can, self.places = rules, can, places

    def best(self, at: int, seats: dict[int, str]) -> tuple[int, dict[int, str]]:
        """How many places from `at` on can be filled, and by whom."""
        if at == len(self.places):
            return 0, seats
        number = self.places[at]
        held = len(holders(self.rules, number, seats, self.can))
        if held > self.places[:at].count(number):
            filled, found = self.best(at + 1, seats)
            return filled + 1, found
        return self._try(at, seats)

    def _try(self, at: int, seats: dict[int, str]) -> tuple[int, dict[int, str]]:
        number, most = self.places[at], (-1, seats)
        for person in self._candidates(number, seats):
            filled, found = self.best(at + 1, {**seats, person: self.rules[number].seat})
            most = max(most, (filled + 1, found), key=lambda one: one[0])
            if most[0] == len(self.places) - at:
                return most
        without = self.best(at + 1, seats)
        return without if without[0] > most[0] else most

    def _candidates(self, number: int, seats: dict[int, str]) -> list[int]:
        kinds: dict[frozenset[int], int] = {}
        for person, able in self.can.items():
            if number in able and person not in seats:
                kinds.setdefault(able, person)
        return list(kinds.values())
