"""A person, a signed-in client, and a shell that no capability has filled."""

from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client

from portal.accounts.models import User
from portal.web.shell import navigation, needs, search


@pytest.fixture(autouse=True)
def _bare_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(configured.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    for module, name, empty in (
        (navigation, "counts", {}),
        (navigation, "health", []),
        (needs, "askers", []),
        (search, "finders", []),
    ):
        monkeypatch.setattr(module, name, empty)


@pytest.fixture
def marta(db: None) -> User:
    return User.objects.create(
        username="marta", first_name="Marta", last_name="Lindholm", time_zone="Europe/Berlin"
    )


@pytest.fixture
def her(client: Client, marta: User) -> Client:
    """A client signed in as Marta."""
    client.force_login(marta)
    return client
