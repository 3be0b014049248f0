"""One's own notices by REST."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from governance.notifications.lifecycle import Kind
from governance.notifications.queries import inbox, unread
from governance.notifications.services import Said, tell
from portal.access import tokens
from portal.access.tokens import Scope
from tests.firm import NOW

pytestmark = pytest.mark.django_db
LIST = "/api/v1/notifications"


@pytest.fixture
def bearer(person):
    """A client with a token of Stan's."""

    def make(*scopes: Scope, domains: tuple[str, ...] = ()) -> Client:
        now = timezone.now()
        told = {"by": person("stan"), "name": "bot", "now": now, "domains": domains}
        end = now + timedelta(days=1)
        _, secret = tokens.create(**told, scopes=scopes, expires_at=end)
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return make


def told(person, name: str) -> int:
    said = Said(
        event=name, kind=Kind.CASE_ESCALATED, subject=name, text="t", about=("problem", "ab")
    )
    tell(said, people=[person], now=NOW)
    return inbox(person).get(notification__event=name).pk


def test_it_lists_ones_own_and_marks_them_as_read(bearer, person):
    first, second = told(person("stan"), "a"), told(person("stan"), "b")
    hers = told(person("stella"), "hers")
    client = bearer(Scope.NOTICES_READ, Scope.NOTICES_WRITE)
    items = client.get(LIST).json()["items"]
    assert [one["id"] for one in items] == [second, first]
    assert items[1] == {
        "id": first,
        "kind": "case.escalated",
        "subject": "a",
        "text": "t",
        "link": "/queue/problems/ab/",
        "about": {"kind": "problem", "id": "ab"},
        "created_at": "2026-03-02T09:00:00Z",
        "read_at": None,
    }
    say = {"content_type": "application/json"}
    assert client.post(f"{LIST}/read", {"ids": [first, hers]}, **say).json() == {"read": 1}
    assert (unread(person("stan")), unread(person("stella"))) == (1, 1)
    assert client.post(f"{LIST}/read", {}, **say).json() == {"read": 1}
    assert (unread(person("stan")), unread(person("stella"))) == (0, 1)
    assert client.post(f"{LIST}/read", {"ids": []}, **say).json() == {"read": 0}


def test_a_token_that_is_limited_to_domains_sees_no_inbox(bearer, person):
    told(person("stan"), "a")
    client = bearer(Scope.NOTICES_READ, Scope.NOTICES_WRITE, domains=("delivery",))
    assert client.get(LIST).status_code == 403
    assert client.post(f"{LIST}/read", {}, content_type="application/json").status_code == 403
    assert unread(person("stan")) == 1
