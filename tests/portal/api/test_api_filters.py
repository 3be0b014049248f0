"""Every list is narrowed by what its rows have, refuses what means nothing, and links its pages."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from governance.approvals.models import ChangeRequest
from governance.catalog.models import Connection
from integrations.cases.models import Case
from integrations.connectors.services import put_secret
from integrations.sync.models import SyncRun
from portal.api.registry import PLURALS
from tests import pipeline
from tests.firm import value_map_item

pytestmark = pytest.mark.django_db
CHANGES, CASES, RUNS = "/api/v1/change-requests", "/api/v1/cases", "/api/v1/runs"
LISTS = {f"/api/v1/{plural}" for plural in PLURALS.values()} | {
    CHANGES,
    CASES,
    RUNS,
    "/api/v1/audit",
    "/api/v1/breaks",
    "/api/v1/notifications",
    "/api/v1/secrets",
    "/api/v1/tokens",
}
"""Every paged list; Paul Platform may read them all."""
FIGURE = "/api/v1/sla/{slug}/items"
SAMPLES = {"since": "2026-01-01", "until": "2026-01-01T00:00:00Z", "touches": "flow"}


@pytest.fixture
def reader(client, person):
    """Somebody signed in who may read every list."""
    client.force_login(person("paul"))
    return client


@pytest.fixture
def schema(client, firm):
    return client.get("/api/schema/?format=json").json()["paths"]


def slugs(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["slug"] for row in answer.json()["items"]]


def ids(answer) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["items"]]


def query(path: str, schema) -> dict[str, dict]:
    found = schema[path]["get"].get("parameters", [])
    return {one["name"]: one["schema"] for one in found if one["in"] == "query"}


@pytest.mark.parametrize("path", sorted(LISTS))
def test_a_list_takes_every_parameter_of_its_schema_and_no_other(reader, schema, path):
    told = query(path, schema)
    assert {"cursor", "limit"} < set(told)
    for name, kind in told.items():
        value = SAMPLES.get(name, kind.get("items", {}).get("enum", ["7"])[0])
        answer = reader.get(path, {name: value} if name != "cursor" else {})
        assert answer.status_code == 200, name
    refused = reader.get(path, {"colour": "red"})
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")
    assert (refused.json()["code"], refused.json()["parameter"]) == ("bad_parameter", "colour")
    assert refused.json()["detail"] == f"colour is no parameter here; {', '.join(sorted(told))} are"


def test_every_operation_with_a_cursor_is_in_this_test(schema):
    paged = {path for path in schema if "get" in schema[path] and "cursor" in query(path, schema)}
    assert paged == LISTS | {FIGURE}


def test_a_figure_names_the_parameter_that_means_nothing(caller):
    client, path = caller("fiona"), FIGURE.replace("{slug}", "approved-not-billed")
    for given, name in (("colour=red", "colour"), ("first=soon", "first")):
        refused = client.get(f"{path}?{given}")
        assert (refused.status_code, refused.json()["parameter"]) == (400, name)


def cursor(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        (RUNS, "state", "asleep"),
        (RUNS, "since", "yesterday"),
        (RUNS, "since", "2026-03-01T09:00:00"),
        (RUNS, "until", "2026-13-01"),
        (RUNS, "flow", "x" * 301),
        (RUNS, "q", "a\0b"),
        (RUNS, "limit", "201"),
        (RUNS, "limit", "²"),
        (RUNS, "cursor", "%%%"),
        (RUNS, "cursor", cursor(["text"])),
        (RUNS, "cursor", cursor([[1]])),
        (RUNS, "cursor", cursor([2**70])),
        (RUNS, "cursor", cursor([1, 2])),
        (CASES, "class", "odd"),
        (CASES, "change_request", "x"),
        (CHANGES, "touches", "nothing"),
        (CHANGES, "risk_class", "R9"),
        ("/api/v1/flows", "cursor", cursor(["a\0b"])),
        ("/api/v1/flows", "status", "x"),
    ],
)
def test_a_value_that_means_nothing_is_refused_by_its_parameter(reader, path, name, value):
    answer = reader.get(path, {name: value})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert (answer.json()["parameter"], answer.json()["code"]) == (name, "bad_parameter")
    assert answer.json()["detail"].startswith((name, "this cursor"))


def test_what_stands_twice_but_means_one_thing_is_refused(reader):
    assert reader.get(f"{RUNS}?q=a&q=b").json()["detail"] == "q is given once"


def test_the_registry_is_narrowed_by_what_its_rows_refer_to(reader):
    for query_, wanted in (
        ("connections?system=psa", ["psa-main"]),
        ("systems?kind=billing&kind=crm", ["billing"]),
        ("flows?source=psa-main&entity=time-entry", ["time-to-billing"]),
        ("flows?source=billing-main", []),
        ("role-grants?person=stan&role=steward", ["stan.steward.delivery"]),
        ("connections?q=BILLING", ["billing-main"]),
    ):
        assert slugs(reader.get(f"/api/v1/{query_}")) == wanted


def test_since_and_until_are_a_half_open_period(reader):
    row, both = Connection.objects.get(slug="psa-main"), ["billing-main", "psa-main"]
    moment = row.activated_at.isoformat()
    later = (row.activated_at + timedelta(microseconds=1)).isoformat()
    for given, wanted in (
        ({"since": moment}, both),
        ({"until": moment}, []),
        ({"since": later}, []),
        ({"until": later}, both),
    ):
        assert slugs(reader.get("/api/v1/connections", given)) == wanted


def test_changes_are_found_by_what_they_touch(caller):
    client = caller("ada")
    proposal = {"title": "Partners", "items": [value_map_item(("partner", "PAR"))]}
    ours = client.send(CHANGES, proposal).json()["id"]
    for given, wanted in (
        ("touches=value_map", [ours]),
        ("touches=value_map:role-codes", [ours]),
        ("touches=value_map:other", []),
        ("touches=flow", []),
        ("opened_by=ada&state=draft&state=in_review", [ours]),
        ("opened_by=olga", []),
        ("q=partn", [ours]),
    ):
        assert ids(client.get(f"{CHANGES}?{given}")) == wanted
    assert ChangeRequest.objects.count() == 1


@pytest.fixture
def stopped(firm) -> Case:
    pipeline.put(pipeline.time_entry("T-1"), pipeline.time_entry("T-2", role="wizard"))
    pipeline.run(firm)
    return Case.objects.get()


def test_cases_and_runs_are_narrowed(caller, firm, stopped):
    client, run = caller("stan"), SyncRun.objects.get()
    for given, wanted in (
        (f"{CASES}?flow=time-to-billing&class={stopped.klass}&q=P-1", [stopped.pk]),
        (f"{CASES}?system=nowhere", []),
        (f"{CASES}?claimed_by=stan", []),
        (f"{RUNS}?agreement={firm.digest}&trigger=person", [run.pk]),
        (f"{RUNS}?trigger=webhook", []),
        (f"{RUNS}?domain=sales", []),
    ):
        assert ids(client.get(given)) == wanted


def test_pages_are_linked_in_the_header_with_their_filters(reader, person):
    for number in range(5):
        now = timezone.now()
        put_secret(name=f"key-{number}", value="v", by=person("paul"), reason="x", now=now)
    path, seen = "/api/v1/secrets?q=key&limit=2", []
    while path:
        answer = reader.get(path)
        seen += [row["name"] for row in answer.json()["items"]]
        links = re.findall(r'<([^>]+)>; rel="next"', answer.get("Link", ""))
        assert links == ([answer.json()["next"]] if answer.json()["next"] else [])
        path = links[0] if links else ""
    assert seen == [f"key-{number}" for number in range(5)]


def test_a_run_and_a_case_have_an_etag_that_changes_with_them(caller, stopped):
    client, case = caller("stan"), f"{CASES}/{stopped.pk}"
    for path in (f"{RUNS}/{SyncRun.objects.get().pk}", case):
        known = {"If-None-Match": client.get(path)["ETag"]}
        assert client.get(path, headers=known).status_code == 304
    client.send(f"{case}/claim", {})
    assert client.get(case, headers=known).status_code == 200


def test_a_move_on_a_case_that_has_changed_since_is_refused(caller, stopped):
    path, stan = f"{CASES}/{stopped.pk}", caller("stan")
    before = stan.get(path)["ETag"]
    assert stan.send(f"{path}/claim", {}, If_Match=before).status_code == 200
    late = stan.send(f"{path}/release", {}, If_Match=before)
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert stan.send(f"{path}/release", {}, If_Match="*").status_code == 200


def test_a_move_on_another_revision_than_the_seen_one_is_refused(caller):
    client = caller("ada")
    made = client.send(CHANGES, {"title": "P", "items": [value_map_item(("partner", "PAR"))]})
    path = f"{CHANGES}/{made.json()['id']}/withdraw"
    other = client.send(path, {"reason": "no"}, If_Match='"0000"')
    assert (other.status_code, other.json()["code"]) == (412, "precondition_failed")
    done = client.send(path, {"reason": "no"}, If_Match=made["ETag"])
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")
