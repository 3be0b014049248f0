"""Scheduled sync jobs: due times and the runs that served them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.agreements.models import Agreement
from integrations.sync.lifecycle import ENDED, RunState, Trigger


class ScheduleSlot(models.Model):
    """One nominal due time of a flow in UTC; unique, so a second beat changes nothing."""

    flow = models.ForeignKey("governance.Flow", on_delete=models.PROTECT, related_name="+")
    slot = models.DateTimeField()
    skipped = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["flow", "slot"], name="slot_once")]

    def __str__(self) -> str:
        return f"{self.flow_id} at {self.slot:%Y-%m-%d %H:%M:%S}"


class SyncRun(models.Model):
    """One execution. It pins one agreement from start to end."""

    flow = models.ForeignKey("governance.Flow", on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    trigger = models.CharField(max_length=10, choices=[(t, t) for t in Trigger])
    slot = models.OneToOneField(
        ScheduleSlot, on_delete=models.PROTECT, related_name="run", null=True
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in RunState], default=RunState.QUEUED
    )
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    pages = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    planned = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    applied = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["flow"],
                condition=Q(state__in=[RunState.READING, RunState.PLANNING]),
                name="one_active_run_per_flow",
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=~Q(state__in=ENDED), name="run_open"),
            models.Index(fields=["flow", "-id"], name="run_by_flow"),
        ]

    def __str__(self) -> str:
        return f"Run {self.pk}"


class ReceivedEvent(models.Model):
    """An event that came by REST or webhook; its (source, id) is accepted once."""

    source = models.CharField(max_length=300)
    event_id = models.CharField(max_length=200)
    flow = models.ForeignKey("governance.Flow", on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "event_id"], name="event_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.event_id}"


class BeatLease(models.Model):
    """Which beat may ring now; another stands by until `until` passes on the database's clock."""

    name = models.CharField(max_length=60, unique=True)
    holder = models.CharField(max_length=200)
    until = models.DateTimeField()
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"
