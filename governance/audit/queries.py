"""Reading the audit log."""

from django.db.models import Model, QuerySet

from governance.audit.models import AuditEntry


def about(subject: Model) -> QuerySet[AuditEntry]:
    """Every decision on one subject, newest first."""
    return AuditEntry.objects.filter(
        subject_type=subject._meta.model_name, subject_id=str(subject.pk)
    ).order_by("-id")


def of_request(number: int) -> QuerySet[AuditEntry]:
    """Every decision of one change request, oldest first."""
    return AuditEntry.objects.filter(change_request=number).order_by("id")
