"""Documents side by side: what is equal folds, what differs stands opposite."""

from __future__ import annotations

import pytest

from governance.approvals import services
from portal.web.changes.lines import CONTEXT, LONGEST, Row, side_by_side
from tests.firm import value_map_item


def test_equal_parts_fold_but_for_a_few_lines_around_a_difference():
    old = "\n".join(str(number) for number in range(20))
    new = old.replace("10", "ten")
    rows = side_by_side(old, new)
    around = [Row(str(n), str(n)) for n in range(10 - CONTEXT, 10)]
    behind = [Row(str(n), str(n)) for n in range(11, 11 + CONTEXT)]
    assert rows == [Row(folded=7), *around, Row("10", "ten", "replace"), *behind, Row(folded=6)]


def test_added_and_removed_lines_stand_alone():
    assert side_by_side("a\nb", "a\nb\nc") == [Row("a", "a"), Row("b", "b"), Row("", "c", "insert")]
    assert side_by_side("a\nb", "b") == [Row("a", "", "delete"), Row("b", "b")]


def test_equal_documents_fold_wholly_and_endless_ones_are_not_matched():
    assert side_by_side("a\nb", "a\nb") == [Row(folded=2)]
    assert side_by_side("x\n" * LONGEST, "y") is None


@pytest.mark.django_db
def test_the_page_shows_a_documents_text_and_never_its_markup(client, person):
    item = value_map_item(("<b>partner", "PAR"))
    row = services.propose(by=person("ada"), title="Partners", items=[item])
    client.force_login(person("olga"))
    page = client.get(f"/changes/{row.pk}/raw/0/").content.decode()
    assert "&lt;b&gt;partner" in page
    assert "<b>partner" not in page
    assert client.get(f"/changes/{row.pk}/raw/7/").status_code == 404
