"""Who has to agree, and how votes fill the seats."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from governance.approvals.rules import Needs, Rule, can_be_met, fits, missing, pack, strengthen

HOLDERS = {
    ("owner", "delivery"): {1, 2},
    ("steward", "delivery"): {1, 2, 3},
    ("reviewer", "delivery"): {1, 2, 3, 4, 5},
    ("owner", "sales"): {6},
    ("platform_architect", ""): {1, 4},
    ("finance_owner", "delivery"): {5},
    ("platform_admin", ""): {7, 8},
    ("reviewer", "legal"): {4, 7, 8},
}


def who(seat: str, domain: str) -> frozenset[int]:
    return frozenset(HOLDERS.get((seat, domain), ()))


def seats(rules: list[Rule]) -> list[tuple[str, str, int]]:
    return [(one.seat, one.domain, one.count) for one in rules]


def test_a_change_of_behaviour_asks_one_owner_of_each_domain_it_touches():
    assert seats(pack(Needs("R2", ("delivery", "sales")), who)) == [
        ("owner", "delivery", 1),
        ("owner", "sales", 1),
    ]


def test_added_rows_ask_one_steward_and_a_second_person_where_they_touch_tax():
    assert seats(pack(Needs("RV", ("delivery",)), who)) == [("steward", "delivery", 1)]
    assert seats(pack(Needs("RV", ("delivery",), second_person=True), who)) == [
        ("steward", "delivery", 1),
        ("reviewer", "delivery", 1),
    ]


def test_a_breaking_change_of_money_asks_architect_and_finance_too():
    assert seats(pack(Needs("R3", ("delivery",), money=True), who)) == [
        ("owner", "delivery", 1),
        ("platform_architect", "", 1),
        ("finance_owner", "delivery", 1),
    ]


def test_an_expert_seat_that_only_the_owner_could_fill_is_not_asked():
    def alone(seat: str, domain: str) -> frozenset[int]:
        return frozenset({1}) if seat in {"owner", "platform_architect"} else frozenset()

    assert seats(pack(Needs("R3", ("delivery",)), alone)) == [("owner", "delivery", 1)]


def test_a_vacant_owner_seat_falls_to_the_platform_admin_and_one_more_person():
    assert seats(pack(Needs("R2", ("legal",)), who)) == [
        ("platform_admin", "", 1),
        ("reviewer", "legal", 1),
    ]


def test_what_holds_in_the_whole_firm_asks_a_platform_admin():
    assert seats(pack(Needs("R2", (), firm_wide=True), who)) == [("platform_admin", "", 1)]


def test_rules_are_only_ever_added_to():
    old = [Rule("owner", 2, "delivery", "before")]
    new = [Rule("owner", 1, "delivery", "now"), Rule("steward", 1, "delivery", "now")]
    assert strengthen(old, new) == [old[0], new[1]]
    assert strengthen(new, old) == [Rule("owner", 2, "delivery", "now"), new[1]]


def test_one_person_never_fills_two_kinds_of_seat():
    rules = [Rule("owner", 1, "delivery", ""), Rule("platform_architect", 1, "", "")]
    assert missing(rules, fits(rules, who, [1])) == [0, 1]
    assert missing(rules, fits(rules, who, [1, 4])) == []


def test_the_owner_of_two_domains_speaks_for_both():
    rules = [Rule("owner", 1, "delivery", ""), Rule("owner", 1, "sales", "")]
    assert missing(rules, {9: frozenset({0, 1})}) == []


def test_whoever_came_first_moves_over_for_those_who_come_later():
    rules = [Rule("owner", 1, "delivery", ""), Rule("platform_architect", 1, "", "")]
    first_owner_then_owner = fits(rules, who, [1, 2])
    assert missing(rules, first_owner_then_owner) == []


def by_trying_everything(rules: list[Rule], can: dict[int, frozenset[int]]) -> bool:
    """Oracle: every way of giving each person one kind of seat, or none."""
    kinds = [*dict.fromkeys(one.seat for one in rules), None]
    for given_out in product(kinds, repeat=len(can)):
        seated = dict(zip(can, given_out, strict=True))
        if all(
            sum(1 for p in can if seated[p] == one.seat and n in can[p]) >= one.count
            for n, one in enumerate(rules)
        ):
            return True
    return False


some_rules = st.lists(
    st.builds(
        Rule,
        seat=st.sampled_from(["owner", "steward", "platform_architect"]),
        count=st.integers(1, 2),
        domain=st.sampled_from(["a", "b"]),
        why=st.just(""),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: (one.seat, one.domain),
)


@given(rules=some_rules, data=st.data())
def test_a_quorum_is_found_exactly_when_there_is_one(rules, data):
    numbers = st.frozensets(st.integers(0, len(rules) - 1))
    can = data.draw(st.dictionaries(st.integers(1, 5), numbers, max_size=5))
    assert (missing(rules, can) == []) == by_trying_everything(rules, can)


@given(rules=some_rules, data=st.data())
def test_one_more_vote_never_undoes_a_quorum(rules, data):
    numbers = st.frozensets(st.integers(0, len(rules) - 1))
    can = data.draw(st.dictionaries(st.integers(1, 5), numbers, min_size=1, max_size=5))
    fewer = dict(list(can.items())[:-1])
    assert missing(rules, fewer) != [] or missing(rules, can) == []


def test_two_hundred_reviewers_cost_no_more_than_a_few():
    rules = [Rule("owner", 2, "delivery", ""), Rule("reviewer", 3, "delivery", "")]

    def crowd(seat: str, domain: str) -> frozenset[int]:
        return frozenset(range(200)) if seat == "reviewer" else frozenset({1})

    assert not can_be_met(rules, crowd)
