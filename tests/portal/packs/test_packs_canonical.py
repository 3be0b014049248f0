"""The canonical pack: 25 entities, one author for each group, contracts that hold and refuse."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest

from governance.agreements.sums import compile_sums
from governance.approvals import subjects
from portal.packs import documents
from portal.packs.documents import Choice, Seats

CHOICE = Choice("2026-01-01", systems={"crm": "salesland", "erp": "ledger"})
GROUPS = {"identity", "commercial", "schedule", "money", "tax", "people", "lifecycle"}
SEATS = Seats(["olga"], ["stan"], ["fiona"])


def items(kind: str) -> list[dict[str, Any]]:
    return [one["document"] for one in documents.items("canonical", CHOICE) if one["kind"] == kind]


def schema(contract: str) -> dict[str, Any]:
    return next(
        one["schema"] for one in items("data_contract_version") if one["contract"] == contract
    )


def holds(contract: str, record: dict[str, Any]) -> bool:
    return jsonschema_rs.validator_for(schema(contract), validate_formats=True).is_valid(record)


def test_every_document_is_one_that_the_portal_takes():
    ground = documents.ground("canonical", CHOICE, SEATS)
    parsed = subjects.parse_items(ground + documents.items("canonical", CHOICE))
    assert len({item.slug for item in parsed if item.kind == "entity"}) == 25


def test_a_field_stands_in_one_group_and_groups_are_the_seven():
    for entity in items("entity"):
        names = [one["name"] for group in entity["groups"] for one in group["attributes"]]
        assert len(names) == len(set(names)), entity["slug"]
        assert {group["slug"] for group in entity["groups"]} <= GROUPS
        assert names[:3] == ["id", "source_system", "source_id"]


def test_each_group_has_one_author_and_the_firm_names_its_systems():
    places = [(one["entity"], one["group"]) for one in items("authority")]
    groups = [(one["slug"], group["slug"]) for one in items("entity") for group in one["groups"]]
    assert sorted(places) == sorted(groups)
    authors = {(one["entity"], one["group"]): one["system"] for one in items("authority")}
    assert authors["customer", "identity"] == "salesland"
    assert authors["customer", "tax"] == "ledger"
    assert authors["customer-contract", "money"] == "billing"
    assert authors["time-entry", "money"] == "psa"
    assert authors["invoice", "money"] == "billing"
    assert authors["invoice", "schedule"] == "ledger"
    assert authors["payment-application", "money"] == "ledger"


def test_what_moves_has_a_contract_over_fields_of_its_entity_with_a_meaning_each():
    attributes = {
        one["slug"]: {a["name"] for group in one["groups"] for a in group["attributes"]}
        for one in items("entity")
    }
    versions = {one["contract"]: one for one in items("data_contract_version")}
    assert versions.keys() >= {"customer", "project", "time-entry", "invoice", "credit-memo"}
    assert versions.keys() == {one["slug"] for one in items("data_contract")}
    entities = {one["slug"]: one["entity"] for one in items("data_contract")}
    for slug, version in versions.items():
        fields = version["schema"]["properties"].keys()
        assert fields <= attributes[entities[slug]]
        assert version["fields"].keys() == fields
        assert all(one["meaning"] for one in version["fields"].values())
        assert set(version["schema"]["required"]) <= fields


def test_every_amount_names_the_field_of_its_currency():
    for version in items("data_contract_version"):
        for name, meaning in version["fields"].items():
            shape = version["schema"]["properties"][name]
            if meaning.get("kind") == "money" and "multipleOf" in shape:
                assert meaning["currency"] in version["schema"]["properties"], name
                assert meaning.get("tax_basis") or name == "credit_limit", name


INVOICE: dict[str, Any] = {
    "id": "INV-1",
    "number": "INV-1",
    "type_code": "380",
    "issue_date": "2026-10-01",
    "due_date": "2026-10-31",
    "currency": "EUR",
    "legal_entity_id": "MC-DE",
    "customer_id": "C-1",
    "net_total": Decimal("100.00"),
    "tax_total": Decimal("19.00"),
    "gross_total": Decimal("119.00"),
    "amount_due": Decimal("119.00"),
    "status": "issued",
    "issued_at": "2026-10-01T10:00:00Z",
    "lines": [
        {
            "line_no": 1,
            "description": "Consulting",
            "quantity": Decimal("1"),
            "unit": "HUR",
            "unit_price": Decimal("100"),
            "net_amount": Decimal("100.00"),
            "tax_category": "S",
            "tax_rate": Decimal("19"),
        }
    ],
}


def line(**more: Any) -> dict[str, Any]:
    return {"lines": [{**INVOICE["lines"][0], **more}]}


def test_an_invoice_that_says_everything_holds():
    assert holds("invoice", INVOICE)
    as_text = {k: str(v) if isinstance(v, Decimal) else v for k, v in INVOICE.items()}
    assert holds("invoice", as_text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"due_date": None},
        {"net_total": Decimal("100.005")},
        {"net_total": "100.005"},
        {"currency": "euro"},
        {"type_code": "381"},
        {"lines": []},
        {"issued_at": None},
        {"colour": "red"},
        line(tax_category="S", tax_rate=None),
        line(tax_category="AE", tax_rate=Decimal("19")),
        line(tax_category="X"),
        line(unit="hours"),
        line(sources=[{"kind": "time", "id": "T-1"}]),
    ],
    ids=str,
)
def test_an_invoice_breaks_its_contract(wrong):
    record = {**INVOICE, **wrong}
    bare = {name: value for name, value in record.items() if value is not None}
    if bare.get("lines"):
        bare["lines"] = [{k: v for k, v in bare["lines"][0].items() if v is not None}]
    assert not holds("invoice", bare)


def test_nothing_due_needs_no_day():
    paid = {**INVOICE, "amount_due": Decimal("0.00"), "status": "paid"}
    del paid["due_date"]
    assert holds("invoice", paid)
    assert not holds("invoice", {**paid, "amount_due": "0.01"})


TIME: dict[str, Any] = {
    "id": "T-1",
    "customer_id": "C-1",
    "project_id": "P-1",
    "resource_id": "R-1",
    "work_date": "2026-10-01",
    "quantity": Decimal("7.5"),
    "unit": "HUR",
    "billable": True,
    "approval_status": "approved",
    "billing_status": "ready",
    "bill_rate": Decimal("120"),
    "bill_amount": Decimal("900.00"),
    "currency": "EUR",
    "approved_at": "2026-10-02T08:00:00Z",
}


def test_a_day_has_24_hours_and_approved_time_has_a_price():
    assert holds("time-entry", TIME)
    assert holds("time-entry", {**TIME, "quantity": Decimal("-7.5")})
    assert not holds("time-entry", {**TIME, "quantity": Decimal("75")})
    assert not holds("time-entry", {**TIME, "quantity": "75"})
    unpriced = {name: value for name, value in TIME.items() if name != "bill_rate"}
    assert not holds("time-entry", unpriced)
    assert holds("time-entry", {**unpriced, "billable": False})
    assert holds("time-entry", {**unpriced, "approval_status": "submitted"})


def test_a_cleared_receivable_has_nothing_open():
    item = {
        "id": "R-1",
        "document_type": "invoice",
        "document_id": "INV-1",
        "customer_id": "C-1",
        "original_amount": Decimal("119.00"),
        "open_amount": Decimal("0.00"),
        "currency": "EUR",
        "due_date": "2026-10-31",
        "status": "cleared",
    }
    assert holds("receivable", item)
    assert not holds("receivable", {**item, "open_amount": Decimal("0.01")})


def sums(contract: str):
    versions = items("data_contract_version")
    return compile_sums(next(one["sums"] for one in versions if one["contract"] == contract))


TAXED = {
    **INVOICE,
    "line_total": Decimal("100.00"),
    "tax_breakdown": [
        {"tax_category": "S", "tax_rate": "19", "taxable_amount": "100.00", "tax_amount": "19.00"}
    ],
}


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({}, None),
        ({"line_total": Decimal("99.99")}, "BR-CO-10"),
        ({"net_total": Decimal("101.00")}, "BR-CO-13"),
        ({"charge_total": "1.00"}, "BR-CO-13"),
        ({"tax_total": Decimal("19.01")}, "BR-CO-14"),
        ({"gross_total": "119.01"}, "BR-CO-15"),
        ({"prepaid": "19.00"}, "BR-CO-16"),
        ({"prepaid": "19.00", "amount_due": "100.00"}, None),
        (line(sources=[{"kind": "time", "id": "T-1", "amount": "99.00"}]), "sources"),
        (line(sources=[{"kind": "time", "id": "T-1", "amount": "100.00"}]), None),
    ],
    ids=str,
)
def test_an_invoice_adds_up_as_en_16931_says(wrong, rule):
    record = {**TAXED, **wrong}
    assert holds("invoice", record)
    broken = sums("invoice")(record)
    assert (broken.name.split(" ")[0] if broken else None) == rule


def test_tax_by_rate_may_be_one_off_and_no_more():
    for amount, fine in (("20.00", True), ("20.01", False)):
        [row] = TAXED["tax_breakdown"]
        record = {"tax_breakdown": [{**row, "tax_amount": amount}]}
        assert (sums("invoice")(record) is None) == fine


def test_the_process_runs_from_the_deal_to_the_payment():
    [process] = items("process")
    assert [one["slug"] for one in process["milestones"]][:12] == [
        "deal-won",
        "contract-signed",
        "project-activated",
        "time-submitted",
        "time-approved",
        "billable",
        "invoice-drafted",
        "invoice-issued",
        "invoice-posted",
        "invoice-sent",
        "payment-received",
        "payment-applied",
    ]


def test_each_measure_is_of_the_process_and_has_an_objective_and_an_owner():
    measures = items("measure")
    assert len({one["metric"] for one in measures}) == len(measures) == 18
    assert {one["process"] for one in measures} == {"project-to-cash"}
    assert all(one["owner"] and one["description"] for one in measures)
    latency = next(one for one in measures if one["metric"] == "billing-latency")
    assert latency["objective"] == {"share": "95", "target": "5", "unit": "business_days"}


MAPPED = {
    "crm-account-status": ("customer", "status"),
    "crm-opportunity-stage": ("opportunity", "stage"),
    "crm-contract-status": ("customer-contract", "status"),
    "psa-project-status": ("project", "status"),
    "psa-billing-status": ("time-entry", "billing_status"),
    "psa-milestone-status": ("milestone", "status"),
    "billing-schedule-status": ("invoice-schedule", "status"),
    "billing-document-status": ("invoice", "status"),
    "erp-project-status": ("ledger-project", "status"),
    "erp-credit-status": ("customer", "credit_status"),
    "erp-credit-memo-status": ("credit-memo-posting", "status"),
    "erp-receivable-status": ("receivable", "status"),
    "erp-payment-status": ("payment", "status"),
}


def test_every_status_map_leads_into_the_states_of_its_contract():
    assert {one["slug"] for one in items("value_map")} == MAPPED.keys()
    for one in items("value_map"):
        contract, name = MAPPED[one["slug"]]
        states = set(schema(contract)["properties"][name]["enum"])
        if one["slug"] == "billing-document-status":
            states |= set(schema("credit-memo")["properties"]["status"]["enum"])
        assert {row["to"] for row in one["rows"]} <= states, one["slug"]


def test_the_calendar_stands_in_the_zone_that_the_firm_names():
    choice = Choice("2026-01-01", time_zone="Europe/Berlin")
    [held] = [
        one["document"]
        for one in documents.items("canonical", choice)
        if one["kind"] == "business_calendar"
    ]
    assert held["time_zone"] == "Europe/Berlin"
