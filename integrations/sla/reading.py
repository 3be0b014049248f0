"""What records tell of their process, compiled once for each flow agreement."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from governance.agreements.models import Agreement
from integrations.messages.canonical import lenient
from integrations.sla.telling import Told, compile_telling

Tell = Callable[[Any, dict[str, Any]], list[Told]]
"""(source record, corrections by field) → what it says of its process."""


@lru_cache(maxsize=64)
def _compiled(digest: str, pk: int) -> Tell | None:
    document = Agreement.objects.get(pk=pk).document
    if not document.get("milestones"):
        return None
    return compile_document(document)


def teller(agreement: Agreement) -> Tell | None:
    """None where the flow tells nothing."""
    return _compiled(agreement.digest, agreement.pk)


def compile_document(document: dict[str, Any]) -> Tell:
    """What a source record tells, with what was corrected since."""
    canonical, tell = lenient(document), compile_telling(document["milestones"])

    def told(source: Any, corrections: dict[str, Any]) -> list[Told]:
        record = canonical(source)
        return [] if record is None else tell(record | corrections)

    return told
