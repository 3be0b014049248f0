"""Calendars, measures, rates and processes: refused where wrong, agreed where right."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from governance.agreements import queries
from governance.agreements.models import Agreement
from governance.approvals.classify import Change, classify
from governance.errors import InvalidDocument
from tests.firm import flow_item, register

pytestmark = pytest.mark.django_db

PROCESS = {
    "slug": "project-to-cash",
    "name": "Project to cash",
    "domain": "delivery",
    "milestones": [{"slug": "time-approved", "name": "Time approved", "unit": "line"}],
}
MEASURE = {
    "slug": "billing-latency",
    "name": "Billing latency",
    "domain": "delivery",
    "metric": "billing-latency",
    "process": "project-to-cash",
    "objective": {"share": "95", "target": "5", "unit": "business_days"},
}
RATES = {
    "slug": "group-rates",
    "name": "Group rates",
    "domain": "delivery",
    "base": "EUR",
    "rates": [{"on": "2026-01-01", "currency": "GBP", "rate": "1.15"}],
}
LOSSES = {
    "slug": "losses",
    "name": "Losses",
    "domain": "delivery",
    "rows": [{"probability": "0.1"}],
}
BERLIN = {"slug": "berlin", "name": "Berlin", "domain": "delivery", "time_zone": "Europe/Berlin"}
PERIODS = {
    "slug": "fiscal",
    "name": "Fiscal",
    "domain": "delivery",
    "periods": [
        {"name": "2026-01", "first": "2026-01-01", "last": "2026-01-31"},
        {"name": "2026-02", "first": "2026-02-01", "last": "2026-02-28"},
    ],
}
TOLD = {
    "process": "project-to-cash",
    "milestone": "time-approved",
    "unit": "line",
    "key": "id",
    "at": "'2026-03-02'",
}


def item(kind: str, document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"kind": kind, "document": deepcopy(document) | changes}


def flow(**more: Any) -> dict[str, Any]:
    made = flow_item()
    made["document"] |= more
    return made


WRONG = [
    ("business_calendar", BERLIN, {"time_zone": "Europe/Nowhere"}, "no time zone"),
    ("business_calendar", BERLIN, {"opens": "17:00", "closes": "09:00"}, "closes before"),
    ("business_calendar", BERLIN, {"weekdays": []}, "at least one day"),
    ("business_calendar", BERLIN, {"country": "UK"}, "'UK' is no country"),
    ("business_calendar", BERLIN, {"country": "DE", "subdivision": "XX"}, "it has BB, BE"),
    ("business_calendar", BERLIN, {"subdivision": "BE"}, "needs its country"),
    ("business_calendar", BERLIN, {"holidays": [{"on": "2026-02-30", "name": "x"}]}, "no day"),
    (
        "fiscal_calendar",
        PERIODS,
        {"periods": [{"name": "x", "first": "2026-02-01", "last": "2026-01-01"}]},
        "ends before",
    ),
    ("fiscal_calendar", PERIODS, {"periods": PERIODS["periods"][::-1]}, "begins before"),
    ("process", PROCESS, {"milestones": PROCESS["milestones"] * 2}, "stands twice"),
    ("measure", MEASURE, {"buckets": [5, 5]}, "buckets rise"),
    ("measure", MEASURE, {"objective": MEASURE["objective"] | {"share": "101"}}, "at most 100"),
    ("loss_table", LOSSES, {"rows": [{"probability": "1.5"}]}, "no probability"),
    ("fx_source", RATES, {"base": "GBP"}, "the base itself"),
    ("fx_source", RATES, {"rates": RATES["rates"] * 2}, "already"),
    (
        "fx_source",
        RATES,
        {"rates": [RATES["rates"][0], RATES["rates"][0] | {"on": "2025-12-01"}]},
        "in the order of their days",
    ),
    ("fx_source", RATES, {"rates": [RATES["rates"][0] | {"on": "2026-02-30"}]}, "no day"),
    ("fx_source", RATES, {"rates": [RATES["rates"][0] | {"rate": "0"}]}, "above zero"),
]


@pytest.mark.parametrize(("kind", "document", "changes", "why"), WRONG)
def test_a_wrong_document_is_refused_with_its_place(firm, kind, document, changes, why):
    with pytest.raises(InvalidDocument, match=why) as refused:
        register([item(kind, document, **changes)])
    assert refused.value.pointer


def measured(**more: Any) -> list[dict[str, Any]]:
    return [
        item("business_calendar", BERLIN),
        item("fx_source", RATES),
        item("loss_table", LOSSES),
        item("process", PROCESS),
        item("measure", MEASURE),
        flow(milestones=[TOLD], calendar="berlin", **more),
    ]


def test_an_agreement_holds_what_its_records_tell_and_how_that_is_measured(firm):
    register(measured())
    document = queries.active(firm.flow_id).document
    assert document["milestones"] == [TOLD]
    assert [one["slug"] for one in document["measures"]] == ["billing-latency"]
    assert document["calendar"]["time_zone"] == "Europe/Berlin"
    assert (document["fx"]["base"], document["loss_table"]["slug"]) == ("EUR", "losses")


def test_a_flow_that_tells_nothing_keeps_its_digest(firm):
    register(measured()[:-1])
    assert queries.active(firm.flow_id).pk == firm.pk
    assert not {"milestones", "measures", "fx", "calendar"} & set(firm.document)


def test_a_changed_measure_makes_a_new_agreement(firm):
    register(measured())
    before = queries.active(firm.flow_id).pk
    objective = MEASURE["objective"] | {"target": "3"}
    register([item("measure", MEASURE, objective=objective)])
    after = queries.active(firm.flow_id)
    assert (after.pk != before, after.document["measures"][0]["objective"]["target"]) == (True, "3")
    assert Agreement.objects.get(pk=before).status == "superseded"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (TOLD | {"milestone": "cash-seen"}, "no milestone 'cash-seen'; it has time-approved"),
        (TOLD | {"key": "id["}, "no JMESPath"),
        (TOLD | {"attributes": {"region": "a b"}}, "no JMESPath"),
    ],
)
def test_a_flow_cannot_tell_what_its_process_does_not_know(firm, told, why):
    with pytest.raises(InvalidDocument, match=why) as refused:
        register([item("process", PROCESS), flow(milestones=[told])])
    assert refused.value.pointer.startswith("/milestones/0")


def test_a_flow_is_not_compared_with_itself(firm):
    compared = {"slug": "x", "name": "X", "with": "time-to-billing", "key": "id", "key_other": "id"}
    with pytest.raises(InvalidDocument, match="not compared with itself"):
        register([flow(reconciles=[compared | {"fields": []}])])


def risk(kind: str, old: dict[str, Any], **changes: Any) -> tuple[str, bool]:
    found = classify([Change(kind, "x", old, deepcopy(old) | changes)])
    return str(found.risk_class), found.money


def test_what_a_number_means_is_never_changed_lightly():
    assert risk("measure", MEASURE, buckets=[5, 10]) == ("R3", True)
    assert risk("loss_table", LOSSES, cost_of_capital="0.09") == ("R3", True)
    assert risk("measure", MEASURE, description="Clearer words") == ("R0", False)


def test_new_rates_are_routine_and_old_ones_are_not():
    more = [*RATES["rates"], {"on": "2026-02-01", "currency": "GBP", "rate": "1.16"}]
    assert risk("fx_source", RATES, rates=more) == ("R2", True)
    assert risk("fx_source", RATES, rates=more[1:]) == ("R3", True)
