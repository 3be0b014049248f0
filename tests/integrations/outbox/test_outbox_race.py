"""Many workers at once: a step is told once, and a mail leaves once."""

from __future__ import annotations

import pytest
from django.core import mail

from governance.audit.models import AuditEntry
from governance.notifications.models import Delivery, Notification
from integrations.cases.escalating import escalate
from integrations.cases.models import CaseEvent
from integrations.outbox.services import carry
from portal.accounts.models import User
from tests.integrations.cases.conftest import arrived
from tests.integrations.cases.test_cases_escalating import ONE_HOUR, opened
from tests.integrations.sync.test_runs_race import agreed, alone, shared, together

__all__ = ["agreed", "arrived", "opened", "shared"]

pytestmark = pytest.mark.django_db(transaction=True)
CASES = 5


@pytest.fixture
def firm(agreed):
    """In a database that threads can share."""
    return agreed


def test_ticks_and_workers_that_come_at_once_tell_once(firm, opened, shared):
    User.objects.filter(username__in=["stan", "stella"]).update(email="them@example.com")
    for number in range(CASES):
        opened(f"T-{number}")
    mail.outbox.clear()
    shared()
    moved = together(lambda: escalate(now=ONE_HOUR))
    assert sum(moved) == CASES
    assert alone(
        lambda: (
            Notification.objects.count(),
            CaseEvent.objects.filter(action="escalated").count(),
            AuditEntry.objects.filter(action="case.escalated").count(),
        )
    ) == (1, CASES, CASES)
    sent = together(lambda: carry(channel="email", now=ONE_HOUR))
    assert (sum(sent), len(mail.outbox)) == (2, 2)
    rows = Delivery.objects.filter(channel="email").values_list("state", "tries", "fence")
    assert alone(lambda: list(rows)) == [("sent", 1, 1)] * 2
