"""Milestones that records told, the business things that passed them, and money at risk."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from integrations.cases.models import Case
from integrations.sla.lifecycle import Grain, Kind, Part, RiskState

_CHOSEN: dict[str, Any] = {"max_length": 120, "blank": True, "default": ""}


class MilestoneFact(models.Model):
    """One thing passed one milestone, as the newest version of one record tells it.

    Partitioned by month on PostgreSQL; `flow`, `message` and `agreement` are plain numbers.
    """

    pk = models.CompositePrimaryKey("month", "flow", "record", "position")
    month = models.DateField()
    flow = models.BigIntegerField()
    record = models.CharField(max_length=200)
    """Key of the source record in its flow."""
    position = models.PositiveIntegerField()
    sequence = models.PositiveIntegerField()
    unit = models.CharField(max_length=10, choices=[(k, k) for k in Kind])
    key = models.CharField(max_length=200)
    milestone = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    message = models.BigIntegerField()
    agreement = models.BigIntegerField()
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    attributes = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "key"], name="fact_by_unit"),
            models.Index(fields=["flow", "record"], name="fact_by_record"),
        ]

    def __str__(self) -> str:
        return f"{self.milestone} of {self.unit} {self.key}"


class Unit(models.Model):
    """Where one business thing stands: its facts, folded. Money in minor units, net of tax."""

    unit = models.CharField(max_length=10, choices=[(k, k) for k in Kind])
    key = models.CharField(max_length=200)
    kind = models.CharField(**_CHOSEN)
    customer = models.CharField(**_CHOSEN)
    project = models.CharField(**_CHOSEN)
    contract = models.CharField(**_CHOSEN)
    contract_type = models.CharField(**_CHOSEN)
    region = models.CharField(**_CHOSEN)
    business_unit = models.CharField(**_CHOSEN)
    legal_entity = models.CharField(**_CHOSEN)
    invoice = models.CharField(**_CHOSEN)
    status = models.CharField(**_CHOSEN)
    amount_minor = models.BigIntegerField(null=True)
    gross_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    base_minor = models.BigIntegerField(null=True)
    """In the reporting currency, at the rate of the event's day."""
    rate_on = models.DateField(null=True)
    """First day of the rate that was used."""
    hours = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    applied_minor = models.BigIntegerField(default=0)
    """Payments applied to an invoice, or of a payment to invoices; gross."""
    won_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    activated_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    billable_at = models.DateTimeField(null=True)
    drafted_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    credited_at = models.DateTimeField(null=True)
    written_off_at = models.DateTimeField(null=True)
    start_at = models.DateTimeField(null=True)
    """When its bill could first have been written: approved and billable."""
    latency_seconds = models.BigIntegerField(null=True)
    """Business time from `start_at` until it was posted."""
    hops = models.JSONField(default=dict)
    """Business seconds of each hop that a line has made, by its name in `hops`."""
    attributes = models.JSONField(default=dict)
    """What else its records say."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "key"], name="unit_once")]
        indexes = [
            models.Index(
                fields=["unit", "start_at"],
                condition=Q(issued_at=None, written_off_at=None, approved_at__isnull=False),
                name="unit_unbilled",
            ),
            models.Index(fields=["unit", "start_at"], name="unit_started"),
            models.Index(fields=["unit", "posted_at"], name="unit_posted"),
            models.Index(fields=["unit", "issued_at"], name="unit_issued"),
            models.Index(fields=["unit", "approved_at"], name="unit_approved"),
            models.Index(
                fields=["unit", "applied_at"],
                condition=Q(applied_at__isnull=False),
                name="unit_applied",
            ),
            models.Index(
                fields=["unit", "written_off_at"],
                condition=Q(written_off_at__isnull=False),
                name="unit_written_off",
            ),
            models.Index(fields=["invoice"], name="unit_invoice"),
            models.Index(fields=["project"], name="unit_project"),
            models.Index(fields=["contract"], name="unit_contract"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.key}"


class MetricCell(models.Model):
    """What happened in one hour or day, cut by dimensions; merging cells is adding them.

    The legal entity's zone decides the day. Values are business days, money is in minor units of
    the reporting currency.
    """

    metric = models.CharField(max_length=40)
    grain = models.CharField(max_length=5, choices=[(g, g) for g in Grain])
    period = models.DateTimeField()
    """When it began, in UTC."""
    day = models.DateField()
    """The local day."""
    legal_entity = models.CharField(**_CHOSEN)
    region = models.CharField(**_CHOSEN)
    business_unit = models.CharField(**_CHOSEN)
    contract_type = models.CharField(**_CHOSEN)
    currency = models.CharField(max_length=3, blank=True, default="")
    buckets = models.JSONField(default=list)
    """`[[bucket, weight], …]` as in `sketch`, rising; empty for what has no duration."""
    n = models.BigIntegerField()
    sum_minor = models.BigIntegerField()
    p50 = models.FloatField(null=True)
    p90 = models.FloatField(null=True)
    p95 = models.FloatField(null=True)
    verified_at = models.DateTimeField(null=True)
    """When it was last counted anew and found right."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "metric",
                    "grain",
                    "period",
                    "legal_entity",
                    "region",
                    "business_unit",
                    "contract_type",
                    "currency",
                ],
                name="cell_once",
            )
        ]
        indexes = [models.Index(fields=["metric", "grain", "day"], name="cell_by_day")]

    def __str__(self) -> str:
        return f"{self.metric} of {self.day}"


class DirtyDay(models.Model):
    """A day of a legal entity, or one hour of it, whose cells of one metric are to be counted anew.

    `hour` is local; -1 is the whole day.
    """

    metric = models.CharField(max_length=40)
    legal_entity = models.CharField(**_CHOSEN)
    day = models.DateField()
    hour = models.SmallIntegerField(default=-1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "legal_entity", "day", "hour"], name="dirty_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.legal_entity} {self.day}"


class FoldTurn(models.Model):
    """One row: the lease of whoever folds, by the database's clock."""

    until = models.DateTimeField(db_default=Now())
    fence = models.BigIntegerField(default=0)
    priced_at = models.DateTimeField(null=True)
    priced_upto = models.BigIntegerField(default=0)
    """The newest event of a case when money at risk was last priced."""
    token = models.CharField(max_length=16, default="", db_default="")
    """Another one after every change of a fact, unit or exposure; empty before the first."""

    def __str__(self) -> str:
        return f"turn {self.fence}"


class StaleUnit(models.Model):
    """A unit that has to be computed anew from its facts. One may stand here more than once."""

    unit = models.CharField(max_length=10, choices=[(k, k) for k in Kind])
    key = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.unit} {self.key}"


class Exposure(models.Model):
    """Money of one unit that one open case puts at risk; the earliest root cause holds it."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="exposures")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exposures")
    part = models.CharField(max_length=10, choices=[(p, p) for p in Part])
    state = models.CharField(
        max_length=10, choices=[(s, s) for s in RiskState], default=RiskState.AT_RISK
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    base_minor = models.BigIntegerField()
    expected_minor = models.BigIntegerField(default=0)
    """Expected loss: exposure times its probability in the loss table."""
    delay_minor = models.BigIntegerField(default=0)
    """Cost of delay: exposure times cost of capital times days late, over 365."""
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(state=RiskState.AT_RISK),
                name="a_unit_is_at_risk_once",
            )
        ]
        indexes = [models.Index(fields=["case", "state"], name="exposure_by_case")]

    def __str__(self) -> str:
        return f"{self.part} {self.unit}"
