"""Comparisons that flow agreements ask for, what was compared, breaks, and who signed them off."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from governance.agreements.models import Agreement
from integrations.cases.models import Case
from integrations.reconciliation.lifecycle import SOUND, BreakState, Outcome, Side, SignState

_FLOW: dict[str, Any] = {"on_delete": models.PROTECT, "related_name": "+"}
_PERSON: dict[str, Any] = {"on_delete": models.PROTECT, "related_name": "+"}


class Reconciliation(models.Model):
    """One comparison of two flows' records, and how far both were taken up."""

    flow = models.ForeignKey("governance.Flow", **_FLOW)
    slug = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    other = models.ForeignKey("governance.Flow", **_FLOW)
    agreement = models.ForeignKey(Agreement, **_FLOW)
    """The left flow's, whose rule this is."""
    left_system = models.CharField(max_length=200)
    right_system = models.CharField(max_length=200)
    settings = models.CharField(max_length=64)
    """Digest of the rule and both readings: another one compares everything anew."""
    left_mark = models.BigIntegerField(default=0)
    right_mark = models.BigIntegerField(default=0)
    """Highest message id taken up on each side."""
    compared_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    """Since when no flow agreement asks for it any more."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["flow", "slug"], name="reconciliation_once")]

    def __str__(self) -> str:
        return self.name


class ComparedRecord(models.Model):
    """The newest version of one record on one side, as the comparison reads it."""

    reconciliation = models.ForeignKey(
        Reconciliation, on_delete=models.CASCADE, related_name="records", db_index=False
    )
    side = models.CharField(max_length=5, choices=[(s, s) for s in Side])
    record = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    sequence = models.PositiveIntegerField()
    message = models.BigIntegerField()
    accepted_at = models.DateTimeField()
    values = models.JSONField(default=dict)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    outcome = models.CharField(
        max_length=13, choices=[(o, o) for o in Outcome], default=Outcome.ALONE
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reconciliation", "side", "record"], name="compared_once"
            )
        ]
        indexes = [
            models.Index(fields=["reconciliation", "key"], name="compared_by_key"),
            models.Index(
                fields=["reconciliation", "side", "outcome", "currency"], name="compared_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.record}"


class ReconciliationRun(models.Model):
    """One pass that found something to compare."""

    reconciliation = models.ForeignKey(
        Reconciliation, on_delete=models.CASCADE, related_name="runs"
    )
    started_at = models.DateTimeField()
    looked = models.PositiveIntegerField()
    """Records that were new or changed."""
    compared = models.PositiveIntegerField()
    """Keys that were matched anew."""
    found = models.PositiveIntegerField()
    healed = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.reconciliation} at {self.started_at:%Y-%m-%d %H:%M}"


class Break(models.Model):
    """Two systems do not agree about one record."""

    reconciliation = models.ForeignKey(
        Reconciliation, on_delete=models.PROTECT, related_name="breaks", db_index=False
    )
    kind = models.CharField(max_length=13, choices=[(o, o) for o in Outcome if o not in SOUND])
    state = models.CharField(
        max_length=9, choices=[(s, s) for s in BreakState], default=BreakState.UNDER_WAY
    )
    key = models.CharField(max_length=200)
    left_record = models.CharField(max_length=200, blank=True, default="")
    right_record = models.CharField(max_length=200, blank=True, default="")
    left_message = models.BigIntegerField(null=True)
    right_message = models.BigIntegerField(null=True)
    differences = models.JSONField(default=list)
    """`[{name, kind, left, right, minor}]`; for a record without counterpart its own values."""
    amount_minor = models.BigIntegerField(default=0)
    """What is compared."""
    difference_minor = models.BigIntegerField(default=0)
    """What is in dispute, left less right."""
    currency = models.CharField(max_length=3, blank=True, default="")
    since = models.DateTimeField()
    """When the newer of the two records was read."""
    found_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    healed_at = models.DateTimeField(null=True)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="breaks", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reconciliation", "left_record", "right_record"],
                condition=~Q(state=BreakState.HEALED),
                name="one_open_break_per_pair",
            ),
            models.CheckConstraint(
                condition=Q(state=BreakState.HEALED, healed_at__isnull=False)
                | (~Q(state=BreakState.HEALED) & Q(healed_at=None)),
                name="a_healed_break_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["reconciliation", "state", "key"], name="break_by_state"),
            models.Index(fields=["state", "-id"], name="break_list"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class PeriodSignOff(models.Model):
    """A person answers for one comparison up to the end of a period; `figures` are frozen."""

    reconciliation = models.ForeignKey(
        Reconciliation, on_delete=models.PROTECT, related_name="sign_offs"
    )
    begin = models.DateField()
    end = models.DateField()
    state = models.CharField(max_length=7, choices=[(s, s) for s in SignState])
    breaks = models.PositiveIntegerField()
    figures = models.JSONField(default=dict)
    reason = models.TextField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    signed_at = models.DateTimeField()
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **_PERSON)
    second_at = models.DateTimeField(null=True)
    second_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reconciliation", "begin", "end"],
                condition=~Q(state=SignState.REFUSED),
                name="a_period_is_signed_once",
            ),
            models.CheckConstraint(
                condition=Q(second_by=None) | ~Q(second_by=F("signed_by")),
                name="the_second_is_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reconciliation} {self.begin} to {self.end}"
