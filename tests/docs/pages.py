"""Reading the pages of `docs/`: their fenced blocks and their tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
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


def table(name: str, head: str) -> list[list[str]]:
    """Rows of the table whose first column is called so; backticks stay."""
    lines = page(name).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {head} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return rows


def bare(cell: str) -> str:
    """A cell without its backticks and with its bars as written."""
    return cell.replace("`", "").replace("\\|", "|")
