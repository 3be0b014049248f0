"""Domains, teams, grants, escalation paths, and what every governed row has in common."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from governance import clock
from governance.ownership.lifecycle import Role, Seat, Status


class Governed(models.Model):
    """A row that only an activated change request may alter.

    `document` is the approved content, `digest` its SHA-256 and `revision` counts activations. What
    is proposed but not yet active stands in the change request's revisions, never here.
    """

    slug = models.SlugField(max_length=200)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    status = models.CharField(
        max_length=12, choices=[(s, s) for s in Status], default=Status.DRAFT, db_index=True
    )
    document = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True, default="")
    revision = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    activated_at = models.DateTimeField(null=True, blank=True)

    history: ClassVar[Any] = HistoricalRecords(inherit=True)

    KIND: ClassVar[str] = ""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saved, with its history dated by the firm's clock."""
        self._history_date = clock.now()
        super().save(*args, **kwargs)


class Domain(Governed):
    """A part of the firm that owns things and answers for them."""

    KIND = "domain"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="domain_slug")]


class Owned(Governed):
    """A governed row that belongs to one domain."""

    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class DomainSeat(models.Model):
    """One person in one of a domain's own seats; rebuilt when the domain activates."""

    domain = models.ForeignKey(Domain, on_delete=models.CASCADE, related_name="seats")
    seat = models.CharField(max_length=20, choices=[(s, s) for s in Seat])
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["domain", "seat", "person"], name="domain_seat_once")
        ]

    def __str__(self) -> str:
        return f"{self.person} as {self.seat} of {self.domain}"


class Team(Owned):
    """People who are told and asked together."""

    KIND = "team"
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="teams")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="team_slug")]


class RoleGrant(Governed):
    """A role for a person, in one domain or (domain empty) firm-wide."""

    KIND = "role_grant"
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants"
    )
    role = models.CharField(max_length=20, choices=[(r, r) for r in Role])
    domain = models.ForeignKey(
        Domain, on_delete=models.PROTECT, related_name="grants", null=True, blank=True
    )
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="role_grant_slug")]


class BusinessCalendar(Owned):
    """Working hours and holidays, by which clocks of a domain run."""

    KIND = "business_calendar"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="business_calendar_slug")]


class FiscalCalendar(Owned):
    """The firm's periods."""

    KIND = "fiscal_calendar"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="fiscal_calendar_slug")]


class EscalationPath(Owned):
    """Who is told next, and after how long, while something stays open."""

    KIND = "escalation_path"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="escalation_path_slug")]
