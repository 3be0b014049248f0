"""The rows behind a number, with what they come to kept for a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet

from integrations.sla import queries
from integrations.sla.keeping import Keeper
from integrations.sla.queries import Said, Slice
from integrations.sla.terms import Terms
from portal.web.dashboards.asking import Asked

T = TypeVar("T")
UNKEPT = ("failed-posts",)
"""Lists of which cases tell, too: closing one does not renew the token of the figures."""


@dataclass(frozen=True, slots=True)
class Held:
    """All rows of a list as of the moment at which its figures were computed."""

    slug: str
    asked: Asked
    rows: QuerySet[Any]
    keep: Keeper

    @classmethod
    def read(cls, slug: str, asked: Asked, *, terms: Terms, now: datetime) -> Held:
        keep = Keeper(asked.filters, terms, now)
        rows = queries.items(slug, asked.filters, now=keep.now, **asked.piece)
        return cls(slug, asked, rows, keep)

    @property
    def said(self) -> Said:
        """What all of them come to."""
        piece, now = self.asked.piece, self.keep.now
        return self._kept("whole", lambda: queries.head(self.slug, self.rows, now=now, **piece))

    def slices(self, by: str) -> list[Slice]:
        """Cut into pieces."""
        return self._kept(f"by {by}", lambda: queries.cut(self.rows, by))

    def _kept(self, what: str, compute: Callable[[], T]) -> T:
        if self.slug in UNKEPT:
            return compute()
        piece = sorted(self.asked.piece.items())
        return self.keep.named(repr(("list", self.slug, piece, what)), compute)
