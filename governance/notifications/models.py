"""Notices, a copy of each for everyone who is told, and who wants which by e-mail."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.notifications.lifecycle import UNDONE, Channel, DeliveryState, Kind

_KINDS = [(kind.value, kind.value) for kind in Kind]


class Notification(models.Model):
    """Something worth telling, in business words. No links to what it speaks of: that moves on."""

    event = models.CharField(max_length=200, unique=True)
    """What happened; the same event is told once."""
    kind = models.CharField(max_length=40, choices=_KINDS)
    subject = models.CharField(max_length=300)
    text = models.TextField(blank=True, default="")
    link = models.CharField(max_length=500, blank=True, default="")
    """Path on the portal."""
    about_kind = models.CharField(max_length=40, blank=True, default="")
    about = models.CharField(max_length=200, blank=True, default="")
    """Slug or id of what it speaks of."""
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["about_kind", "about", "created_at"], name="notification_about")
        ]

    def __str__(self) -> str:
        return self.subject


class Delivery(models.Model):
    """One copy: for a person's inbox, their mailbox, or a webhook. The row is its own queue."""

    notification = models.ForeignKey(
        Notification, on_delete=models.PROTECT, related_name="deliveries"
    )
    channel = models.CharField(max_length=10, choices=[(c, c) for c in Channel])
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices", null=True
    )
    address = models.CharField(max_length=200, blank=True, default="")
    """Slug of the connection that a webhook goes to."""
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    """Goes along with every try, so that whoever gets it twice sees that it is one."""
    state = models.CharField(
        max_length=10, choices=[(s, s) for s in DeliveryState], default=DeliveryState.PENDING
    )
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    """Of the next try; null once it is done with."""
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True, default="")
    read_at = models.DateTimeField(null=True)
    """Of the copy in an inbox."""

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "channel", "person"],
                condition=Q(person__isnull=False),
                name="a_person_is_told_once_by_each_way",
            ),
            models.UniqueConstraint(
                fields=["notification", "address"],
                condition=Q(person=None),
                name="a_webhook_is_told_once",
            ),
            models.CheckConstraint(
                condition=Q(channel=Channel.WEBHOOK, person=None) & ~Q(address="")
                | ~Q(channel=Channel.WEBHOOK) & Q(person__isnull=False, address=""),
                name="a_notice_goes_to_a_person_or_a_webhook",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNDONE, due_at__isnull=False)
                | ~Q(state__in=UNDONE) & Q(due_at=None),
                name="a_notice_is_due_until_it_is_done_with",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "due_at"],
                condition=Q(due_at__isnull=False),
                name="delivery_due",
            ),
            models.Index(
                fields=["person", "id"], condition=Q(channel=Channel.INBOX), name="delivery_inbox"
            ),
            models.Index(
                fields=["person"],
                condition=Q(channel=Channel.INBOX, read_at=None),
                name="delivery_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} of {self.notification_id}"


class MailChoice(models.Model):
    """A kind that a person does not want as e-mail; without a row it comes."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_choices"
    )
    kind = models.CharField(max_length=40, choices=_KINDS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="mail_choice_once")]

    def __str__(self) -> str:
        return f"no mail of {self.kind}"
