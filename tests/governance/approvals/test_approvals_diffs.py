"""What differs, place by place."""

from __future__ import annotations

from governance.approvals.diffs import Difference, differences


def test_equal_documents_differ_nowhere():
    assert differences({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2}]}) == []


def test_members_are_added_removed_and_changed_at_their_pointer():
    assert differences({"a": 1, "b/c": 2}, {"a": 3, "d": None}) == [
        Difference("/a", "changed", 1, 3),
        Difference("/b~1c", "removed", 2, None),
        Difference("/d", "added", None, None),
    ]


def test_a_rule_that_only_moved_does_not_differ():
    one, other = {"to": "id", "from": "id"}, {"to": "amount", "from": "amount"}
    changed = {"to": "amount", "from": "net"}
    assert differences([one, other], [changed, one]) == [
        Difference("/0/from", "changed", "amount", "net")
    ]


def test_true_and_one_are_not_the_same():
    assert differences({"a": 1}, {"a": True}) == [Difference("/a", "changed", 1, True)]


def test_a_new_document_is_added_as_a_whole():
    assert differences(None, {"a": 1}) == [Difference("", "added", None, {"a": 1})]
