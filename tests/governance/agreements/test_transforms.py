"""Transforms are exact: no float, no silent rounding, a clear refusal."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.agreements.transforms import (
    CATALOGUE,
    TransformRefused,
    build,
    minor_units,
    rounded,
)

MONEY = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


@pytest.mark.parametrize(
    ("name", "by", "of", "value", "expected"),
    [
        ("decimal", "", "", "60.00", Decimal("60.00")),
        ("multiply", "1.2", "", "10", Decimal("12.0")),
        ("divide", "60", "", 90, Decimal("1.5")),
        ("product", "", "", ["1.5", "140"], Decimal("210.0")),
        ("sum", "", "", ["0.1", "0.2"], Decimal("0.3")),
        ("round", "2", "", "2.345", Decimal("2.35")),
        ("minor_units", "EUR", "", "12.34", 1234),
        ("minor_units", "JPY", "", "1200", 1200),
        ("minor_units", "KWD", "", "1.234", 1234),
        ("from_minor_units", "EUR", "", 1234, Decimal("12.34")),
        ("hours_from_seconds", "", "", {"seconds": Decimal("5400.0")}, Decimal("1.5")),
        ("integer", "", "", "7.0", 7),
        ("date", "%d.%m.%Y", "", "18.11.2026", "2026-11-18"),
        ("date", "", "", "2026-11-18T10:00:00Z", "2026-11-18"),
        ("datetime_from_epoch", "", "", 0, "1970-01-01T00:00:00Z"),
        ("text", "", "", Decimal("1E+2"), "100"),
        ("upper", "", "", "eur", "EUR"),
        ("lower", "", "", "EUR", "eur"),
        ("strip", "", "", "  x ", "x"),
        ("prefix", "P-", "", 7, "P-7"),
        ("suffix", "/x", "", "a", "a/x"),
        ("replace", "-", "_", "a-b", "a_b"),
        ("concat", " ", "", ["a", 1], "a 1"),
        ("truncate", "3", "", "abcdef", "abc"),
    ],
)
def test_each_transform_gives_its_exact_value(name, by, of, value, expected):
    assert build(name, by=by, of=of)(value) == expected


def test_every_transform_of_the_catalogue_is_tried_above():
    tried = {
        mark.args[1][i][0]
        for mark in test_each_transform_gives_its_exact_value.pytestmark
        for i in range(len(mark.args[1]))
    }
    assert tried == set(CATALOGUE)


@pytest.mark.parametrize(
    ("name", "by", "value"),
    [
        ("decimal", "", "twelve"),
        ("decimal", "", True),
        ("decimal", "", "NaN"),
        ("decimal", "", "Infinity"),
        ("minor_units", "EUR", "1.234"),
        ("minor_units", "JPY", "1.5"),
        ("integer", "", "1.5"),
        ("date", "", "2026-02-30"),
        ("date", "%d.%m.%Y", "2026-11-18"),
        ("sum", "", "12"),
        ("product", "", []),
        ("upper", "", {"a": 1}),
        ("datetime_from_epoch", "", "9" * 30),
        ("round", "2", "9" * 40),
    ],
)
def test_what_does_not_fit_is_refused(name, by, value):
    with pytest.raises(TransformRefused):
        build(name, by=by, of="")(value)


def test_unknown_transforms_and_arguments_are_refused_when_compiled():
    with pytest.raises(TransformRefused, match="known: decimal"):
        build("eval", by="", of="")
    with pytest.raises(TransformRefused, match="divide by 0"):
        build("divide", by="0", of="")


@given(MONEY)
def test_money_survives_minor_units_and_back(amount):
    assert build("from_minor_units", by="EUR", of="")(minor_units(amount, 2)) == amount


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_rounding_moves_by_at_most_half_a_cent_away_from_zero_on_ties(amount):
    result = rounded(amount, 2)
    assert abs(result - amount) <= Decimal("0.005")
    if abs(result - amount) == Decimal("0.005"):
        assert abs(result) > abs(amount)
