"""A caller with a token of given scopes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.access import tokens
from portal.access.tokens import Scope


class Caller(Client):
    """Django's client with a bearer token and JSON bodies."""

    def __init__(self, secret: str) -> None:
        super().__init__(headers={"Authorization": f"Bearer {secret}"})

    def send(self, path: str, body, **headers: str):
        """POST a JSON body."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.post(path, body, content_type="application/json", headers=names)


@pytest.fixture
def caller(person):
    """`caller("olga")`, or with fewer scopes or some domains only."""

    def make(username: str, scopes=tuple(Scope), domains=()) -> Caller:
        now = timezone.now()
        _, secret = tokens.create(
            by=person(username),
            name="test",
            scopes=scopes,
            domains=domains,
            expires_at=now + timedelta(days=1),
            now=now,
        )
        return Caller(secret)

    return make
