"""A queue filled by the real pipeline on the in-memory systems."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from integrations.cases.models import Case
from tests.integrations.messages import path


@pytest.fixture
def refused(firm) -> Callable[..., list[Case]]:
    """Time entries that planning refuses: `refused(2, role="partner")`."""

    def make(count: int = 1, *, start: int = 1, **more: object) -> list[Case]:
        for number in range(start, start + count):
            path.put(f"T-{number}", project=f"P-{number % 3}", **more)
        path.read(firm, now=timezone.now())
        path.plan(firm, now=timezone.now())
        return list(Case.objects.order_by("pk"))

    return make


@pytest.fixture
def stan(client, person) -> Client:
    """The steward's browser."""
    client.force_login(person("stan"))
    return client
