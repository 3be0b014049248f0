"""The doors of evidence: one change request, or every activation of a period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance import clock
from governance.approvals.evidence.access import access
from governance.approvals.evidence.binder import Binder, Bound, moment
from governance.approvals.evidence.past import Past
from governance.approvals.evidence.requests import label, put_request
from governance.approvals.evidence.sealed import put_entries, seal_all
from governance.approvals.models import Activation, ChangeRequest
from governance.audit import services as audit
from governance.audit.models import AuditEntry
from governance.errors import InvalidDocument, PermissionRefused
from governance.ownership.models import Domain

if TYPE_CHECKING:
    from datetime import datetime

EXPORT = "governance.export_evidence"


def export_request(*, request: ChangeRequest, by: Any, now: datetime | None = None) -> Bound:
    """Everything about one change request; taking it along is itself a decision in the log."""
    if not by.has_perm(EXPORT, request):
        raise PermissionRefused("you may not export the evidence of this change request")
    moment_ = now or clock.now()
    seal_all(now=moment_)
    binder = Binder()
    entries = put_request(binder, request, Past())
    scope = {"change_request": request.pk}
    return _bind(binder, entries, scope, subject=request, by=by, now=moment_)


def export_period(*, begin: datetime, end: datetime, by: Any, now: datetime | None = None) -> Bound:
    """Every activation from `begin` to before `end`, each decision between them, and who had

    which access: the population is the system's, not a sample.
    """
    if not by.has_perm(EXPORT, Domain()):
        raise PermissionRefused("only who may export evidence of the whole firm exports a period")
    if begin >= end:
        raise InvalidDocument("the period ends before it begins", pointer="/end")
    moment_ = now or clock.now()
    seal_all(now=moment_)
    binder, past = Binder(), Past()
    done = list(
        Activation.objects.filter(at__gte=begin, at__lt=end)
        .select_related("revision")
        .order_by("at", "pk")
    )
    entries = _between(begin, end)
    scope: dict[str, Any] = {"begin": moment(begin), "end": moment(end), "entries": _span(entries)}
    numbers = sorted({one.request_id for one in done})
    for request in ChangeRequest.objects.filter(pk__in=numbers).order_by("pk"):
        entries += put_request(binder, request, past)
    binder.put("population.json", [_counted(one) for one in done])
    binder.put("access.json", access(past))
    return _bind(binder, entries, scope, subject=by, by=by, now=moment_)


def _counted(one: Activation) -> dict[str, Any]:
    return {
        "change_request": label(one.request_id),
        "revision": one.revision.digest,
        "at": moment(one.at),
    }


def _between(begin: datetime, end: datetime) -> list[AuditEntry]:
    """All entries from the first to the last of the period, with no id left out."""
    within = AuditEntry.objects.filter(at__gte=begin, at__lt=end)
    first, last = within.order_by("id").first(), within.order_by("id").last()
    if first is None or last is None:
        return []
    return list(AuditEntry.objects.filter(pk__gte=first.pk, pk__lte=last.pk).order_by("id"))


def _span(entries: list[AuditEntry]) -> list[int]:
    return [entries[0].pk, entries[-1].pk] if entries else []


def _bind(
    binder: Binder,
    entries: list[AuditEntry],
    scope: dict[str, Any],
    *,
    subject: Any,
    by: Any,
    now: datetime,
) -> Bound:
    head = {
        "scope": scope,
        "made_at": moment(now),
        "made_by": by.get_username(),
        "last_seal": put_entries(binder, entries),
    }
    made = binder.bound(head, now=now)
    audit.record(
        "evidence.export",
        subject=subject,
        by=by,
        after={**scope, "manifest": made.manifest, "files": made.files},
        at=now,
    )
    return made
