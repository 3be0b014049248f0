"""Files in, lines out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from portal.client.exits import Exit, Stop


def read_text(name: str) -> str:
    """A file, or `-` for standard input."""
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(Exit.REFUSED, f"{name}: {error}") from error


def read_items(name: str) -> list[dict[str, Any]]:
    """One item `{kind, document}`, a list of them, or `{"items": […]}`; JSON."""
    try:
        told = json.loads(read_text(name))
    except ValueError as error:
        raise Stop(Exit.REFUSED, f"{name} is no JSON: {error}") from error
    found = told.get("items", [told]) if isinstance(told, dict) else told
    if not isinstance(found, list) or not all(
        isinstance(one, dict) and {"kind", "document"} <= set(one) for one in found
    ):
        raise Stop(Exit.REFUSED, f"{name}: give items with `kind` and `document`")
    return found


def say(line: str) -> None:
    """One line on standard output."""
    sys.stdout.write(line + "\n")


def show_json(value: Any) -> None:
    """For other programs."""
    say(json.dumps(value, ensure_ascii=False, indent=2))
