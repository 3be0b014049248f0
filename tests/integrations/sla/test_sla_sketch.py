"""Sketches: adding them is merging, and a quantile is wrong by one percent at most."""

from __future__ import annotations

import json
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from integrations.sla.sketch import (
    ALPHA,
    ZERO,
    bucket,
    counted,
    merged,
    packed,
    quantile,
    unpacked,
    within,
)

VALUES = st.lists(
    st.tuples(st.floats(0, 1e6) | st.just(0.0), st.integers(1, 10**9)), min_size=1, max_size=60
)


@given(VALUES, VALUES)
def test_merging_is_adding_in_any_order(one, other):
    together = counted([*one, *other])
    assert merged([counted(one), counted(other)]) == together
    assert merged([counted(other), counted(one)]) == together
    assert packed(counted([*other, *one])) == packed(together)
    assert unpacked(json.loads(json.dumps(packed(together)))) == together


@given(VALUES, st.floats(0.01, 1))
def test_a_quantile_is_wrong_by_no_more_than_alpha(values, share):
    found = quantile(counted(values), share)
    ordered, whole = sorted(values), sum(weight for _, weight in values)
    passed = accumulate(weight for _, weight in ordered)
    exact = next(v for (v, _), held in zip(ordered, passed, strict=True) if held >= share * whole)
    assert found is not None
    assert abs(found - exact) <= ALPHA * exact * (1 + 1e-9)


def test_nothing_has_no_quantile_and_zero_is_told_exactly():
    assert quantile({}, 0.5) is None
    assert quantile(counted([(0.0, 3), (5.0, 1)]), 0.5) == 0.0
    assert bucket(0.0) == ZERO


def test_what_is_within_a_limit_is_told_up_to_its_bucket():
    held = counted([(1.0, 2), (4.0, 3), (9.0, 5)])
    assert (within(held, 0.5), within(held, 4.5), within(held, float("inf"))) == (0, 5, 10)
