"""Notices by e-mail: sent once, tried again after trouble, given up where everyone sees it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from governance.notifications.lifecycle import Kind
from governance.notifications.models import Delivery
from governance.notifications.queries import inbox
from governance.notifications.services import Said, tell
from integrations.outbox.claiming import claim, sent
from integrations.outbox.lifecycle import LEASE, MOST_TRIES, next_try
from integrations.outbox.mailing import send_mail
from integrations.outbox.services import carry
from portal.accounts.models import User
from tests.firm import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)


class Postbox(socketserver.StreamRequestHandler):
    """A mail server that says to RCPT what it was told to say, and keeps what it is given."""

    server: PostServer

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self._say("354 go on")
                self.server.kept.append(self._letter())
            if word == b"RCPT" and self.server.refusals:
                self._say(self.server.refusals.pop(0))
                continue
            self._say("221 bye" if word == b"QUIT" else "250 ok")

    def _letter(self) -> str:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.decode())
        return "".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class PostServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Postbox)
        self.kept: list[str] = []
        self.refusals: list[str] = []


@pytest.fixture
def post(settings: Any) -> Iterator[PostServer]:
    with PostServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
        yield server
        server.shutdown()


def told(username: str = "stan") -> Delivery:
    person = User.objects.get(username=username)
    User.objects.filter(pk=person.pk).update(email=f"{username}@example.com")
    person.refresh_from_db()
    said = Said(
        event="e",
        kind=Kind.CASE_ESCALATED,
        subject="Tax code missing",
        text="It is open since Monday.",
        about=("case", "7"),
    )
    tell(said, people=[person], now=NOW)
    return Delivery.objects.get(channel="email")


def test_a_mail_says_what_happened_where_to_look_and_why_it_came(firm, settings):
    settings.PUBLIC_URL = "https://concordat.example"
    copy = told()
    assert carry(channel="email", now=NOW) == 1
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (["stan@example.com"], "Tax code missing")
    assert letter.body.splitlines()[:3] == [
        "It is open since Monday.",
        "",
        "https://concordat.example/queue/cases/7/",
    ]
    assert "https://concordat.example/settings/" in letter.body
    copy.refresh_from_db()
    assert (copy.state, copy.due_at, copy.sent_at, copy.tries) == ("sent", None, NOW, 1)
    assert carry(channel="email", now=LATER) == 0
    assert len(mail.outbox) == 1


def test_killed_after_sending_it_sends_again_under_the_same_id(firm, post):
    copy = told()
    held = claim(channel="email", now=NOW)
    assert held is not None
    send_mail(held)
    assert carry(channel="email", now=LATER) == 0
    Delivery.objects.update(lease_until=NOW - LEASE)
    assert carry(channel="email", now=NOW) == 1
    names = [line for text in post.kept for line in text.splitlines() if line[:11] == "Message-ID:"]
    assert names == [f"Message-ID: <{copy.key.hex}@localhost>"] * 2
    assert sent(held, now=LATER) is False
    copy.refresh_from_db()
    assert (copy.state, copy.tries, copy.sent_at) == ("sent", 2, NOW)


def test_trouble_is_tried_again_and_a_refused_address_is_not(firm, post):
    post.refusals += ["450 greylisted", "550 nobody of that name"]
    copy = told()
    assert carry(channel="email", now=NOW) == 0
    copy.refresh_from_db()
    assert (copy.state, copy.last_error[-3:]) == ("failed", "450")
    assert NOW <= copy.due_at <= NOW + timedelta(minutes=1)
    carry(channel="email", now=LATER)
    copy.refresh_from_db()
    assert (copy.state, copy.due_at, copy.tries) == ("given_up", None, 2)
    assert post.kept == []
    [notice] = inbox(User.objects.get(username="paul"))
    assert notice.notification.subject == "Notices do not reach Stan Steward by email"
    assert list(inbox(User.objects.get(username="vera"))) == []


def test_it_is_given_up_after_so_many_tries_and_not_before(firm, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    copy = told()
    states = []
    for turn in range(MOST_TRIES + 2):
        carry(channel="email", now=NOW + turn * timedelta(days=1))
        copy.refresh_from_db()
        states.append(copy.state)
    assert states == ["failed"] * (MOST_TRIES - 1) + ["given_up"] * 3
    assert copy.tries == MOST_TRIES


def test_one_whose_workers_all_died_is_given_up_unsent(firm):
    told()
    Delivery.objects.filter(channel="email").update(tries=MOST_TRIES)
    assert carry(channel="email", now=NOW) == 0
    assert mail.outbox == []
    assert Delivery.objects.get(channel="email").state == "given_up"


@pytest.mark.parametrize(
    ("tries", "after", "spread", "seconds"),
    [(1, None, 1, 60), (1, None, 0, 0), (3, None, 0.5, 120), (7, None, 1, 3840), (2, 90, 0, 90)],
)
def test_waits_double_with_full_jitter_and_never_undercut_what_was_asked(
    tries, after, spread, seconds
):
    again = next_try(tries=tries, after_seconds=after, spread=spread, now=NOW)
    assert isinstance(again, datetime)
    assert (again - NOW).total_seconds() == seconds
