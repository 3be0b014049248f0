"""The port of gates, and the gates that governance itself brings.

What has to hold of a revision before anybody may approve it. An implementation is named by dotted
path in `settings.GATES` and may live in any layer: governance imports nothing upward.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from governance.approvals import bases, enacting, kinds, subjects, verdicts
from governance.approvals.candidates import Candidate, candidates
from governance.approvals.lifecycle import GateVerdict
from governance.approvals.references import references
from governance.approvals.telling import telling
from governance.approvals.uses import uses
from governance.authority.models import AuthorityAssignment
from governance.catalog.models import BusinessEntity
from governance.contracts.models import DataContractVersion
from governance.errors import GovernanceError, InvalidDocument
from governance.flows.models import Flow, Mapping
from governance.ownership.lifecycle import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from governance.approvals.models import ChangeRequest, Revision
    from governance.approvals.subjects import Item
    from governance.authority.documents import AuthorityDocument


__all__ = [
    "AuthorityOverlap",
    "Candidate",
    "Compatibility",
    "Gate",
    "GateOutcome",
    "GateVerdict",
    "Lint",
    "References",
    "candidates",
]


@dataclass(frozen=True, slots=True)
class GateOutcome:
    """`detail` is JSON: what a page shows below the sentence."""

    verdict: GateVerdict
    reason: str
    detail: dict[str, Any] = field(default_factory=dict)


class Gate(Protocol):
    """One question about a revision. It reads; it never writes."""

    name: str
    title: str

    def run(self, request: ChangeRequest, revision: Revision, now: datetime) -> GateOutcome:
        """The answer; an exception counts as *not run*, which blocks like red."""
        ...


GREEN, RED, NOT_APPLICABLE = GateVerdict.GREEN, GateVerdict.RED, GateVerdict.NOT_APPLICABLE


class Lint:
    """The activation, rehearsed: documents are written, agreements compiled, and all undone."""

    name = "lint"
    title = "Documents are valid"

    def run(self, request: ChangeRequest, revision: Revision, now: datetime) -> GateOutcome:
        """Red with the pointer of the first fault."""
        try:
            enacting.rehearse(subjects.parse_items(revision.content), now=now)
        except InvalidDocument as error:
            return GateOutcome(RED, str(error), {"pointer": error.pointer, "line": error.line})
        except GovernanceError as error:
            return GateOutcome(RED, str(error))
        return GateOutcome(GREEN, "it can be activated as it stands")


class References:
    """Nothing named is missing or a mere draft, and nothing active needs what would go."""

    name = "references"
    title = "References resolve"

    def run(self, request: ChangeRequest, revision: Revision, now: datetime) -> GateOutcome:
        """Red with every dangling place."""
        items = subjects.parse_items(revision.content)
        faults = [*_dangling(items), *(fault for one in items for fault in _needed(one))]
        if faults:
            return GateOutcome(RED, faults[0], {"faults": faults})
        return GateOutcome(GREEN, "everything it names is active, or becomes so with it")


def _dangling(items: Sequence[Item]) -> Iterator[str]:
    together = {(item.kind, item.slug) for item in items}
    for number, item in enumerate(items):
        for one in references(item.kind, item.document):
            if (one.kind, one.slug) in together:
                continue
            rows = kinds.KINDS[one.kind].model._default_manager
            held = rows.filter(slug=one.slug).values_list("status", flat=True).first()
            if held != Status.ACTIVE:
                what = f"{one.kind.replace('_', ' ')} {one.slug}"
                state = f"is {held}, not active" if held else "is not registered"
                yield f"/items/{number}/document{one.pointer}: {what} {state}"


def _needed(item: Item) -> Iterator[str]:
    """What goes although something active relies on it."""
    if item.kind == "entity":
        yield from _needed_fields(item)
    if item.kind == "process":
        yield from _needed_milestones(item)


def _needed_milestones(item: Item) -> Iterator[str]:
    kept = {one["slug"] for one in item.document["milestones"]}
    for flow in Flow.objects.filter(status=Status.ACTIVE).order_by("slug"):
        for told in flow.document.get("milestones", []):
            if told["process"] == item.slug and told["milestone"] not in kept:
                lost = f"{item.slug} would lose {told['milestone']}"
                yield f"{lost}, which the flow {flow.slug} tells"


def _needed_fields(item: Item) -> Iterator[str]:
    """Fields of active mappings and data contract versions."""
    row = BusinessEntity.objects.filter(slug=item.slug, status=Status.ACTIVE).first()
    if row is None:
        return
    kept = {one["name"] for group in item.document["groups"] for one in group["attributes"]}
    gone = set(row.attributes.values_list("name", flat=True)) - kept
    for mapping in Mapping.objects.filter(entity=row, status=Status.ACTIVE):
        written = {one["to"].split(".")[0] for one in mapping.document["read"]["rules"]}
        for name in sorted(gone & written):
            yield f"{item.slug} would lose {name}, which the mapping {mapping.slug} writes"
    versions = DataContractVersion.objects.filter(contract__entity=row, status=Status.ACTIVE)
    for version in versions:
        for name in sorted(gone & set(version.document["schema"].get("properties", {}))):
            yield f"{item.slug} would lose {name}, which {version.slug} promises"


class AuthorityOverlap:
    """One author for a group, in a scope, on each date."""

    name = "authority_overlap"
    title = "One system of record at a time"

    def run(self, request: ChangeRequest, revision: Revision, now: datetime) -> GateOutcome:
        """Red with every pair of periods that meet."""
        items = [i for i in subjects.parse_items(revision.content) if i.kind == "authority"]
        if not items:
            return GateOutcome(NOT_APPLICABLE, "no system of record changes")
        periods = [_of_item(item) for item in items]
        proposed = {period.slug for period in periods}
        rows = AuthorityAssignment.objects.filter(
            status=Status.ACTIVE, entity__slug__in={period.place[0] for period in periods}
        ).exclude(slug__in=proposed)
        periods += [_of_row(row) for row in rows.select_related("entity", "group", "system")]
        faults = list(_meeting(periods, proposed))
        if faults:
            return GateOutcome(RED, faults[0], {"faults": faults})
        return GateOutcome(GREEN, "no two systems author the same fields on the same day")


class _Period:
    """Days as ISO text, which sorts as the days do; an open end is later than any."""

    def __init__(self, slug: str, place: tuple[str, str, str], first: str, until: str | None):
        self.slug, self.place, self.first, self.until = slug, place, first, until or "9999-99-99"

    def meets(self, other: _Period) -> bool:
        """Whether both hold on some day."""
        return self.place == other.place and self.first < other.until and other.first < self.until


def _of_item(item: Item) -> _Period:
    document: AuthorityDocument = item.shape  # type: ignore[assignment]
    place = (document.entity, document.group, document.scope)
    return _Period(item.slug, place, document.effective_from, document.effective_to)


def _of_row(row: AuthorityAssignment) -> _Period:
    until = row.effective_to.isoformat() if row.effective_to else None
    place = (row.entity.slug, row.group.slug, row.scope)
    return _Period(row.slug, place, row.effective_from.isoformat(), until)


def _meeting(periods: list[_Period], proposed: set[str]) -> Iterator[str]:
    for number, one in enumerate(periods):
        for other in periods[number + 1 :]:
            if one.meets(other) and proposed & {one.slug, other.slug}:
                yield f"{one.slug} and {other.slug} would hold on the same days"


class Compatibility:
    """What new versions do to those who rely on the version before.

    Breaking is not forbidden: it makes the class R3, whose reviewers acknowledge each finding.
    """

    name = "compatibility"
    title = "Compatible with the version before"

    def run(self, request: ChangeRequest, revision: Revision, now: datetime) -> GateOutcome:
        """Green with the findings of every version in the detail."""
        items = subjects.parse_items(revision.content)
        olds = bases.befores(items)
        found = {
            item.slug: (item, judgement)
            for item, old in zip(items, olds, strict=True)
            if (judgement := verdicts.judge(item, old)) is not None
        }
        if not found:
            return GateOutcome(NOT_APPLICABLE, "no version follows another")
        known = uses(items)
        detail = {
            slug: telling(judgement, item, known.get(slug, []))
            for slug, (item, judgement) in found.items()
        }
        told = {judgement.verdict for _, judgement in found.values()}
        worst = next(word for word in TOLD if word in told)
        return GateOutcome(GREEN, TOLD[worst], detail)


TOLD = {
    verdicts.INCOMPATIBLE: "it breaks those who rely on the version before",
    verdicts.NOT_CHECKED: "not everything could be checked",
    verdicts.COMPATIBLE: "it is compatible",
}
"""From the worst verdict to the best."""
