"""docs/connectors.md holds a description that parses, and tells every word of the grammar."""

from __future__ import annotations

import re
from typing import Any, get_args, get_type_hints

import pytest

from governance.catalog.connector_grammar import parse
from governance.catalog.connector_words import (
    Auth,
    Deletes,
    Description,
    Effect,
    ErrorClass,
    Filter,
    Incremental,
    ObjectSpec,
    PageSpec,
)
from integrations.connectors.description import action_of, compiled, effect_of
from tests.docs.pages import bare, blocks, table

DESCRIPTION = parse(blocks("connectors.md", "yaml")[0])


def words(struct: Any) -> set[str]:
    """The words of a piece of the grammar as people write them."""
    return set(struct.__struct_encode_fields__)


def first_column(head: str, after: str) -> set[str]:
    rows = table("connectors.md", head, after=after)
    return {bare(word).strip() for row in rows for word in row[0].split(",")}


def meaning(word: str, after: str) -> str:
    rows = table("connectors.md", "word", after=after)
    return next(text for words_, text in rows if f"`{word}`" in words_)


def choices(struct: Any, field: str) -> list[str]:
    """The values that a field of the grammar may have."""
    return list(get_args(get_type_hints(struct)[field]))


def test_the_example_shows_every_part_of_a_description_but_hook_and_csrf():
    assert words(Description) - set(DESCRIPTION) == {"hook", "csrf"}


def test_every_word_is_told():
    assert first_column("word", "## The whole") == words(Description)
    assert first_column("word", "## An object") == words(ObjectSpec)


def test_the_writes_of_the_example_are_as_safe_as_the_page_says():
    spec = compiled(DESCRIPTION).objects["invoice"]
    found = {name: effect_of(action_of(spec, name), name) for name in ("create", "update", "post")}
    assert found == {"create": "lookup", "update": "upsert", "post": "idempotency_key"}


def test_every_class_of_a_write_and_of_an_answer_is_told():
    assert first_column("class", "## What makes a repeat safe") == set(get_args(Effect))
    assert first_column("class", "## Classes of answers") == set(get_args(ErrorClass))


@pytest.mark.parametrize(
    ("word", "after", "struct", "field"),
    [
        ("auth", "## The whole", Auth, "scheme"),
        ("filter", "## An object", Filter, "style"),
        ("page", "## An object", PageSpec, "style"),
        ("incremental", "## An object", Incremental, "mode"),
        ("deletes", "## An object", Deletes, "mode"),
    ],
)
def test_every_choice_is_told(word, after, struct, field):
    told = re.findall(r"`(\w+)`", meaning(word, after))
    assert [one for one in choices(struct, field) if one not in told] == []
