"""The exception queue: what a person must look at, and what they did about it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.agreements.models import Agreement
from governance.ownership.models import Domain
from integrations.cases.lifecycle import CLOSED, CaseClass, CaseState, Urgency
from integrations.messages.models import InboxMessage, Operation

_PERSON: dict[str, Any] = {"on_delete": models.PROTECT, "related_name": "+", "null": True}


class Case(models.Model):
    """One thing to look at: a message, an operation, or a whole connection."""

    klass = models.CharField(max_length=12, choices=[(c, c) for c in CaseClass])
    state = models.CharField(
        max_length=20, choices=[(s, s) for s in CaseState], default=CaseState.OPEN
    )
    title = models.CharField(max_length=300)
    fingerprint = models.CharField(max_length=64, db_index=True)
    """Same problem, same fingerprint: what the queue groups by."""
    detail = models.JSONField(default=dict)
    """`{rule, clause, pointer, value, expected, message, status, fix, refers}`; `refers` lists the
    records that nobody knows: `{entity, key, system}`."""
    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="+")
    flow = models.ForeignKey(
        "governance.Flow", on_delete=models.PROTECT, related_name="+", null=True
    )
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+", null=True)
    message = models.ForeignKey(
        InboxMessage, on_delete=models.PROTECT, related_name="cases", null=True
    )
    operation = models.ForeignKey(
        Operation, on_delete=models.PROTECT, related_name="cases", null=True
    )
    connection = models.CharField(max_length=200, blank=True, default="")
    system = models.CharField(max_length=200, blank=True, default="", db_index=True)
    """Where it is healed: the source of a record, the target of an operation."""
    business_key = models.CharField(max_length=200, blank=True, default="", db_index=True)
    customer = models.CharField(max_length=200, blank=True, default="", db_index=True)
    project = models.CharField(max_length=200, blank=True, default="", db_index=True)
    region = models.CharField(max_length=60, blank=True, default="")
    legal_entity = models.CharField(max_length=60, blank=True, default="")
    """Whose calendar its clocks run by."""
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    exposure_minor = models.BigIntegerField(default=0, db_default=0)
    """Money that is at risk because of it, in the reporting currency; each unit counts once."""
    exposure_currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    """The reporting currency; empty until the case has been priced."""
    urgency = models.PositiveSmallIntegerField(default=Urgency.IN_TIME)
    """Stored, so that the queue's order is one index; the tick lowers it when `due_at` passes."""
    priority = models.BigIntegerField(default=0)
    """The exposure negated: what costs most comes first in ascending order."""
    change_request = models.BigIntegerField(null=True)
    """The request that this case waits for."""
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    claimed_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    """Out of sight until then; its clocks run on."""
    step = models.PositiveSmallIntegerField(default=0, db_default=0)
    """Steps of its escalation path that were told."""
    step_at = models.DateTimeField(null=True)
    """When the next step is told; null where there is none."""
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    resolution = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "klass"],
                condition=~Q(state__in=CLOSED) & Q(message__isnull=False, operation=None),
                name="one_open_case_per_message_and_class",
            ),
            models.UniqueConstraint(
                fields=["operation", "klass"],
                condition=~Q(state__in=CLOSED) & Q(operation__isnull=False),
                name="one_open_case_per_operation_and_class",
            ),
            models.UniqueConstraint(
                fields=["connection", "klass"],
                condition=~Q(state__in=CLOSED) & Q(message=None, operation=None),
                name="one_open_case_per_connection_and_class",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=~Q(state__in=CLOSED), name="case_open_due"
            ),
            models.Index(
                fields=["step_at"],
                condition=~Q(state__in=CLOSED) & Q(step_at__isnull=False),
                name="case_step_due",
            ),
            models.Index(
                fields=["urgency", "priority", "due_at", "id"],
                condition=~Q(state__in=CLOSED),
                name="case_queue",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CaseEvent(models.Model):
    """One line of a case's history."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    action = models.CharField(max_length=40)
    text = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.action} {self.case_id}"


class Correction(models.Model):
    """A signed-off override of one field of one message; void when the source changes."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        SIGNED = "signed"
        VOID = "void"
        REFUSED = "refused"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="corrections")
    message = models.ForeignKey(InboxMessage, on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=200)
    """JSON Pointer into the canonical record."""
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    content_hash = models.CharField(max_length=64)
    """The source content it is bound to."""
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    proposed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "field"],
                condition=Q(state__in=["proposed", "signed"]),
                name="one_open_correction_per_field",
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} of message {self.message_id}"


class SignOff(models.Model):
    """A second person's signature on an act that is not done yet; corrections carry their own."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sign_offs")
    act = models.CharField(max_length=20)
    """`dismiss`, `pick`, `found` or `resend`."""
    facts = models.JSONField(default=dict)
    """What exactly is signed, as the act's module has it."""
    reason = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    asked_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)
    signed_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "act"],
                condition=Q(signed_at=None, refused_at=None),
                name="one_open_sign_off_per_act",
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} of case {self.case_id}"
