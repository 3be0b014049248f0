"""Refusing what a flow could not tell of a process or compare."""

from __future__ import annotations

from governance.errors import InvalidDocument
from governance.flows.documents import FlowDocument
from governance.flows.models import Process
from governance.ownership.queries import registered


def refuse_foreign_milestones(document: FlowDocument) -> None:
    """Each milestone is one of its process; a line may pass what its invoice passes."""
    for number, told in enumerate(document.milestones):
        place = f"/milestones/{number}"
        process = registered(Process, told.process, pointer=f"{place}/process")
        known = [one["slug"] for one in process.document.get("milestones", [])]
        if told.milestone not in known:
            raise InvalidDocument(
                f"{told.process} has no milestone {told.milestone!r}; it has "
                f"{', '.join(known) or 'none'}",
                pointer=f"{place}/milestone",
            )


def refuse_bad_reconciliations(document: FlowDocument) -> None:
    """Each stands once, names another flow, and knows what its breaks are worth or not at all."""
    seen: set[str] = set()
    for number, one in enumerate(document.reconciles):
        place = f"/reconciles/{number}"
        if one.slug in seen:
            raise InvalidDocument(f"{one.slug} stands twice", pointer=f"{place}/slug")
        if one.other == document.slug:
            raise InvalidDocument("a flow is not compared with itself", pointer=f"{place}/with")
        if bool(one.amount) != bool(one.currency):
            raise InvalidDocument("give amount and currency, or neither", pointer=place)
        seen.add(one.slug)


def refuse_doubled_controls(document: FlowDocument) -> None:
    """Each stands once."""
    slugs = [one.slug for one in document.controls]
    for number, slug in enumerate(slugs):
        if slugs.index(slug) != number:
            raise InvalidDocument(f"{slug} stands twice", pointer=f"/controls/{number}/slug")
