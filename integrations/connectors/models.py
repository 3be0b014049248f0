"""Secrets, breakers, rate buckets and maintenance windows: rows that every worker shares."""

from __future__ import annotations

from django.db import models


class Secret(models.Model):
    """One sealed value, which connections name; it is stored nowhere in the open."""

    name = models.CharField(max_length=120, unique=True)
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=16)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return self.name


class Breaker(models.Model):
    """Whether a connection may be used. A connection without a row is closed, that is, usable."""

    class State(models.TextChoices):
        CLOSED = "closed"
        OPEN = "open"
        HALF_OPEN = "half_open"

    connection = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CLOSED)
    failures = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="closed") | models.Q(opened_at__isnull=False),
                name="breaker_open_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.state}"


class RateBucket(models.Model):
    """A token bucket. Tokens are what is left now; `refill` is tokens per second."""

    connection = models.CharField(max_length=120)
    name = models.CharField(max_length=120, default="*")
    tokens = models.FloatField()
    capacity = models.FloatField()
    refill = models.FloatField()
    refilled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "name"], name="bucket_once"),
            models.CheckConstraint(
                condition=models.Q(tokens__gte=0) & models.Q(tokens__lte=models.F("capacity")),
                name="bucket_tokens_within_capacity",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__gte=1) & models.Q(refill__gt=0),
                name="bucket_refills",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection} {self.name}"


class MaintenanceWindow(models.Model):
    """A time in which nothing is sent to a connection."""

    connection = models.CharField(max_length=120, db_index=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="window_lasts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.reason}"
