"""Telling somebody something: once per event, recipient and way, and nobody reads another's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from governance.notifications import services
from governance.notifications.lifecycle import Channel, Kind
from governance.notifications.models import Delivery, Notification
from governance.notifications.queries import inbox, unread
from governance.notifications.services import Said
from portal.accounts.models import User
from tests.firm import NOW

pytestmark = pytest.mark.django_db


def said(event: str = "case/1/step/1", kind: Kind = Kind.CASE_ESCALATED) -> Said:
    return Said(event=event, kind=kind, subject="Tax code missing", about=("case", "1"))


@pytest.fixture
def stan() -> User:
    return User.objects.create(username="stan", email="stan@example.com")


@pytest.fixture
def stella() -> User:
    return User.objects.create(username="stella")


def copies(person: User | None = None) -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(person=person).order_by("id")
    return list(rows.values_list("channel", "state"))


def test_an_inbox_copy_has_arrived_and_a_mail_waits_for_whoever_has_an_address(stan, stella):
    services.tell(said(), people=[stan, stella], webhooks=["alarm-main"], now=NOW)
    assert copies(stan) == [("inbox", "sent"), ("email", "pending")]
    assert copies(stella) == [("inbox", "sent")]
    assert copies(None) == [("webhook", "pending")]


def test_saying_the_same_twice_makes_one_copy_and_reaches_only_who_is_new(stan, stella):
    services.tell(said(), people=[stan], webhooks=["alarm-main"], now=NOW)
    services.tell(said(), people=[stan, stella], webhooks=["alarm-main"], now=NOW)
    assert Notification.objects.count() == 1
    assert copies(stan) == [("inbox", "sent"), ("email", "pending")]
    assert copies(stella) == [("inbox", "sent")]
    assert copies(None) == [("webhook", "pending")]


def test_who_has_no_account_any_more_is_not_told(stan):
    stan.is_active = False
    services.tell(said(), people=[stan], now=NOW)
    assert copies(stan) == []


def test_a_kind_that_was_turned_off_comes_to_the_inbox_alone(stan):
    services.choose_mail(by=stan, kinds=[Kind.VOTE_ASKED])
    services.tell(said(), people=[stan], now=NOW)
    services.tell(said("vote", Kind.VOTE_ASKED), people=[stan], now=NOW)
    assert copies(stan) == [("inbox", "sent"), ("inbox", "sent"), ("email", "pending")]


def test_nobody_reads_or_marks_the_notices_of_another(stan, stella):
    services.tell(said(), people=[stan], now=NOW)
    services.tell(said("other"), people=[stella], now=NOW)
    theirs = [row.pk for row in inbox(stella)]
    assert services.mark_read(by=stan, ids=theirs, now=NOW) == 0
    assert (unread(stan), unread(stella)) == (1, 1)
    assert [row.notification.event for row in inbox(stan)] == ["case/1/step/1"]
    assert services.mark_all_read(by=stan, now=NOW) == 1
    assert (unread(stan), unread(stella)) == (0, 1)


def test_what_was_asked_for_and_done_is_neither_unread_nor_mailed(stan, stella):
    ask = Said(event="v", kind=Kind.VOTE_ASKED, subject="Vote", about=("change", "7"))
    services.tell(ask, people=[stan, stella], now=NOW)
    services.tell(said(), people=[stan], now=NOW)
    services.moot(kinds=[Kind.VOTE_ASKED], about=("change", "7"), person=stan, now=NOW)
    assert (unread(stan), unread(stella)) == (1, 1)
    asked = Delivery.objects.filter(notification__event="v", person=stan)
    assert dict(asked.values_list("channel", "state")) == {"inbox": "sent", "email": "moot"}


def test_a_subject_holds_no_line_break_that_a_mail_would_take_for_a_header(stan):
    row = services.tell(
        Said(event="e", kind=Kind.CASE_ASSIGNED, subject="One\r\nBcc: all@example.com"),
        people=[stan],
        now=NOW,
    )
    assert row.subject == "One Bcc: all@example.com"


@pytest.mark.parametrize(
    "broken",
    [
        {"channel": Channel.INBOX, "address": "alarm"},
        {"channel": Channel.WEBHOOK, "address": ""},
        {"channel": Channel.WEBHOOK, "address": "alarm", "due_at": None},
    ],
)
def test_the_database_refuses_a_copy_for_nobody_and_one_that_is_never_due(broken):
    row = services.tell(said(), now=NOW)
    fields = {"due_at": NOW + timedelta(hours=1), **broken}
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(notification=row, **fields)
