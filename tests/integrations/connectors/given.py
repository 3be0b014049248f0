"""Who acts and when, a secret that nothing may show, and what an act raised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CANARY = "s3cr3t-canary-value"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Person:
    label: str = "Ada"
    allowed: bool = True
    pk: int | None = None

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.allowed and perm == "integrations.manage_secrets"


ADA = Person()


def raised(act: Callable[[], Any]) -> Exception:
    with pytest.raises(Exception) as caught:
        act()
    return caught.value
