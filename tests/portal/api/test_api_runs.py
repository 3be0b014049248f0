"""Runs, cases, events and the audit log by REST."""

from __future__ import annotations

import json

import pytest

from governance.audit.models import AuditEntry
from integrations.cases.models import Case
from integrations.connectors import stores
from tests import firm as sample
from tests import pipeline
from tests.firm import flow_item, register

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stopped(firm) -> Case:
    """A run with one good entry and one whose role has no row in the value map."""
    pipeline.put(pipeline.time_entry("T-1"), pipeline.time_entry("T-2", role="wizard"))
    pipeline.run(firm)
    return Case.objects.get()


def test_a_run_tells_its_counts_and_agreement(caller, firm, stopped):
    [run] = caller("stan").get("/api/v1/runs?flow=time-to-billing").json()["items"]
    told = {name: run[name] for name in ("state", "read", "accepted", "applied", "rejected")}
    assert told == {"state": "done", "read": 2, "accepted": 2, "applied": 1, "rejected": 1}
    assert run["agreement"] == firm.digest
    assert caller("stan").get(f"/api/v1/runs/{run['id']}").json() == run


def test_runs_and_cases_of_foreign_domains_are_not_there(caller, stopped):
    fred = caller("fred")
    assert fred.get("/api/v1/runs").json()["items"] == []
    assert fred.get("/api/v1/cases").json()["items"] == []
    assert fred.get("/api/v1/runs/1").status_code == 404
    assert fred.get(f"/api/v1/cases/{stopped.pk}").status_code == 404
    assert fred.send(f"/api/v1/cases/{stopped.pk}/claim", {}).status_code == 404
    assert fred.send("/api/v1/flows/time-to-billing/runs", {}).status_code == 404
    stopped.refresh_from_db()
    assert stopped.claimed_by is None


def test_a_run_is_started_by_those_who_may(caller, firm):
    answer = caller("stan").send("/api/v1/flows/time-to-billing/runs", {})
    assert (answer.status_code, answer.json()["flow"]) == (202, "time-to-billing")
    assert caller("vera").send("/api/v1/flows/time-to-billing/runs", {}).status_code == 403


def test_a_case_is_claimed_and_dismissed_by_two_people(caller, stopped):
    case = f"/api/v1/cases/{stopped.pk}"
    stan, stella = caller("stan"), caller("stella")
    assert stan.send(f"{case}/claim", {}).json()["claimed_by"] == "stan"
    asked = stan.send(f"{case}/dismiss", {"reason": "not billable"})
    assert asked.json()["state"] == "waiting_signature"
    own = stan.send(f"{case}/sign", {"reason": "mine"})
    assert (own.status_code, own.json()["code"]) == (409, "needs_second_person")
    assert stella.send(f"{case}/sign", {"reason": "agreed"}).json()["state"] == "dismissed"
    again = stan.send(f"{case}/claim", {})
    assert (again.status_code, again.json()["code"]) == (409, "refused")
    assert stan.send(f"{case}/nonsense", {}).status_code == 404


def test_a_correction_is_validated_and_then_billed(caller, firm):
    pipeline.put(pipeline.time_entry("T-3", hours="-8"))
    pipeline.run(firm)
    case, stan = f"/api/v1/cases/{Case.objects.get().pk}", caller("stan")
    for changes, status in (({}, 400), ({"/hours": "-1"}, 409), ({"/nothing": 1}, 409)):
        refused = stan.send(f"{case}/correct", {"changes": changes, "reason": "x"})
        assert refused.status_code == status, refused.content
    mended = stan.send(f"{case}/correct", {"changes": {"/hours": "8"}, "reason": "a typing slip"})
    assert mended.status_code == 200, mended.content
    pipeline.run(firm)
    assert pipeline.items()["T-3"]["quantity"] == "8"
    assert stan.get(case).json()["state"] == "resolved"


@pytest.fixture
def pushed(firm):
    """The flow takes events instead of polling."""
    register([flow_item(pattern="event", schedule={})])


def cloud_event(number: int, **more):
    return {
        "specversion": "1.0",
        "id": f"e-{number}",
        "source": "psa",
        "type": "time-entry.approved",
        "subject": "time-to-billing",
        "data": pipeline.time_entry(f"E-{number}"),
        **more,
    }


def test_a_batch_of_events_is_accepted_once(caller, firm, pushed):
    client = caller("stan")
    batch = [cloud_event(1), cloud_event(2)]
    media = "application/cloudevents-batch+json"
    first = client.post("/api/v1/events", json.dumps(batch), content_type=media)
    assert (first.status_code, first.json()["accepted"]) == (202, 2)
    again = client.post("/api/v1/events", json.dumps(batch), content_type=media)
    assert (again.json()["accepted"], again.json()["duplicates"]) == (0, 2)


@pytest.mark.parametrize(
    "batch", [[cloud_event(1), {"id": "x"}], [7], "text", [cloud_event(1, subject="nothing")]]
)
def test_one_bad_event_refuses_the_whole_batch(caller, firm, pushed, batch):
    answer = caller("stan").send("/api/v1/events", batch)
    assert 400 <= answer.status_code < 500
    assert answer["Content-Type"] == "application/problem+json"
    good = caller("stan").send("/api/v1/events", [cloud_event(1)])
    assert good.json()["accepted"] == 1


def test_the_audit_log_is_for_those_who_may_read_it(caller, stopped):
    stan = caller("stan")
    stan.send(f"/api/v1/cases/{stopped.pk}/claim", {})
    assert stan.get("/api/v1/audit").status_code == 403
    rows = caller("aude").get("/api/v1/audit?subject_type=case").json()["items"]
    assert [row["by_label"] for row in rows] == [sample.PEOPLE["stan"][0]]
    assert AuditEntry.objects.filter(subject_type="case").count() == len(rows)
    refused = caller("aude").get("/api/v1/audit?change_request=x")
    assert (refused.status_code, refused.json()["parameter"]) == (400, "change_request")


@pytest.mark.parametrize("path", ["runs", "cases", "audit"])
@pytest.mark.parametrize("count", [1, 12])
def test_lists_cost_the_same_for_any_length(
    caller, firm, path, count, django_assert_max_num_queries
):
    stores.forget_all()
    for number in range(count):
        pipeline.put(pipeline.time_entry(f"T-{number}", role=f"unknown-{number}"))
        pipeline.run(firm)
    client = caller("ada" if path != "audit" else "aude")
    client.get(f"/api/v1/{path}")
    with django_assert_max_num_queries(4):
        assert client.get(f"/api/v1/{path}?limit=200").status_code == 200
