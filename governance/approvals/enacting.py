"""Writing approved documents into the registry and compiling what they reach, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from governance.agreements import queries as agreement_queries
from governance.agreements import services as agreements
from governance.approvals import bases, kinds, subjects
from governance.errors import Conflict
from governance.flows.models import Flow
from governance.ownership.lifecycle import Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from governance.agreements.models import Agreement
    from governance.approvals.subjects import Item
    from governance.ownership.models import Governed


@dataclass(slots=True)
class Enacted:
    """What an activation did."""

    previous: list[dict[str, Any]] = field(default_factory=list)
    """`{kind, slug, document}` as it was before; no document where nothing was active."""
    rows: list[Governed] = field(default_factory=list)
    aside: list[Governed] = field(default_factory=list)
    """Versions that were superseded by those written."""
    agreements: list[Agreement] = field(default_factory=list)
    """Those that were compiled or brought back; unchanged ones are not among them."""


def enact(items: Sequence[Item], *, now: datetime) -> Enacted:
    """Write every item and compile the agreements of the flows they reach. The caller commits.

    Raises GovernanceError where a document or an agreement is refused.
    """
    try:
        with transaction.atomic():
            return _enact(items, now=now)
    except ProtectedError as error:
        kept = ", ".join(sorted(str(row) for row in error.protected_objects)[:5])
        raise Conflict(f"something active still refers to what would go: {kept}") from error
    except IntegrityError as error:
        raise Conflict(f"the database refuses it: {error}") from error


def rehearse(items: Sequence[Item], *, now: datetime) -> None:
    """Enact and undo: raises what `enact` would raise."""
    with transaction.atomic():
        enact(items, now=now)
        transaction.set_rollback(True)


def _enact(items: Sequence[Item], *, now: datetime) -> Enacted:
    done = Enacted()
    reached: set[int] = set()
    for item in sorted(items, key=_shrinking_first):
        row = subjects.row_of(item)
        if row is not None and row.status == Status.ACTIVE:
            reached |= subjects.touched_flows(item.kind, row)
        done.previous.append(_before(item, row))
        _step_aside(item, done)
        written = subjects.write(item, now=now)
        reached |= subjects.touched_flows(item.kind, written)
        done.rows.append(written)
    for flow in Flow.objects.filter(pk__in=reached, status=Status.ACTIVE).order_by("pk"):
        running = agreement_queries.active(flow.pk)
        compiled = agreements.activate(flow, now=now)
        if running is None or running.pk != compiled.pk:
            done.agreements.append(compiled)
    return done


def _shrinking_first(item: Item) -> tuple[int, bool]:
    """Within its kind, what is active goes first: an old period ends before a new one begins."""
    row = subjects.row_of(item)
    return kinds.ORDER.index(item.kind), row is None or row.status != Status.ACTIVE


def _before(item: Item, row: Governed | None) -> dict[str, Any]:
    """The row's own document, or that of the version which this one replaces."""
    if row is not None and row.status == Status.ACTIVE:
        return {"kind": item.kind, "slug": item.slug, "document": row.document}
    if current := bases.current_of_line(item):
        return {"kind": item.kind, "slug": current.slug, "document": current.document}
    return {"kind": item.kind, "slug": item.slug, "document": None}


def _step_aside(item: Item, done: Enacted) -> None:
    """One version of a line is active: the former one is superseded, in its history too."""
    if current := bases.current_of_line(item):
        current.status = Status.SUPERSEDED
        current.save()
        done.aside.append(current)
