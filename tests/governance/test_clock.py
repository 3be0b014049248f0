"""An invented firm lives on another day than its computer."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured

from governance import clock
from governance.ownership.models import Domain
from portal import env

REAL = datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_now_is_shifted_by_the_setting(settings) -> None:
    settings.CLOCK_OFFSET = -86_400.0
    with time_machine.travel(REAL, tick=False):
        assert clock.now() == REAL - timedelta(days=1)


@pytest.mark.django_db
def test_history_is_dated_by_the_firms_clock(settings) -> None:
    settings.CLOCK_OFFSET = -86_400.0
    with time_machine.travel(REAL, tick=False):
        row = Domain.objects.create(slug="delivery", name="Delivery")
    assert [one.history_date for one in row.history.all()] == [REAL - timedelta(days=1)]
    assert row.created_at == REAL - timedelta(days=1)


@pytest.mark.parametrize("raw", ["soon", "nan", "inf"])
def test_an_offset_that_is_no_number_stops_the_start(monkeypatch, raw: str) -> None:
    monkeypatch.setenv("CONCORDAT_CLOCK_OFFSET", raw)
    with pytest.raises(ImproperlyConfigured, match="no number of seconds"):
        env.signed_number("CONCORDAT_CLOCK_OFFSET", 0)
