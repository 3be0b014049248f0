"""The answer key, checked against what the four systems say over HTTP and against itself."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from portal.demo.answers.fault import Fault
from portal.demo.answers.faults import faults
from portal.demo.answers.money import age, total
from portal.demo.answers.tiles import Tile, latencies, percentile, tiles
from portal.demo.answers.unbilled import EDGES, unbilled
from portal.demo.answers.watched import missed_by_rates
from portal.demo.firm import planted
from portal.demo.firm.world import build
from portal.demo.northbook.parties import STREAM_CENTRES
from tests.portal.demo.house import House, house


@pytest.fixture(scope="module")
def firm():
    with house() as running:
        running.systems.erp.store.reveal("receivables")
        running.systems.erp.store.reveal("applications")
        yield running


@pytest.fixture(scope="module")
def key() -> dict[str, Fault]:
    return {one.slug: one for one in faults(build())}


@pytest.fixture(scope="module")
def board() -> dict[str, Tile]:
    return {one.slug: one for one in tiles(build())}


@pytest.fixture(scope="module")
def lines(firm: House) -> list[dict[str, Any]]:
    return [
        one for kind in ("time_entries", "expenses", "milestones") for one in firm.caller.psa(kind)
    ]


def _cents(text: str) -> int:
    return int(Decimal(text) * 100)


def _by_currency(rows: list[dict[str, Any]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for row in rows:
        found[row["currency"]] += _cents(row["amount"])
    return dict(found)


def _approved(line: dict[str, Any]) -> bool:
    accepted = line["status"] in {"approved", "accepted", "invoiced"}
    return accepted and line.get("billable", True) and float(line.get("hours", "0")) <= 24


def _issued(firm: House) -> set[str]:
    return {
        source["id"]
        for invoice in firm.caller.billing("invoices")
        if invoice["status"] == "issued"
        for line in invoice["lines"]
        for source in line["sources"]
    }


def test_every_fault_of_the_list_is_planted_once(key):
    assert list(key) == [
        "tax-code",
        "period-closed",
        "billing-rule",
        "project-unknown",
        "cost-centre",
        "no-schedule",
        "rate-rise",
        "contract-version",
        "credit-memo",
        "duplicate",
        "late-commit",
        "time-out",
        "authority",
        "hours",
        "net-becomes-gross",
        "unapplied",
    ]
    assert all(one.records for one in key.values())


def test_approved_not_billed_is_what_psa_and_billing_say_together(firm, lines, board):
    issued = _issued(firm)
    rows = [
        one
        for one in lines
        if _approved(one) and one["id"] not in issued and not one.get("written_off_at")
    ]
    tile = board["approved-not-billed"]
    assert tile.money.amounts == _by_currency(rows)
    assert tile.money.keys == tuple(sorted(one["id"] for one in rows))
    states = {one["billing"]["status"] for one in rows}
    assert states == {"ready", "charged", "held"}


def test_what_is_charged_or_held_is_a_charge_in_billing(firm, lines):
    charged = {one["id"] for one in lines if one["billing"]["status"] in {"charged", "held"}}
    items = firm.caller.billing("items")
    assert {one["external_reference"] for one in items} == charged
    amounts = {one["id"]: _cents(one["amount"]) for one in lines}
    assert all(one["amount"] == amounts[one["external_reference"]] for one in items)


def test_every_bucket_and_slice_adds_up_to_its_tile(board):
    for slug in (
        "approved-not-billed",
        "not-posted",
        "contract-version",
        "revenue-at-risk",
        "breaks",
    ):
        tile = board[slug]
        assert tile.money.euros == sum(one.euros for one in tile.parts.values()), slug
        assert tile.money.count == sum(one.count for one in tile.parts.values()), slug
    aged = board["approved-not-billed"].parts
    assert all(one.count for one in aged.values())
    past = sum(aged[name].euros for name in ("11-30", "31-60", "61-90", "91+"))
    assert board["past-objective"].money.euros == past


def test_the_month_rolls_forward_to_the_cent_in_every_currency(board):
    parts = board["roll-forward"].parts
    for currency in ("EUR", "GBP", "USD"):
        held = {name: one.amounts.get(currency, 0) for name, one in parts.items()}
        assert (
            held["opening"] + held["approved"] - held["issued"] - held["written off"]
            == held["closing"]
        )
    assert parts["closing"].euros == board["approved-not-billed"].money.euros


def test_no_age_lies_so_near_an_edge_that_minutes_would_move_it():
    nearest = min(abs(age(line) - edge) for line in unbilled(build()) for edge in EDGES)
    assert nearest > 0.1


def test_invoices_not_posted_are_those_that_the_ledger_lacks(firm, board, key):
    posted = {one["document_number"] for one in firm.caller.erp("postings")}
    open_ones = {
        one["number"]: one
        for one in firm.caller.billing("invoices")
        if one["status"] == "issued" and one["number"] not in posted
    }
    faulty = board["not-posted"].money.keys
    assert set(faulty) < set(open_ones)
    assert (
        sum(open_ones[number]["net"] for number in key["period-closed"].records)
        == (key["period-closed"].money.amounts["EUR"])
    )
    codes = {
        line["tax_code"]
        for number in key["tax-code"].records
        for line in open_ones[number]["lines"]
    }
    assert codes == {"S-FS20"}
    periods = {open_ones[number]["issue_date"][:7] for number in key["period-closed"].records}
    assert periods == {"2026-09"}
    plain = [one for number, one in open_ones.items() if number not in faulty]
    assert plain, "something has to be postable"
    assert all(line["tax_code"] != "S-FS20" for one in plain for line in one["lines"])


def test_every_unit_at_risk_counts_once(board, key):
    tile = board["revenue-at-risk"]
    keys = [item.key for item in tile.money.items]
    assert len(keys) == len(set(keys))
    named = {item.key for one in key.values() if one.part for item in one.money.items}
    assert set(keys) == named


def test_reconciliation_breaks_are_what_differs_between_the_systems(firm, board):
    caller = firm.caller
    crm = {one["number"]: one for one in caller.crm("contracts")}
    billing = {one["number"]: one for one in caller.billing("contracts")}
    psa = {one["contract"]["number"]: one for one in caller.psa("projects")}
    assert set(crm) == set(billing) == set(psa)

    def differs(number: str) -> bool:
        rates = {role: round(rate * 100) for role, rate in crm[number]["rates"].items()}
        held = billing[number]
        return (crm[number]["version"], rates) != (held["version"], held["rates"])

    parts = board["breaks"].parts
    assert parts["crm-billing-contracts"].keys == tuple(sorted(n for n in crm if differs(n)))
    versions = tuple(n for n in sorted(crm) if crm[n]["version"] != psa[n]["contract"]["version"])
    assert parts["crm-psa-contracts"].keys == versions

    ledger = {one["number"]: one for one in caller.erp("credit_memos")}
    memos = {one["number"]: one for one in caller.billing("credit_memos")}
    assert set(ledger) == set(memos)
    other = [n for n, one in memos.items() if one["applied"] != _cents(ledger[n]["applied_amount"])]
    assert parts["billing-erp-credit-memos"].keys == tuple(other)


def test_the_unknown_project_is_in_the_ledger_under_another_number(firm, lines, key):
    projects = firm.caller.erp("projects")
    assert planted.UNKNOWN_PROJECT not in {one["psa_number"] for one in projects}
    [other] = [one for one in projects if one["psa_number"] is None]
    told = next(one for one in firm.caller.psa("projects") if one["id"] == planted.UNKNOWN_PROJECT)
    assert other["code"] == planted.ERP_CODE
    same = (other["customer_number"], other["contract_number"])
    assert same == (told["client_id"], told["contract"]["number"])
    mine = [one for one in lines if one["project"]["id"] == planted.UNKNOWN_PROJECT]
    ready = [one for one in mine if one["billing"]["status"] == "ready"]
    assert key["project-unknown"].records == tuple(sorted(one["id"] for one in ready))


def test_only_one_workstream_has_no_cost_centre(firm, key):
    projects = firm.caller.psa("projects")
    lacking = [one["id"] for one in projects if one["workstream"] not in STREAM_CENTRES]
    assert tuple(lacking) == key["cost-centre"].records
    [to_make] = [one for one in projects if one["id"] in lacking]
    assert to_make["erp"] == {"state": "ready", "code": None}


def test_only_one_project_of_the_ledger_has_no_billing_rule(firm, key):
    lacking = [one["psa_number"] for one in firm.caller.erp("projects") if not one["billing_rule"]]
    assert tuple(lacking) == key["billing-rule"].records


def test_time_outside_any_schedule_is_in_no_period_of_billing(firm, lines, key):
    lacking = [
        one
        for one in lines
        if one["billing"]["status"] == "ready" and one["billing"]["schedule"] is None
    ]
    assert tuple(sorted(one["id"] for one in lacking)) == key["no-schedule"].records
    schedules = firm.caller.billing("schedules", "&contract=" + lacking[0]["contract"]["number"])
    last = max(one["period_end"] for one in schedules)
    assert all(one["work_date"] > last for one in lacking)


def test_the_rate_rise_is_worth_its_hours_times_the_difference(firm, lines, key):
    number = key["rate-rise"].records[0]
    crm = next(one for one in firm.caller.crm("contracts") if one["number"] == number)
    issued = _issued(firm)
    worth = sum(
        Decimal(one["hours"])
        * (Decimal(str(crm["rates"][one["person"]["role"]])) - Decimal(one["bill_rate"]))
        for one in lines
        if one["contract"]["number"] == number
        and "hours" in one
        and _approved(one)
        and one["id"] not in issued
        and one["work_date"] >= crm["effectiveFrom"]
    )
    assert missed_by_rates(build()).amounts == {"EUR": int(worth * 100)}
    assert worth > 0


def test_the_receipt_is_on_an_issued_invoice_already(firm, lines, key):
    [id] = key["duplicate"].records
    again = next(one for one in lines if one["id"] == id)
    [first] = [one for one in lines if one.get("receipt") == again["receipt"] and one["id"] != id]
    assert (first["amount"], first["incurred_on"]) == (again["amount"], again["incurred_on"])
    assert first["id"] in _issued(firm)
    assert (again["billing"]["status"], first["billing"]["status"]) == ("ready", "invoiced")


def test_one_payment_settles_nothing_because_its_number_is_wrong(firm, key):
    left = [one for one in firm.caller.erp("payments") if one["unapplied_amount"] != "0.00"]
    assert tuple(one["id"] for one in left) == key["unapplied"].records
    numbers = {one["number"] for one in firm.caller.billing("invoices")}
    assert left[0]["remittance"] not in numbers
    owed = [
        one["document_number"]
        for one in firm.caller.erp(
            "receivables", f"customer_number eq '{left[0]['customer_number']}'"
        )
        if one["open_amount"] == left[0]["amount"]
    ]
    assert len(owed) == 1


def test_one_account_says_what_only_the_ledger_may_say(firm, key):
    strange = [one["number"] for one in firm.caller.crm("accounts") if "creditLimit" in one]
    assert tuple(strange) == key["authority"].records


def test_one_entry_has_more_hours_than_a_day_and_is_to_be_sent(lines, key):
    [entry] = [one for one in lines if float(one.get("hours", "0")) > 24]
    assert (entry["id"],) == key["hours"].records
    assert entry["billing"]["status"] == "ready"


def test_latencies_have_shape():
    days = latencies(build())
    assert len(days) > 1_000
    assert 3 < percentile(days, 50) < 5 < percentile(days, 95) < 10
    assert percentile([1.0, 2.0, 3.0, 4.0], 50) == 2.0
    assert percentile([1.0, 2.0, 3.0, 4.0], 95) == 4.0


def test_a_sum_keeps_currencies_apart_and_converts_each_line():
    items = [item for one in tiles(build())[0].parts.values() for item in one.items][:50]
    assert total(items).euros == sum(total([item]).euros for item in items)
