"""Form bodies with brackets, as the sample billing system takes them."""

from __future__ import annotations

import pytest

from portal.demo.ledgerline.forms import BadForm, nested


def test_brackets_become_records():
    pairs = [("a[b][c]", "1"), ("a[d]", "2"), ("e", "3")]
    assert nested(pairs) == {"a": {"b": {"c": "1"}, "d": "2"}, "e": "3"}


@pytest.mark.parametrize(
    "pairs",
    [
        [("a[", "1")],
        [("a", "1"), ("a", "2")],
        [("a", "1"), ("a[b]", "2")],
        [("a[]", "1")],
        [("a[b][c][d][e]", "1")],
    ],
)
def test_a_form_that_cannot_be_one_record_is_refused(pairs):
    with pytest.raises(BadForm):
        nested(pairs)
