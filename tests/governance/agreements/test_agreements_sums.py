"""What a data contract says that amounts add up to."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.agreements.expressions import MappingError
from governance.agreements.sums import Broken, compile_sums

GROSS = {"name": "gross", "of": "gross", "plus": ["net", "tax"], "minus": ["prepaid"]}
TAX = {
    "name": "tax by rate",
    "each": "taxes[]",
    "of": "tax",
    "product": ["base", "rate"],
    "per": "100",
    "tolerance": "0.01",
}


def broken(spec, **record):
    return compile_sums([spec])(record)


def test_amounts_that_add_up_say_nothing():
    assert broken(GROSS, gross="119.00", net=Decimal("100"), tax="19.00") is None
    assert broken(GROSS, gross="109.00", net="100", tax="19.00", prepaid="10") is None


def test_a_cent_too_much_is_told_with_what_was_expected():
    assert broken(GROSS, gross="119.01", net="100", tax="19.00") == Broken(
        "gross", "/gross", "119.01", Decimal("119.00")
    )


def test_what_is_absent_is_not_compared():
    assert broken(GROSS, net="100", tax="19") is None
    assert broken(GROSS, gross="119") is None
    assert broken(GROSS, gross="100", net="100") is None


def test_lists_are_summed_and_their_gaps_count_nothing():
    spec = {"name": "lines", "of": "total", "plus": ["lines[].net"]}
    lines = [{"net": "1.10"}, {"net": Decimal("2.20")}, {"note": "free"}]
    assert broken(spec, total="3.30", lines=lines) is None
    assert broken(spec, total="3.00", lines=lines).expected == Decimal("3.30")
    assert broken(spec, total="3.00", lines=[]) is None


def test_each_element_is_checked_and_the_first_wrong_one_named():
    rows = [
        {"base": "100", "rate": "19", "tax": "19.00"},
        {"base": "0.07", "rate": "19", "tax": "0.02"},
        {"base": "100", "rate": "7", "tax": "7.02"},
    ]
    found = broken(TAX, taxes=rows)
    assert (found.place, found.expected) == ("/taxes/2/tax", Decimal("7.00"))
    assert broken(TAX) is None


def test_the_first_of_several_sums_is_told():
    check = compile_sums([GROSS, TAX])
    assert check({"gross": "1", "net": "2"}).name == "gross"


def test_no_number_is_refused_in_words():
    with pytest.raises(MappingError, match="'many' is no number"):
        broken(GROSS, gross="119", net="many")


@pytest.mark.parametrize(
    "wrong", [{"plus": ["a["]}, {"of": "a["}, {"each": "["}, {"tolerance": "some"}, {"per": "x"}]
)
def test_a_sum_that_cannot_be_read_is_refused_when_it_is_compiled(wrong):
    with pytest.raises(MappingError):
        compile_sums([{**GROSS, **wrong}])


@given(st.lists(st.decimals("-1e6", "1e6", places=2), min_size=1, max_size=8), st.integers(1, 99))
def test_the_sum_of_the_lines_holds_and_any_other_does_not(amounts, cents):
    spec = {"name": "lines", "of": "total", "plus": ["lines[].net"]}
    lines = [{"net": one} for one in amounts]
    total = sum(amounts, Decimal(0))
    assert broken(spec, total=total, lines=lines) is None
    assert broken(spec, total=total + Decimal(cents) / 100, lines=lines).expected == total
