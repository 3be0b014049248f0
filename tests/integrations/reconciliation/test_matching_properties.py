"""The matching core: nothing is lost, nothing is told twice, and the money adds up."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from integrations.reconciliation.entries import Entry, Field, entry_reader, fields_of
from integrations.reconciliation.lifecycle import Outcome, Side
from integrations.reconciliation.matching import match

GROSS = Field("Gross", "money", Decimal("0.02"))
STATUS = Field("Status", "text", Decimal(0))
DUE = Field("Due", "date", Decimal(1))
FIELDS = (GROSS, STATUS, DUE)


def entry(record: str, key: str, cents: int, currency: str = "EUR", **more: str | None) -> Entry:
    values = {"Gross": str(Decimal(cents) / 100), "Status": "open", "Due": "2026-03-31", **more}
    return Entry(record, key, values, cents, currency)


@some.composite
def sides(draw) -> tuple[list[Entry], list[Entry]]:
    def side(mark: str) -> list[Entry]:
        rows = draw(
            some.lists(
                some.tuples(
                    some.sampled_from("ABCD"),
                    some.integers(-3, 3),
                    some.sampled_from(["EUR", "USD"]),
                    some.sampled_from(["open", "paid"]),
                ),
                max_size=8,
            )
        )
        return [
            entry(f"{mark}{n}", key, cents, currency, Status=status)
            for n, (key, cents, currency, status) in enumerate(rows)
        ]

    return side("l"), side("r")


@given(sides(), some.sampled_from(["both", "left", "right", "none"]))
def test_every_record_is_in_exactly_one_pair(both, missing):
    lefts, rights = both
    pairs = match(FIELDS, missing, lefts, rights)
    assert sorted(one.left.record for one in pairs if one.left) == sorted(
        one.record for one in lefts
    )
    assert sorted(one.right.record for one in pairs if one.right) == sorted(
        one.record for one in rights
    )
    assert all(one.left or one.right for one in pairs)


@given(sides(), some.sampled_from(["both", "none"]))
def test_left_minus_right_is_the_net_in_each_currency(both, missing):
    lefts, rights = both
    expected: Counter[str] = Counter()
    for one in lefts:
        expected[one.currency] += one.amount_minor or 0
    for one in rights:
        expected[one.currency] -= one.amount_minor or 0
    found: Counter[str] = Counter()
    for pair in match(FIELDS, missing, lefts, rights):
        if pair.outcome is Outcome.CURRENCY:
            found[pair.left.currency] += pair.left.amount_minor
            found[pair.right.currency] -= pair.right.amount_minor
        else:
            found[pair.worth[0]] += pair.net
    assert {c: n for c, n in expected.items() if n} == {c: n for c, n in found.items() if n}


@given(sides())
def test_matched_pairs_agree_within_tolerance_and_breaks_say_why_not(both):
    for pair in match(FIELDS, "both", *both):
        if pair.outcome is Outcome.MATCHED:
            assert abs(pair.net) <= 2
            assert pair.left.values["Status"] == pair.right.values["Status"]
        elif pair.left and pair.right:
            assert pair.differences


@given(sides(), some.randoms())
def test_the_order_of_reading_changes_nothing(both, chance):
    lefts, rights = both
    told = match(FIELDS, "both", lefts, rights)
    chance.shuffle(lefts)
    chance.shuffle(rights)
    assert match(FIELDS, "both", lefts, rights) == told


def test_among_several_of_one_key_those_go_together_that_agree():
    pairs = match(
        FIELDS, "both", [entry("l1", "A", 100), entry("l2", "A", 900)], [entry("r1", "A", 900)]
    )
    assert [(one.left.record, one.outcome) for one in pairs] == [
        ("l2", Outcome.MATCHED),
        ("l1", Outcome.MISSING_RIGHT),
    ]


def test_what_is_beyond_tolerance_is_told_with_both_values_and_the_difference():
    [pair] = match(FIELDS, "both", [entry("l", "A", 1_000)], [entry("r", "A", 1_003)])
    assert (pair.outcome, pair.difference, pair.net) == (Outcome.AMOUNT, -3, -3)
    [only] = pair.differences
    assert (only.name, only.left, only.right, only.minor) == ("Gross", "10", "10.03", -3)


def test_days_and_texts_that_differ_and_currencies_above_all():
    left = entry("l", "A", 100, Due="2026-03-31")
    [pair] = match(FIELDS, "both", [left], [entry("r", "A", 100, Due="2026-04-01")])
    assert pair.outcome is Outcome.MATCHED
    [pair] = match(FIELDS, "both", [left], [entry("r", "A", 100, Due="2026-04-02", Status="paid")])
    assert pair.outcome is Outcome.STATE
    assert [one.name for one in pair.differences] == ["Status", "Due"]
    [pair] = match(FIELDS, "both", [left], [entry("r", "A", 100, "USD", Status="paid")])
    assert (pair.outcome, pair.difference) == (Outcome.CURRENCY, 100)


RULE = {
    "slug": "invoices",
    "name": "Invoices",
    "with": "postings",
    "key": "number",
    "key_other": "document",
    "when": "status != 'draft'",
    "amount": "gross",
    "currency": "currency",
    "fields": [{"name": "Gross", "left": "gross", "right": "total", "kind": "money"}],
}


def test_each_side_is_read_by_its_own_words():
    left, right = entry_reader(RULE, Side.LEFT), entry_reader(RULE, Side.RIGHT)
    here = {"number": "I-1", "gross": "119.00", "currency": "EUR", "status": "issued"}
    there = {"document": "I-1", "total": Decimal("119.0"), "currency": "EUR"}
    assert left("1", {**here, "status": "draft"}) is None
    assert left("1", {"status": "issued"}) is None
    one, other = left("1", here), right("9", there)
    assert one == Entry("1", "I-1", {"Gross": "119"}, 11_900, "EUR")
    assert other == Entry("9", "I-1", {"Gross": "119"}, 11_900, "EUR")
    assert [pair.outcome for pair in match(fields_of(RULE), "both", [one], [other])] == [
        Outcome.MATCHED
    ]
