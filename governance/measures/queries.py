"""The active definitions, as plain documents."""

from __future__ import annotations

from typing import Any

from governance.measures.models import FxSource, LossTable, Measure
from governance.ownership.lifecycle import Status


def of_processes(slugs: set[str]) -> list[dict[str, Any]]:
    """Documents of the active measures of these processes, by slug."""
    rows = Measure.objects.filter(status=Status.ACTIVE).order_by("slug")
    return [row.document for row in rows if row.document["process"] in slugs]


def loss_table() -> dict[str, Any] | None:
    """The active loss table; the newest where there are several."""
    return _newest(LossTable)


def fx() -> dict[str, Any] | None:
    """The active rates; the newest source where there are several."""
    return _newest(FxSource)


def _newest(model: type[LossTable | FxSource]) -> dict[str, Any] | None:
    row = model._default_manager.filter(status=Status.ACTIVE).order_by("-activated_at").first()
    return row.document if row is not None else None
