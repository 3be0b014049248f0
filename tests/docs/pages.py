"""Reading the pages of `docs/`: their fenced blocks and their tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
BAR = re.compile(r"(?<!\\)\|")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: what follows the fence, and its text."""

    language: str
    text: str


def page(name: str) -> str:
    """The text of one page."""
    return (DOCS / name).read_text()


def blocks(name: str, language: str) -> list[str]:
    """Texts of the page's blocks in that language."""
    found = [Block(*one) for one in FENCE.findall(page(name))]
    return [one.text for one in found if one.language == language]


def table(name: str, head: str, *, after: str = "") -> list[list[str]]:
    """Rows of the first table, below a heading, whose first column is called so."""
    text = page(name)
    lines = text[text.index(after) :].splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {head} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in BAR.split(line)[1:-1]])
    return rows


def bare(cell: str) -> str:
    """A cell without its backticks, with its bars as written."""
    return cell.replace("`", "").replace("\\|", "|")
