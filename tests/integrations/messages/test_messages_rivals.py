"""Workers that act at the same moment, on PostgreSQL (SQLite has one writer at a time)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from integrations.connectors import stores
from integrations.connectors.port import SourceRecord
from integrations.messages import services as ledger
from integrations.messages.models import InboxMessage, Operation
from integrations.sync.delivery import drain
from integrations.sync.planning import plan_all
from tests import firm as sample
from tests.integrations.messages import path

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]
RIVALS = 4


@pytest.fixture
def agreement():
    stores.forget_all()
    sample.found()
    return path.flow()


def at_once(act):
    """`act(number)` by four workers that start together; what each returned."""
    ready = Barrier(RIVALS)

    def work(number):
        ready.wait()
        try:
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(RIVALS) as pool:
        return list(pool.map(work, range(RIVALS)))


def test_rivals_accept_each_version_once_and_count_without_a_gap(agreement):
    def accept(number):
        rows = [SourceRecord(f"k{n}", f"v{number}", {"x": number}) for n in range(50)]
        rows += [SourceRecord(f"k{n}", "shared", {"x": 0}) for n in range(50)]
        return ledger.accept(
            agreement=agreement, run=None, records=rows, cursor={"at": number}, now=sample.NOW
        ).accepted

    assert sum(at_once(accept)) == 50 * (RIVALS + 1)
    found = InboxMessage.objects.filter(key="k0").order_by("sequence")
    assert list(found.values_list("sequence", flat=True)) == list(range(1, RIVALS + 2))


def test_rivals_claim_no_lane_twice_and_leave_none(agreement):
    for number in range(100):
        path.put(f"a{number}")
    path.read(agreement)
    path.plan(agreement)

    def claim(number):
        found = ledger.claim(connection=path.TARGET, limit=25, now=sample.NOW)
        return [one.id for one in found.operations]

    taken = at_once(claim)
    assert [len(one) for one in taken] == [25] * RIVALS
    assert len({pk for one in taken for pk in one}) == 100


def test_rivals_plan_and_deliver_everything_once(agreement):
    for number in range(200):
        path.put(f"a{number}")
    path.read(agreement)

    def work(number):
        plan_all(agreement=agreement, now=sample.NOW)
        return drain(connection=path.TARGET, now=sample.NOW).applied

    at_once(work)
    drain(connection=path.TARGET, now=sample.NOW)
    assert set(Operation.objects.values_list("state", "tries")) == {("applied", 1)}
    assert len(path.billing().effects) == 200
