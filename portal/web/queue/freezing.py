"""A selection of cases that travels through a form and cannot be altered on the way."""

from __future__ import annotations

from collections.abc import Sequence

from django.core import signing

SALT = "queue-selection"


def freeze(ids: Sequence[int]) -> str:
    """Signed and compressed."""
    return signing.dumps(list(ids), salt=SALT, compress=True)


def thaw(text: str) -> list[int]:
    """The ids; empty for anything that this portal did not freeze within a day."""
    try:
        found: list[int] = signing.loads(text, salt=SALT, max_age=86_400)
    except signing.BadSignature:
        return []
    return found
