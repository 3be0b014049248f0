"""Published cases beside the repository, where they are present; nothing of them is kept here."""

import json
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[4] / "shared" / "data"


def shared(name: str) -> Path:
    """A file of the shared data; skips the test where it is not present."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not present")
    return path


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(shared(name).read_bytes())["cases"]
    return found
