"""Fixtures that every room uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from hypothesis import settings as searching

from governance.agreements.models import Agreement
from governance.flows.models import Flow
from governance.rules import RULES as GOVERNANCE_RULES
from integrations.connectors import stores
from integrations.rules import RULES as INTEGRATIONS_RULES
from portal.accounts.models import User
from tests import firm as sample

searching.register_profile("busy", deadline=None)
searching.load_profile("busy")
"""How long an example takes says how busy the machine is, not whether the code is right."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`sqlite` and `postgres` mark what says nothing about the other database."""
    for item in items:
        for name, vendor in (("sqlite", "sqlite"), ("postgres", "postgresql")):
            if item.get_closest_marker(name) and connection.vendor != vendor:
                item.add_marker(pytest.mark.skip(reason=f"about {name} only"))


@pytest.fixture(autouse=True)
def _flushable(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests with real transactions end by emptying the tables, which the triggers refuse.

    Django's flush migrates again and so brings the triggers back.
    """
    marker = request.node.get_closest_marker("django_db")
    real = bool(marker and marker.kwargs.get("transaction"))
    if not real and "transactional_db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for rule in (*GOVERNANCE_RULES, *INTEGRATIONS_RULES):
                for name in rule.triggers():
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


@pytest.fixture
def firm(db: None) -> Agreement:
    """The sample firm, agreed and with empty in-memory systems; its one flow's agreement."""
    stores.forget_all()
    return sample.found()


@pytest.fixture
def running_flow(firm: Agreement) -> Flow:
    """The sample firm's flow."""
    return firm.flow


@pytest.fixture
def person(firm: Agreement):
    """`person("stan")`: somebody of the sample firm, see `tests.firm.PEOPLE`."""

    def find(username: str) -> User:
        return User.objects.get(username=username)

    return find
