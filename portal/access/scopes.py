"""Who sees what, as querysets: metadata firm-wide, payloads and money by domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.approvals.models import ChangeRequest
from governance.audit.models import AuditEntry
from governance.ownership.models import Domain
from integrations.cases.models import Case
from integrations.messages.models import InboxMessage, Operation
from integrations.reconciliation.models import Break, Reconciliation
from integrations.sync.models import SyncRun
from portal.access.backend import domains

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.accounts.models import User


def change_requests(person: User) -> QuerySet[ChangeRequest]:
    """Proposals are metadata: everyone with a role reads them."""
    rows = ChangeRequest.objects.all()
    return rows if domains(person, "governance.view_change") is None else rows.none()


def cases(person: User) -> QuerySet[Case]:
    """Cases of the person's domains."""
    allowed = domains(person, "integrations.view_case")
    rows = Case.objects.all()
    return rows if allowed is None else rows.filter(domain__in=allowed)


def runs(person: User) -> QuerySet[SyncRun]:
    """Runs of the flows in the person's domains."""
    allowed = domains(person, "integrations.view_run")
    rows = SyncRun.objects.all()
    return rows if allowed is None else rows.filter(flow__domain__in=allowed)


def messages(person: User) -> QuerySet[InboxMessage]:
    """Records of the flows in the person's domains."""
    allowed = domains(person, "integrations.view_record")
    rows = InboxMessage.objects.all()
    return rows if allowed is None else rows.filter(flow__domain__in=allowed)


def audit_entries(person: User) -> QuerySet[AuditEntry]:
    """Decisions of the domains where the person may read the log; everything when firm-wide."""
    allowed = domains(person, "governance.view_audit")
    rows = AuditEntry.objects.all()
    if allowed is None:
        return rows
    return rows.filter(domain__in=Domain.objects.filter(pk__in=allowed).values("slug"))


def operations(person: User) -> QuerySet[Operation]:
    """Effects of the flows in the person's domains."""
    allowed = domains(person, "integrations.view_record")
    rows = Operation.objects.all()
    return rows if allowed is None else rows.filter(flow__domain__in=allowed)


def money(person: User) -> frozenset[int] | None:
    """Domains whose figures and money the person sees; None: of the whole firm."""
    allowed = domains(person, "integrations.view_sla")
    return None if allowed is None else frozenset(allowed)


def reconciliations(person: User) -> QuerySet[Reconciliation]:
    """Comparisons whose left flow is of the person's domains: they tell records and money."""
    allowed = domains(person, "integrations.view_record")
    rows = Reconciliation.objects.all()
    return rows if allowed is None else rows.filter(flow__domain__in=allowed)


def breaks(person: User) -> QuerySet[Break]:
    """Breaks of those comparisons."""
    allowed = domains(person, "integrations.view_record")
    rows = Break.objects.all()
    return rows if allowed is None else rows.filter(reconciliation__flow__domain__in=allowed)
