"""The firm goes on working after its fixed present, and the key to its faults stays true."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from portal.demo.answers.faults import faults
from portal.demo.clock import Clock
from portal.demo.firm.calendar import NOW
from portal.demo.firm.world import build
from portal.demo.life.going_on import Life
from tests.portal.demo.house import House, house


@pytest.fixture
def firm():
    with house() as running:
        yield running


@pytest.fixture
def life(firm: House) -> Life:
    offset = (NOW - datetime.now(UTC)).total_seconds()
    return Life(firm.systems, build(), Clock(offset))


def _since(rows: list[dict[str, object]], name: str) -> list[dict[str, object]]:
    return [row for row in rows if str(row[name] or "") >= NOW.strftime("%Y-%m-%dT%H:%M:%S")]


def test_time_is_approved_invoices_are_issued_and_money_comes_in(firm: House, life: Life):
    invoices, payments = len(firm.caller.billing("invoices")), len(firm.caller.erp("payments"))
    for _ in range(10):
        life.step()
    approved = _since(firm.caller.psa("time_entries"), "approved_at")
    assert len(approved) == 16
    assert {one["billing"]["status"] for one in approved} <= {"ready", "non_billable"}
    made = firm.caller.billing("invoices")
    assert len(made) == invoices + 2
    assert len(firm.caller.erp("payments")) == payments + 2
    assert {
        one["unapplied_amount"] for one in _since(firm.caller.erp("payments"), "received_at")
    } == {"0.00"}


def test_a_new_invoice_adds_up_and_takes_its_charges_off_the_list(firm: House, life: Life):
    before = {one["id"]: one for one in firm.caller.billing("items")}
    life.step()
    life.step()
    invoice = firm.caller.billing("invoices")[0]
    assert (invoice["status"], invoice["ledger"]["status"]) == ("issued", "open")
    sources = [source for line in invoice["lines"] for source in line["sources"]]
    assert invoice["net"] == sum(source["amount"] for source in sources)
    assert invoice["gross"] == invoice["net"] + invoice["tax"]
    taken = {one["external_reference"]: one for one in before.values()}
    assert all(taken[source["id"]]["status"] == "pending" for source in sources)
    after = {one["external_reference"]: one for one in firm.caller.billing("items")}
    assert {after[source["id"]]["invoice"] for source in sources} == {invoice["number"]}
    entries = {one["id"]: one for one in firm.caller.psa("time_entries")}
    told = [entries[source["id"]]["billing"] for source in sources if source["id"] in entries]
    assert {one["invoice"] for one in told} == {invoice["number"]}
    assert firm.caller.billing("events")[0]["type"] == "invoice.issued"


def test_numbers_go_on_without_a_gap_or_a_repeat(firm: House, life: Life):
    for _ in range(40):
        life.step()
    numbers = Counter(one["number"] for one in firm.caller.billing("invoices"))
    assert set(numbers.values()) == {1}
    made = sorted(one for one in numbers if one not in build().numbered)
    assert made
    for number in made:
        head, tail = number[:-6], int(number[-6:])
        assert f"{head}{tail - 1:06}" in numbers


def test_new_entries_are_written_when_nothing_waits(firm: House, life: Life):
    life._approving._waiting.clear()
    life.step()
    newest = [one for one in firm.caller.psa("time_entries") if one["id"] >= "TE-140001"]
    assert len(newest) == 4
    for one in newest:
        assert Decimal(one["hours"]) * Decimal(one["bill_rate"]) == Decimal(one["amount"])
        assert one["billing"]["status"] == "ready"


def test_work_falls_on_nothing_that_the_key_names(firm: House, life: Life):
    named = {record for one in faults(build()) for record in one.records}
    named |= {item.key for one in faults(build()) for item in one.money.items}
    for _ in range(60):
        life.step()
    changed = {
        source["id"]
        for invoice in firm.caller.billing("invoices")
        if invoice["number"] not in build().numbered
        for line in invoice["lines"]
        for source in line["sources"]
    }
    assert changed
    assert not changed & named
    settled = {
        one["document_number"] for one in _since(firm.caller.erp("applications"), "applied_at")
    }
    assert settled
    assert not settled & named


def test_a_credit_memo_is_settled_when_the_ledger_has_applied_it(firm: House, life: Life):
    for _ in range(60):
        life.step()
    [memo] = [one for one in firm.caller.billing("credit_memos") if one["id"] > "cm_009"]
    assert (memo["status"], memo["remaining"]) == ("issued", memo["gross"])
    money = {name: f"{memo[name] / 100:.2f}" for name in ("net", "tax", "gross")}
    invoice = firm.caller.billing("invoices", f"&number={memo['invoice']}")[0]
    posting = {
        "company": memo["entity"],
        "customer_number": memo["external_customer"],
        "psa_number": memo["project"],
        "posting_date": memo["issue_date"],
        "currency": memo["currency"].upper(),
    }
    group = {"tax_group": "V20"}
    for kind, number, told in (
        ("invoice", memo["invoice"], {n: f"{invoice[n] / 100:.2f}" for n in money}),
        ("credit_memo", memo["number"], money),
    ):
        body = {
            **posting,
            **told,
            "document_type": kind,
            "document_number": number,
            "reference": number,
            "invoice_number": memo["invoice"],
            "lines": [{"no": 1, "net": told["net"], "tax": told["tax"], **group}],
        }
        assert firm.caller.call("erp", "POST", "/api/postings", body=body)[0] == 201
    [item] = firm.caller.erp("receivables", f"document_number eq '{memo['invoice']}'")
    owed = (invoice["gross"] - memo["gross"]) / 100
    assert item["open_amount"] == f"{owed:.2f}"
    life._hear()
    after = firm.caller.billing("credit_memos", f"&number={memo['number']}")[0]
    assert (after["status"], after["remaining"]) == ("applied", 0)
    sent = firm.caller.billing("invoices", f"&number={memo['invoice']}")[0]
    assert sent["sent_at"]
