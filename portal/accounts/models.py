"""People and the tokens of their automations; this app refers to no other."""

from typing import Any

from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person. What they may do is told by role grants, never by Django's groups."""

    time_zone = models.CharField(max_length=64, default="UTC")

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Told by grants alone: Django's superuser flag opens nothing here."""
        return any(backend.has_perm(self, perm, obj) for backend in get_backends())

    @property
    def label(self) -> str:
        """The name that screens and the audit log show."""
        return self.get_full_name() or self.username


class ApiToken(models.Model):
    """A bearer token: shown once, stored as a digest, limited to scopes and domains."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    domains = models.JSONField(default=list)
    """Domain slugs; empty means every domain of the user."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class KeyedCall(models.Model):
    """A POST that named an Idempotency-Key, and what it was answered; kept for a day.

    Without a `status` it is running, or its worker died: then the lease runs out and the next
    caller takes it over, which the `fence` tells apart.
    """

    caller = models.CharField(max_length=40)
    route = models.CharField(max_length=500)
    key = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)
    fence = models.PositiveIntegerField(default=1)
    lease_until = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "route", "key"], name="keyed_call_once"),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"


class SavedView(models.Model):
    """The filters of a list under a name: a person's own, or also for the people of a team."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=120)
    """The list: the name of its URL, and behind a slash what that takes: `catalogue-kind/flows`."""
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2000, blank=True, default="")
    shared_with = models.CharField(max_length=200, blank=True, default="", db_index=True)
    """A team's slug; empty: nobody else."""
    is_default = models.BooleanField(default=False)
    """Where the rail leads its owner."""
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_name"),
            models.UniqueConstraint(
                fields=["user", "page"],
                condition=models.Q(is_default=True),
                name="saved_view_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name
