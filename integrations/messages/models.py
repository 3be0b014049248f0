"""The ledger. The unique keys here carry the proof: one intended effect, once.

Machine traffic is not history-tracked; its own rows are the history. `run` numbers a
`sync.SyncRun`, a layer above, so it is no foreign key. Bodies and closed attempts are partitioned
by month on PostgreSQL and carry no foreign keys.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from governance.agreements.models import Agreement
from integrations.messages.lifecycle import (
    OPEN_OPERATIONS,
    MessageState,
    OperationState,
    Ordering,
    Outcome,
    Share,
)

_UNINDEXED: dict[str, Any] = {
    "on_delete": models.PROTECT,
    "related_name": "+",
    "db_index": False,
}
"""Another index of the table starts with this column, or nobody asks by it."""


class Payload(models.Model):
    """A body as it arrived or was sent, zlib-compressed, named by month and SHA-256."""

    pk = models.CompositePrimaryKey("month", "digest")
    month = models.DateField()
    digest = models.CharField(max_length=64)
    body = models.BinaryField()

    def __str__(self) -> str:
        return self.digest[:8]


class Cursor(models.Model):
    """How far a flow has read its source; advances only together with the rows it read."""

    flow = models.OneToOneField("governance.Flow", on_delete=models.PROTECT, related_name="+")
    value = models.JSONField(default=dict)
    advanced_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"cursor of flow {self.flow_id}"


class InboxMessage(models.Model):
    """One version of one source record as it arrived; its content never changes."""

    flow = models.ForeignKey("governance.Flow", **_UNINDEXED)
    agreement = models.ForeignKey(Agreement, **_UNINDEXED)
    """The one it was last planned under."""
    run = models.BigIntegerField(null=True, db_index=True)
    key = models.CharField(max_length=200)
    version = models.CharField(max_length=120)
    """The source's token; where there is none, `#` and the sequence."""
    sequence = models.PositiveIntegerField()
    """Our acceptance order within (flow, key), from 1."""
    content_hash = models.CharField(max_length=64)
    month = models.DateField()
    deleted = models.BooleanField(default=False)
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in MessageState], default=MessageState.ACCEPTED
    )
    plan_hash = models.CharField(max_length=64, blank=True, default="")
    """Digest of the plan's whole input, so that a replay can explain itself."""
    business_key = models.CharField(max_length=200, blank=True, default="")
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    told = models.BooleanField(default=False, db_default=False)
    """Whether what it says of a process was folded since it was last planned."""
    accepted_at = models.DateTimeField()
    planned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flow", "key", "version"], name="inbox_once"),
            models.UniqueConstraint(fields=["flow", "key", "sequence"], name="inbox_in_order"),
        ]
        indexes = [
            models.Index(
                fields=["flow", "key"],
                condition=Q(state=MessageState.REJECTED),
                name="inbox_rejected",
            ),
            models.Index(
                fields=["flow", "id"],
                condition=Q(state=MessageState.ACCEPTED),
                name="inbox_waiting",
            ),
            models.Index(
                fields=["id"],
                condition=Q(told=False, state__in=[MessageState.PLANNED, MessageState.REJECTED]),
                name="inbox_untold",
            ),
            models.Index(fields=["business_key"], name="inbox_business_key"),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class Lane(models.Model):
    """One business key of one flow: what orders its effects. Leases use the database clock."""

    flow = models.ForeignKey("governance.Flow", **_UNINDEXED)
    key = models.CharField(max_length=200)
    connection = models.CharField(max_length=200)
    ordering = models.CharField(
        max_length=12, choices=[(o, o) for o in Ordering], default=Ordering.STRICT
    )
    share = models.CharField(max_length=10, choices=[(s, s) for s in Share], default=Share.LIVE)
    due_at = models.DateTimeField(null=True)
    """Null: nothing to do, or a worker is at it."""
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    blocked_by = models.BigIntegerField(null=True)
    """The failed operation whose followers wait silently (strict order)."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["flow", "key"], name="lane_once")]
        indexes = [
            models.Index(
                fields=["connection", "share", "due_at"],
                condition=Q(due_at__isnull=False, lease_until=None),
                name="lane_due",
            ),
            models.Index(
                fields=["blocked_by"], condition=Q(blocked_by__isnull=False), name="lane_blocked"
            ),
            models.Index(
                fields=["lease_until"], condition=Q(lease_until__isnull=False), name="lane_leased"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Operation(models.Model):
    """One intended effect on the target. Its id and body digest are the key sent outward."""

    flow = models.ForeignKey("governance.Flow", **_UNINDEXED)
    agreement = models.ForeignKey(Agreement, **_UNINDEXED)
    message = models.ForeignKey(InboxMessage, on_delete=models.PROTECT, related_name="operations")
    lane = models.ForeignKey(
        Lane, on_delete=models.PROTECT, related_name="operations", db_index=False
    )
    target_system = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    business_key = models.CharField(max_length=200)
    revision = models.CharField(max_length=120)
    """The source version for updatable kinds, `0` for once-only effects."""
    generation = models.PositiveSmallIntegerField(default=0)
    """Rises only by an approved redo."""
    position = models.PositiveSmallIntegerField(default=0)
    month = models.DateField()
    body_digest = models.CharField(max_length=64)
    """The planned write ({object, action, path, body, reference, saves}) in `Payload`."""
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in OperationState], default=OperationState.PLANNED
    )
    tries = models.PositiveSmallIntegerField(default=0)
    target_id = models.CharField(max_length=200, blank=True, default="")
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    planned_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True, default="")
    last_class = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "flow",
                    "target_system",
                    "kind",
                    "business_key",
                    "revision",
                    "generation",
                ],
                name="operation_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["lane", "message", "position"],
                condition=Q(state__in=OPEN_OPERATIONS),
                name="operation_open",
            ),
            models.Index(
                fields=["lane"], condition=Q(state=OperationState.FAILED), name="operation_failed"
            ),
            models.Index(fields=["business_key"], name="operation_business_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.business_key}"


class Attempt(models.Model):
    """One try that has not told its outcome yet; committed before a byte is sent."""

    operation = models.ForeignKey(
        Operation, on_delete=models.PROTECT, related_name="attempts", db_index=False
    )
    fence = models.BigIntegerField()
    started_at = models.DateTimeField()
    request_digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "fence"], name="attempt_once")]

    def __str__(self) -> str:
        return f"try {self.fence} of operation {self.operation_id}"


class ClosedAttempt(models.Model):
    """How a try ended. Partitioned by month; `operation` and `agreement` are plain numbers."""

    pk = models.CompositePrimaryKey("month", "operation", "fence")
    month = models.DateField()
    operation = models.BigIntegerField()
    agreement = models.BigIntegerField()
    fence = models.BigIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=[(o, o) for o in Outcome])
    error_class = models.CharField(max_length=20, blank=True, default="")
    status = models.PositiveSmallIntegerField(null=True)
    request_digest = models.CharField(max_length=64)
    response_digest = models.CharField(max_length=64, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["operation", "fence"], name="closed_attempt_operation")]

    def __str__(self) -> str:
        return f"{self.outcome} try {self.fence} of operation {self.operation}"
