"""Before anybody votes, real messages were planned under the candidate."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.agreements.models import Agreement
from governance.approvals import services
from governance.approvals.gates import candidates
from governance.approvals.models import GateResult
from governance.approvals.steps import current
from governance.flows.models import Flow
from integrations.messages.models import Operation
from integrations.replay import gate as gates
from integrations.replay.replaying import in_words, replay
from portal.access.evidence import told
from tests import pipeline
from tests.firm import NOW, READ_RULES, mapping_item, value_map_item

pytestmark = pytest.mark.django_db

GROSS = [{**one, "from": "gross"} if one["to"] == "amount" else one for one in READ_RULES]


@pytest.fixture
def moved(firm) -> Agreement:
    """Three time entries went through the flow."""
    pipeline.put(*(pipeline.time_entry(f"T-{n}", gross="1428.00") for n in range(3)))
    pipeline.run(firm)
    return firm


@pytest.fixture
def proposed(person):
    def make(*items):
        return services.propose(by=person("ada"), title="Gross", items=list(items))

    return make


def kept(request) -> GateResult:
    return GateResult.objects.get(revision=current(request), gate="shadow_replay")


def test_the_gate_keeps_counts_money_and_digests_with_the_revision(moved, proposed):
    request = proposed(mapping_item(read={"rules": GROSS}))
    result = kept(request)
    assert (result.verdict, result.reason) == ("green", "3 messages: 3 different")
    [flow] = result.detail["flows"]
    assert (flow["from"], result.detail["revision"]) == (moved.digest, current(request).digest)
    assert flow["money"]["EUR"]["after"] - flow["money"]["EUR"]["before"] == 3 * 22_800


def test_the_candidate_is_the_agreement_that_later_runs(moved, proposed, person):
    request = proposed(value_map_item(("partner", "PAR")))
    [flow] = kept(request).detail["flows"]
    seen = current(request).digest
    services.vote(request=request, by=person("olga"), verdict="approve", seen=seen, reason="ok")
    services.activate_due(now=NOW.replace(year=2030))
    assert Agreement.objects.get(flow=moved.flow, status="active").digest == flow["to"]


def test_nothing_is_written_by_a_replay(moved, proposed):
    before = (Agreement.objects.count(), Operation.objects.count(), Flow.objects.count())
    proposed(mapping_item(read={"rules": GROSS}))
    after = (Agreement.objects.count(), Operation.objects.count(), Flow.objects.count())
    assert after == before


def test_a_flow_without_messages_is_spared_with_the_reason(firm, proposed):
    result = kept(proposed(mapping_item(read={"rules": GROSS})))
    assert (result.verdict, result.reason) == (
        "not_applicable",
        "no message came yet through what it changes",
    )


def test_a_change_that_reaches_no_flow_is_spared(moved, proposed):
    result = kept(proposed(value_map_item(slug="unused")))
    assert (result.verdict, result.reason) == (
        "not_applicable",
        "no running flow would run otherwise",
    )


def test_what_was_replayed_a_moment_ago_is_not_replayed_again(moved, proposed, monkeypatch):
    request = proposed(mapping_item(read={"rules": GROSS}))
    first = kept(request).detail["at"]
    monkeypatch.setattr(gates, "SECONDS", -1.0)
    again = gates.ShadowReplay().run(request, current(request), kept(request).at)
    assert again.detail["at"] == first


def test_without_any_time_the_gate_has_not_run(moved, person, monkeypatch):
    monkeypatch.setattr(gates, "SECONDS", -1.0)
    request = services.open_request(
        by=person("ada"), title="Gross", items=[mapping_item(read={"rules": GROSS})]
    )
    assert kept(request).verdict == "not_run"


def test_when_the_time_is_up_the_rest_is_said(moved, proposed):
    request = proposed(mapping_item(read={"rules": GROSS}))
    found = candidates(current(request), now=NOW)
    entries = replay(found, now=NOW, seconds=-1)
    assert in_words(entries) == "0 messages; 3 more were not reached in time"


def test_a_replay_asks_the_same_for_one_message_and_for_many(moved, proposed):
    def cost() -> int:
        found = candidates(current(request), now=NOW)
        with CaptureQueriesContext(connection) as queries:
            replay(found, now=NOW, seconds=9)
        return len(queries)

    request = proposed(mapping_item(read={"rules": GROSS}))
    few = cost()
    pipeline.put(*(pipeline.time_entry(f"M-{n}") for n in range(40)))
    pipeline.run(moved)
    assert cost() == few == 4


def test_strangers_to_the_domain_are_told_counts_without_records(moved, proposed, person):
    detail = kept(proposed(mapping_item(read={"rules": GROSS}))).detail
    [own] = told(detail, person("stan"))["flows"]
    [foreign] = told(detail, person("fred"))["flows"]
    assert (own["different"], len(own["samples"])) == (3, 3)
    assert (foreign["different"], foreign["hidden"]) == (3, True)
    assert {"money", "samples", "places", "reasons"} & set(foreign) == set()
