"""docs/mappings.md names every word and every transform, and its examples give what it says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from governance.agreements.mapping import compile_effect, compile_read
from governance.agreements.transforms import CATALOGUE, build
from governance.approvals.subjects import parse_items
from governance.flows.documents import Effect, Rule
from portal.web.changes.forms import parse_items as read_items
from tests.docs.pages import bare, blocks, table

TRANSFORMS = [[bare(cell) for cell in row] for row in table("mappings.md", "transform")]
MAPS = {"role-codes": {"rows": {"consultant": "CON"}}}


def words(struct: Any) -> set[str]:
    """The words of a document as people write them."""
    return set(struct.__struct_encode_fields__)


def described(section: str) -> set[str]:
    """Words in the first column of the section's table."""
    rows = table("mappings.md", "word", after=section)
    return {bare(word).strip() for row in rows for word in row[0].split(",")}


def test_every_word_of_a_rule_and_of_an_effect_is_told():
    assert described("## A rule") == words(Rule)
    assert described("## An effect") == words(Effect)


def test_the_table_holds_the_whole_catalogue_in_its_order():
    assert [row[0] for row in TRANSFORMS] == list(CATALOGUE)


@pytest.mark.parametrize(("name", "by", "of", "value", "result"), TRANSFORMS)
def test_every_transform_does_what_its_line_says(name, by, of, value, result):
    found = build(name, by=by, of=of)(json.loads(value))
    assert (str(found) if not isinstance(found, int) else found) == json.loads(result)


def test_the_whole_mapping_gives_what_the_page_says():
    [text] = blocks("mappings.md", "yaml")
    [item] = parse_items(read_items(text))
    record, sent = (json.loads(one) for one in blocks("mappings.md", "json"))
    read = compile_read(item.document["read"], MAPS)
    effect = compile_effect(item.document["effects"][0], MAPS)
    assert read.when is not None
    assert read.when(record)
    canonical = read.canonical(record)
    assert (canonical["role"], canonical["worked_on"], canonical["currency"]) == (
        "CON",
        "2026-03-02",
        "EUR",
    )
    assert effect.body(canonical) == sent
