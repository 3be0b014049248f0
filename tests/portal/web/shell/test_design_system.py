"""The design system keeps its own rules."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from portal.web.shell.context import SCRIPTS, SHEETS

ROOT = Path(settings.BASE_DIR)
CSS = sorted((ROOT / "static" / "css").glob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = sorted((ROOT / "templates" / "components").rglob("*.html"))
SYMBOLS = set(re.findall(r'id="i-([a-z]+)"', (ROOT / "static" / "icons.svg").read_text()))


@pytest.mark.parametrize("sheet", CSS, ids=lambda path: path.name)
def test_raw_colours_stand_only_among_the_tokens(sheet: Path) -> None:
    raw = re.findall(r"#[0-9a-fA-F]{3,8}\b|(?:rgb|hsl|oklch)a?\(", sheet.read_text())
    assert (raw == []) is (sheet.name != "tokens.css")


def test_every_used_token_is_defined() -> None:
    text = "".join(sheet.read_text() for sheet in CSS)
    defined = set(re.findall(r"(--[a-z0-9-]+):", text))
    assert set(re.findall(r"var\((--[a-z0-9-]+)", text)) - defined == set()


def test_every_sheet_and_script_is_loaded() -> None:
    assert {sheet.stem for sheet in CSS} == set(SHEETS)
    assert {path.stem for path in (ROOT / "static" / "js").glob("*.js")} == set(SCRIPTS)


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_says_in_one_comment_how_it_is_used(path: Path) -> None:
    assert re.match(r"{% comment %}\n.+?\n{% endcomment %}\n", path.read_text(), re.DOTALL)


def test_every_icon_that_a_template_names_exists() -> None:
    text = "".join(path.read_text() for path in TEMPLATES)
    named = set(re.findall(r'{% icon "([a-z]+)"', text)) | set(
        re.findall(r'\bicon="([a-z]+)"', text)
    )
    assert named - SYMBOLS == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_needs_what_the_content_policy_forbids(path: Path) -> None:
    text = path.read_text()
    assert re.findall(r"\sstyle=|<style|\son[a-z]+=\"|data:image|javascript:", text) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
