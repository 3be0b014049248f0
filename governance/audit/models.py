"""The audit log: decisions with reasons. No foreign keys to what it speaks of."""

from django.db import models


class AuditEntry(models.Model):
    """One decision. Never updated, never deleted: triggers refuse it on both databases."""

    action = models.CharField(max_length=80, db_index=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=200)
    subject_label = models.CharField(max_length=300)
    domain = models.CharField(max_length=200, blank=True, default="")
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=200)
    on_behalf_of = models.CharField(max_length=200, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    change_request = models.BigIntegerField(null=True, db_index=True)
    revision_hash = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField(db_index=True)
    leaf = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_label}"


class Seal(models.Model):
    """A Merkle root over entries, chained to the seal before it."""

    number = models.PositiveIntegerField(unique=True)
    entry_ids = models.JSONField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal {self.number}"
