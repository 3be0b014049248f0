"""Flow agreements: the compiled, immutable snapshot of everything approved for one flow."""

from django.db import models
from django.db.models import Q

from governance.agreements.lifecycle import AgreementStatus
from governance.flows.models import Flow


class Agreement(models.Model):
    """`document` never changes and `digest` is its SHA-256; only the status moves."""

    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="agreements")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=[(s, s) for s in AgreementStatus])
    digest = models.CharField(max_length=64)
    document = models.JSONField()
    labels = models.JSONField(default=dict)
    """Revision numbers for people; not part of the digest, so that a rollback finds its twin."""
    compiled_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flow", "number"], name="agreement_number"),
            models.UniqueConstraint(fields=["flow", "digest"], name="agreement_digest"),
            models.UniqueConstraint(
                fields=["flow"],
                condition=Q(status=AgreementStatus.ACTIVE),
                name="one_active_agreement_per_flow",
            ),
        ]

    def __str__(self) -> str:
        return self.digest[:8]
