"""What behaves differently waits for the end of a freeze; nothing activates within one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from governance.approvals import services
from governance.approvals.models import ChangeRequest, GateResult
from governance.approvals.steps import current
from governance.errors import InvalidDocument
from tests import firm as sample
from tests.firm import NOW, register
from tests.governance.approvals.acts import every, submitted, voted

pytestmark = pytest.mark.django_db

AFTER = datetime(2026, 3, 7, tzinfo=UTC)


def calendar(*domains: str, last: str = "2026-03-06") -> None:
    """NOW is 2 March 2026."""
    freeze = {"name": "Month-end close", "first": "2026-02-26", "last": last}
    document = {
        "slug": "periods",
        "name": "Periods",
        "domain": "delivery",
        "periods": [{"name": "2026-02", "first": "2026-02-01", "last": "2026-02-28"}],
        "freezes": [{**freeze, "domains": list(domains)}],
    }
    register([{"kind": "fiscal_calendar", "document": document}])


def gate(request: ChangeRequest) -> tuple[str, str]:
    held = GateResult.objects.get(revision=current(request), gate="freeze")
    return held.verdict, held.reason


def approved(request: ChangeRequest, person) -> ChangeRequest:
    for name in ("olga", "stan"):
        request.refresh_from_db()
        if request.state == "in_review":
            voted(request, person(name))
    request.refresh_from_db()
    return request


def test_an_approval_within_a_freeze_is_scheduled_for_its_end(person):
    calendar()
    request = submitted(person("otto"), every(5))
    said = "Month-end close lasts until 6 Mar; it would activate after that"
    assert gate(request) == ("green", said)
    done = approved(request, person)
    assert (done.state, done.scheduled_for) == ("scheduled", AFTER)
    assert services.activate_due(now=AFTER - timedelta(seconds=1)) == []
    assert len(services.activate_due(now=AFTER)) == 1


def test_a_freeze_that_came_later_stops_the_activation(person):
    request = approved(submitted(person("otto"), every(5)), person)
    calendar()
    assert services.activate_due(now=NOW) == []
    request.refresh_from_db()
    assert (request.state, gate(request)[0]) == ("in_review", "red")


def test_nobody_chooses_a_moment_within_a_freeze(person):
    calendar()
    request = submitted(person("otto"), every(5))
    with pytest.raises(InvalidDocument, match="Month-end close"):
        services.schedule(request=request, by=person("otto"), at=NOW + timedelta(days=1), now=NOW)


def test_a_freeze_of_another_domain_and_light_changes_pass(person):
    calendar("sales")
    assert gate(submitted(person("otto"), every(5))) == ("green", "2 Mar 2026 is free")
    calendar()
    light = submitted(person("ada"), sample.value_map_item(("partner", "PAR")))
    assert gate(light) == ("not_applicable", "class RV passes freezes")


def test_a_freeze_that_ends_before_it_begins_is_refused(firm):
    with pytest.raises(InvalidDocument, match="ends before it begins"):
        calendar(last="2026-02-01")
