"""docs/architecture.md draws the house as it stands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, bare, page, table

ROOT = DOCS.parent
APART = {"migrations", "management", "templatetags", "demo", "client"}
"""Folders of Django, of the sample firm and of the command line: no rooms."""
HEADS = {
    "governance": "governance: what is agreed",
    "integrations": "integrations: what happens",
    "portal": "portal: how people and machines reach it",
}


def told(pillar: str) -> list[str]:
    return [bare(row[0]) for row in table("architecture.md", HEADS[pillar])]


@pytest.mark.parametrize("pillar", HEADS)
def test_every_room_is_on_the_map_and_no_other(pillar):
    rooms = {path.parent.name for path in (ROOT / pillar).glob("*/__init__.py")}
    assert set(told(pillar)) == rooms - APART


@pytest.mark.parametrize("pillar", ["governance", "integrations"])
def test_rooms_stand_in_the_order_of_the_import_law(pillar):
    laws = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [layers] = [law["layers"] for law in laws["contracts"] if law.get("containers") == [pillar]]
    order = re.findall(r"\w+", " ".join(layers))
    assert told(pillar) == sorted(told(pillar), key=order.index)


def test_every_part_of_an_agreement_is_told(firm):
    parts = {
        bare(word).strip() for row in table("architecture.md", "part") for word in row[0].split(",")
    }
    assert parts == set(firm.document)


def pages() -> list[Path]:
    return sorted(DOCS.glob("*.md"))


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(path):
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_a_page_is_short(path):
    assert 40 <= len(path.read_text().splitlines()) <= 150


def test_the_page_names_the_failures_that_the_code_raises():
    text = (ROOT / "integrations" / "errors.py").read_text()
    for name in re.findall(r"`([A-Z]\w+[a-z])`", page("architecture.md")):
        assert f"class {name}(" in text
