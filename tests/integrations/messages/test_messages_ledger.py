"""The ledger's statements; every test here runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from integrations.connectors import services as connections
from integrations.connectors.models import MaintenanceWindow
from integrations.connectors.port import SourceRecord
from integrations.messages import services as ledger
from integrations.messages import sql
from integrations.messages.models import Attempt, ClosedAttempt, InboxMessage, Lane, Operation
from integrations.messages.queries import body, due_connections, oldest_due, overdue_leases
from tests.firm import NOW
from tests.integrations.messages import path

pytestmark = pytest.mark.django_db


def records(*names, version=""):
    return [SourceRecord(name, version, {"id": name}) for name in names]


def planned(agreement, *names):
    for name in names:
        path.put(name)
    path.read(agreement)
    path.plan(agreement)


def claim(limit=10, now=NOW):
    return ledger.claim(connection=path.TARGET, limit=limit, now=now)


def done(claimed, state="applied", outcome="ok", **more):
    return ledger.Result(claimed, outcome, state, NOW, **more)


def vanish(*lanes):
    """The leases of these lanes ran out."""
    ids, params = sql.among("id", lanes)
    past = sql.CLOCKS[connection.vendor]
    shift = "datetime({}, '-1 second')" if sql.on_sqlite() else "{} - interval '1 second'"
    sql.run(f"UPDATE integrations_lane SET lease_until = {shift.format(past)} WHERE {ids}", params)


def test_accepting_twice_keeps_one_row_and_one_cursor(firm):
    for _ in range(2):
        made = ledger.accept(
            agreement=firm, run=None, records=records("a", "b"), cursor={"at": 2}, now=NOW
        )
    assert (made.accepted, made.unchanged, made.message_ids) == (0, 2, [])
    assert list(InboxMessage.objects.values_list("key", "version")) == [("a", "#1"), ("b", "#1")]
    assert ledger.cursor_of(firm.flow_id) == {"at": 2}


def test_rows_and_cursor_are_kept_together_or_not_at_all(firm):
    with transaction.atomic():
        ledger.accept(agreement=firm, run=None, records=records("a"), cursor={"at": 1}, now=NOW)
        transaction.set_rollback(True)
    assert (InboxMessage.objects.count(), ledger.cursor_of(firm.flow_id)) == (0, {})


def test_a_body_is_found_again_by_its_message(firm):
    ledger.accept(
        agreement=firm, run=7, records=[SourceRecord("a", "e1", {"x": "é"})], cursor=None, now=NOW
    )
    row = InboxMessage.objects.get()
    assert (row.run, row.version, body(row.month, row.content_hash)) == (7, "e1", {"x": "é"})


def test_the_database_refuses_a_second_row_of_one_version(firm):
    ledger.accept(agreement=firm, run=None, records=records("a"), cursor=None, now=NOW)
    row = InboxMessage.objects.get()
    row.pk, row.sequence = None, 2
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_the_database_refuses_two_versions_with_one_number(firm):
    ledger.accept(agreement=firm, run=None, records=records("a"), cursor=None, now=NOW)
    row = InboxMessage.objects.get()
    row.pk, row.version = None, "other"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_the_database_refuses_the_same_effect_twice(firm):
    planned(path.flow(), "a")
    row = Operation.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_the_database_refuses_two_tries_under_one_fence(firm):
    planned(path.flow(), "a")
    claimed = claim().operations
    ledger.open_attempts(claimed=claimed, now=NOW)
    row = Attempt.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_the_database_refuses_a_change_of_what_arrived(firm):
    ledger.accept(agreement=firm, run=None, records=records("a"), cursor=None, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        InboxMessage.objects.update(content_hash="0" * 64)


def test_a_claim_takes_each_lane_once_and_counts_the_try_first(firm):
    planned(path.flow(), "a", "b", "c")
    first, second, third = claim(2), claim(2), claim(2)
    taken = [[one.business_key for one in found.operations] for found in (first, second, third)]
    assert [len(one) for one in taken] == [2, 1, 0]
    assert sorted(taken[0] + taken[1]) == ["a", "b", "c"]
    assert set(Operation.objects.values_list("tries", flat=True)) == {1}
    assert {one.fence for one in first.operations} == {1}


def test_nothing_is_claimed_before_it_is_due(firm):
    planned(path.flow(), "a")
    assert claim(now=NOW - timedelta(seconds=1)).operations == []
    assert len(claim(now=NOW).operations) == 1


def test_a_tripped_connection_gives_nothing_until_one_probe(firm):
    planned(path.flow(), "a", "b")
    connections.trip(connection=path.TARGET, reason="down", now=NOW)
    later = NOW + timedelta(minutes=2)
    assert [len(claim(now=NOW).operations), len(claim(now=later).operations)] == [0, 1]
    assert claim(now=later).operations == []


def test_a_maintenance_window_gives_nothing(firm):
    planned(path.flow(), "a")
    MaintenanceWindow.objects.create(
        connection=path.TARGET, starts_at=NOW, ends_at=NOW + timedelta(hours=1), reason="upgrade"
    )
    assert claim().operations == []
    assert len(claim(now=NOW + timedelta(hours=1)).operations) == 1


def test_live_work_comes_before_replays_but_never_starves_them(firm):
    planned(path.flow(), *[f"r{n:02}" for n in range(20)])
    Lane.objects.update(share="replay")
    planned(path.flow(), *[f"v{n:02}" for n in range(20)])
    kinds = [one.business_key[0] for one in claim(10).operations]
    assert (kinds.count("v"), kinds.count("r")) == (8, 2)


def test_an_attempt_is_on_record_before_anything_is_sent(firm):
    planned(path.flow(), "a")
    claimed = claim().operations
    assert ledger.open_attempts(claimed=claimed, now=NOW) == {claimed[0].id}
    assert list(Attempt.objects.values_list("operation", "fence")) == [(claimed[0].id, 1)]


def test_completion_closes_the_attempt_and_frees_the_lane(firm):
    planned(path.flow(), "a")
    claimed = claim().operations
    ledger.open_attempts(claimed=claimed, now=NOW)
    result = done(claimed[0], target_id="i1", status=201, response={"id": "i1"})
    assert ledger.close_attempts(results=[result], now=NOW) == {claimed[0].id}
    operation, lane, closed = (
        Operation.objects.get(),
        Lane.objects.get(),
        ClosedAttempt.objects.get(),
    )
    assert (operation.state, operation.target_id, operation.settled_at) == ("applied", "i1", NOW)
    assert (lane.lease_until, lane.due_at, lane.blocked_by) == (None, None, None)
    assert (closed.outcome, closed.status, Attempt.objects.count()) == ("ok", 201, 0)
    assert body(closed.month, closed.response_digest) == {"id": "i1"}


def test_a_worker_that_lost_its_lease_completes_nothing(firm):
    planned(path.flow(), "a")
    zombie = claim().operations
    ledger.open_attempts(claimed=zombie, now=NOW)
    vanish(zombie[0].lane)
    assert ledger.expire_leases(now=NOW) == 1
    assert ledger.close_attempts(results=[done(zombie[0])], now=NOW) == set()
    heir = claim().operations[0]
    assert (heir.id, heir.fence, heir.state) == (zombie[0].id, 3, "unknown")
    assert ledger.close_attempts(results=[done(zombie[0])], now=NOW) == set()
    assert ledger.close_attempts(results=[done(heir)], now=NOW) == {heir.id}


def test_a_worker_that_lost_its_lease_begins_nothing(firm):
    planned(path.flow(), "a")
    zombie = claim().operations
    vanish(zombie[0].lane)
    ledger.expire_leases(now=NOW)
    assert ledger.open_attempts(claimed=zombie, now=NOW) == set()


def test_what_a_vanished_worker_had_begun_is_dead_and_unknown(firm):
    planned(path.flow(), "a", "b")
    one, other = claim().operations
    ledger.open_attempts(claimed=[one], now=NOW)
    vanish(one.lane, other.lane)
    assert overdue_leases() == 2
    assert ledger.expire_leases(now=NOW) == 2
    assert list(ClosedAttempt.objects.values_list("operation", "outcome")) == [(one.id, "dead")]
    found = Operation.objects.in_bulk()
    assert (found[one.id].state, found[one.id].tries) == ("unknown", 1)
    assert (found[other.id].state, found[other.id].tries) == ("planned", 0)
    assert overdue_leases() == 0


def test_a_renewed_lease_is_kept_and_a_lost_one_is_told(firm):
    planned(path.flow(), "a", "b")
    one, other = claim().operations
    held = [(one.lane, one.fence), (other.lane, other.fence)]
    assert ledger.renew(held) == {one.lane, other.lane}
    vanish(one.lane)
    ledger.expire_leases(now=NOW)
    assert ledger.renew(held) == {other.lane}


def test_due_connections_tell_of_due_and_of_left_lanes(firm):
    agreement = path.flow()
    assert (due_connections(NOW), oldest_due(NOW)) == ([], None)
    planned(agreement, "a")
    assert (due_connections(NOW), oldest_due(NOW)) == ([path.TARGET], NOW)
    claimed = claim().operations
    assert due_connections(NOW) == []
    vanish(claimed[0].lane)
    assert due_connections(NOW) == [path.TARGET]


def test_planning_again_replaces_a_body_only_while_no_try_may_have_worked(firm):
    agreement = path.flow(effects=[{**_once(), "body": [{"to": "external_id", "from": "id"}]}])
    planned(agreement, "a")
    changed = path.flow(effects=[_once()])
    before = Operation.objects.get().body_digest
    InboxMessage.objects.update(state="accepted")
    path.plan(changed)
    fresh = Operation.objects.get()
    assert (fresh.body_digest != before, fresh.agreement_id) == (True, changed.pk)
    claimed = claim().operations
    ledger.open_attempts(claimed=claimed, now=NOW)
    ledger.close_attempts(results=[done(claimed[0])], now=NOW)
    InboxMessage.objects.update(state="accepted")
    path.plan(path.flow(effects=[{**_once(), "body": [{"to": "other", "from": "id"}]}]))
    assert Operation.objects.get().body_digest == fresh.body_digest


def _once():
    return {
        "kind": "create_item",
        "object": "item",
        "action": "upsert",
        "revision": "once",
        "body": [{"to": "external_id", "from": "id"}, {"to": "note", "constant": "new"}],
    }


def test_a_body_replaced_after_the_claim_is_not_sent(firm):
    agreement = path.flow(effects=[_once()])
    planned(agreement, "a")
    claimed = claim().operations
    InboxMessage.objects.update(state="accepted")
    path.plan(path.flow(effects=[{**_once(), "body": [{"to": "external_id", "from": "id"}]}]))
    assert ledger.open_attempts(claimed=claimed, now=NOW) == set()


@pytest.mark.parametrize("count", [1, 300])
def test_accepting_costs_the_same_number_of_statements_for_any_page(
    firm, count, django_assert_num_queries
):
    rows = records(*[f"k{n}" for n in range(count)])
    with django_assert_num_queries(9 if connection.vendor == "sqlite" else 10):
        ledger.accept(agreement=firm, run=None, records=rows, cursor={}, now=NOW)
