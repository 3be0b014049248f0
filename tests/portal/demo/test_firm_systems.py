"""The four systems' manners: paging, cursors, limits, refusals, late commits, lost answers."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest

from governance.catalog.connector_words import Webhook
from integrations.connectors.webhooks import WebhookRefused, receive
from portal.demo.answers.healed import times_out
from portal.demo.firm import planted
from portal.demo.firm.calendar import NOW
from portal.demo.firm.world import build
from portal.demo.serving import Request, Response, Server
from portal.demo.store import Wanted
from tests.portal.demo.house import CONTROL, House, house


@pytest.fixture(scope="module")
def firm():
    with house() as running:
        yield running


@pytest.mark.parametrize(
    ("system", "path"),
    [
        ("crm", "/crm/v3/accounts"),
        ("psa", "/api/v2/projects"),
        ("billing", "/v1/invoices"),
        ("erp", "/api/postings"),
    ],
)
def test_strangers_are_turned_away(firm: House, system, path):
    for headers in ({}, {"Authorization": "Bearer guess", "X-Session": "guess"}):
        status, _ = firm.caller.raw(system, "GET", path, None, headers)
        assert status == 401


def test_paging_loses_and_doubles_nothing_in_any_dialect(firm: House):
    store = firm.systems.erp.store
    store.reveal("receivables")
    store.reveal("applications")
    read = {
        "accounts": firm.caller.crm("accounts", "limit=7"),
        "opportunities": firm.caller.crm("opportunities", "limit=40"),
        "expenses": firm.caller.psa("expenses"),
        "invoices": firm.caller.billing("invoices"),
        "schedules": firm.caller.billing("schedules"),
        "payments": firm.caller.erp("payments", top=97),
        "applications": firm.caller.erp("applications", top=50),
    }
    held = {
        name: store
        for one in firm.systems.named().values()
        for name in read
        for store in ([one.store] if one.store.count(name) else [])
    }
    for kind, rows in read.items():
        ids = [row["id"] for row in rows]
        assert len(ids) == len(set(ids)) == held[kind].count(kind), kind


def test_cursors_give_what_changed_since_and_nothing_of_the_future(firm: House):
    caller, since = firm.caller, "2026-10-20T00:00:00.000000Z"
    assert 0 < len(caller.psa("time_entries", f"&updated_since={since}")) < 4_000
    assert all(
        one["updated_at"] >= since for one in caller.psa("expenses", f"&updated_since={since}")
    )
    changed = caller.erp("payments", f"modified_at ge {since}")
    assert changed
    assert all(one["modified_at"] >= since for one in changed)
    epoch = int((NOW - timedelta(days=9)).timestamp())
    invoices = caller.billing("invoices", f"&updated[gte]={epoch}")
    assert invoices
    assert all(one["updated"] >= epoch for one in invoices)
    assert caller.crm("accounts", f"limit=50&modifiedSince={since}")
    assert caller.crm("accounts", "modifiedSince=2036-01-01T00:00:00Z") == []
    assert caller.psa("projects", "&updated_since=2036-01-01T00:00:00Z") == []
    assert caller.billing("items", f"&updated[gte]={2**53 - 1}") == []
    assert caller.erp("projects", "modified_at ge 2036-01-01T00:00:00.000000Z") == []


def test_what_is_not_understood_is_refused_in_each_dialect(firm: House):
    call = firm.caller.call
    assert call("crm", "GET", "/crm/v3/accounts?page=2")[1][0]["errorCode"] == "INVALID_PARAMETER"
    assert call("psa", "GET", "/api/v2/people?page=2") == (
        400,
        {"error": "unknown parameter: page"},
    )
    status, told = call("billing", "GET", "/v1/items?colour=red")
    assert (status, told["errors"][0]["code"]) == (422, "unknown_parameter")
    status, told = call("erp", "GET", "/api/postings?$filter=net%20like%205")
    assert (status, told["error"]["code"]) == (400, "FILTER_INVALID")


def test_the_crm_throttles_and_says_when_to_come_back():
    with house(throttled=True) as firm:
        answers = [firm.caller.call("crm", "GET", "/crm/v3/contracts?limit=1") for _ in range(9)]
        refused = [told[0]["errorCode"] for status, told in answers if status == 429]
        assert refused == ["REQUEST_LIMIT_EXCEEDED"] * 3
        time.sleep(3.1)
        assert firm.caller.call("crm", "GET", "/crm/v3/contracts?limit=1")[0] == 200


def test_rows_of_a_long_transaction_appear_behind_the_cursor(firm: House):
    with house() as fresh:
        first = fresh.caller.erp("receivables")
        high = max(one["modified_at"] for one in first)
        assert len(fresh.caller.erp("receivables")) == len(first)
        time.sleep(5.2)
        late = [one for one in fresh.caller.erp("receivables") if one not in first]
        assert len(late) == 6
        assert all(one["modified_at"] < high for one in late)
        overlap = f"modified_at ge {(NOW - timedelta(minutes=10)).isoformat()[:19]}.000000Z"
        assert {one["id"] for one in late} <= {
            one["id"] for one in fresh.caller.erp("receivables", overlap)
        }


def _posting(firm: House, number: str) -> dict[str, object]:
    [invoice] = firm.caller.billing("invoices", f"&number={number}")
    groups = {"S-STD": "V20", "S-RC": "RC", "S-US": "OUT"}

    def money(cents: int) -> str:
        return f"{cents / 100:.2f}"

    return {
        "document_type": "invoice",
        "document_number": number,
        "reference": number,
        "company": invoice["entity"],
        "customer_number": invoice["external_customer"],
        "psa_number": invoice["project"],
        "contract_number": invoice["contract"],
        "posting_date": invoice["issue_date"],
        "due_on": invoice["due_date"],
        "currency": invoice["currency"].upper(),
        **{name: money(invoice[name]) for name in ("net", "tax", "gross")},
        "lines": [
            {
                "no": line["no"],
                "net": money(line["net"]),
                "tax": money(line["tax"]),
                "tax_group": groups.get(line["tax_code"], line["tax_code"]),
            }
            for line in invoice["lines"]
        ],
    }


def _open(customer: str = "") -> list[str]:
    world = build()
    return [
        one.number
        for one in world.invoices
        if one.issued_at
        and not one.posted_at
        and (world.contracts[one.contract].customer == customer or not customer)
    ]


def test_an_invoice_is_posted_once_and_becomes_an_open_item():
    with house() as firm:
        number = next(one for one in _open() if one not in _open(planted.TAXED) + _open("CL-105"))
        given = _posting(firm, number)
        status, made = firm.caller.call("erp", "POST", "/api/postings", body=given)
        assert (status, made["gross"]) == (201, given["gross"])
        [item] = firm.caller.erp("receivables", f"document_number eq '{number}'")
        assert (item["open_amount"], item["status"]) == (given["gross"], "open")
        status, told = firm.caller.call("erp", "POST", "/api/postings", body=given)
        assert (status, told["error"]["code"]) == (409, "DUPLICATE")
        assert [one["id"] for one in firm.caller.erp("postings", f"reference eq '{number}'")] == [
            made["id"]
        ]


@pytest.mark.parametrize(
    ("customer", "change", "code"),
    [
        (planted.PERIOD_CLOSED, {}, "PERIOD_CLOSED"),
        (planted.TAXED, {}, "TAX_GROUP_UNKNOWN"),
        (planted.PERIOD_CLOSED, {"gross": "1.00"}, "TOTALS_DIFFER"),
        (planted.PERIOD_CLOSED, {"psa_number": "PRJ-0"}, "PROJECT_UNKNOWN"),
        (planted.PERIOD_CLOSED, {"psa_number": planted.NO_RULE}, "NO_BILLING_RULE"),
        (planted.PERIOD_CLOSED, {"customer_number": "CL-999"}, "CUSTOMER_UNKNOWN"),
        (planted.PERIOD_CLOSED, {"lines": []}, "FIELD_REQUIRED"),
    ],
)
def test_the_erp_refuses_in_words_of_its_trade(firm: House, customer, change, code):
    given = _posting(firm, _open(customer)[0]) | change
    for line in given["lines"]:
        line["tax_group"] = line["tax_group"].replace("V20", "V19")
    before = firm.systems.erp.store.count("postings")
    status, told = firm.caller.call("erp", "POST", "/api/postings", body=given)
    assert (status, told["error"]["code"]) == (400, code)
    assert firm.systems.erp.store.count("postings") == before


def test_a_project_that_looks_like_one_without_a_number_is_refused(firm: House):
    given = {
        "psa_number": planted.UNKNOWN_PROJECT,
        "name": "Timetable platform",
        "customer_number": "CL-102",
        "company": "MC-DE",
        "cost_centre": "CC510",
    }
    status, told = firm.caller.call("erp", "POST", "/api/projects", body=given)
    assert (status, told["error"]["code"]) == (409, "DUPLICATE")
    assert planted.ERP_CODE in told["error"]["message"]


def _charge(**more: str) -> dict[str, str]:
    return {
        "customer": "cus_00000106",
        "amount": "84000",
        "currency": "eur",
        "tax_code": "S-STD",
        "service_date": "2026-10-22",
        "description": "Tariff calculation, 2026-10-22",
        "metadata[reference]": "TE-1",
        **more,
    }


def test_billing_ignores_idempotency_keys_so_one_has_to_look(firm: House):
    for _ in range(2):
        assert firm.caller.call("billing", "POST", "/v1/items", form=_charge())[0] == 201
    assert len(firm.caller.billing("items", "&external_reference=TE-1")) == 2


def test_a_receipt_is_charged_once(firm: House):
    twice = next(line for line in build().lines if line.id == "EX-9001")
    given = _charge(**{"metadata[reference]": "EX-9001", "metadata[receipt]": twice.receipt})
    status, told = firm.caller.call("billing", "POST", "/v1/items", form=given)
    assert (status, told["errors"][0]["code"]) == (409, "duplicate")


def test_one_charge_is_made_although_its_answer_is_late():
    with house(hang=1.5) as firm:
        reference = times_out(build()).id
        given = _charge(**{"metadata[reference]": reference})
        asked = threading.Thread(
            target=firm.caller.call, args=("billing", "POST", "/v1/items"), kwargs={"form": given}
        )
        asked.start()
        time.sleep(0.7)
        assert asked.is_alive()
        assert len(firm.caller.billing("items", f"&external_reference={reference}")) == 1
        asked.join()
        began = time.monotonic()
        assert firm.caller.call("billing", "POST", "/v1/items", form=given)[0] == 201
        assert time.monotonic() - began < 1.0


def test_news_of_an_invoice_are_signed_as_the_description_says():
    heard: list[Request] = []

    def listen(request: Request) -> Response:
        heard.append(request)
        return Response(204, b"")

    listener = Server(listen, port=0)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    with house(webhook=f"{listener.url}/hooks/billing") as firm:
        billing = firm.systems.billing
        invoice = billing.store.newest("invoices", Wanted({}, limit=1))[0].record
        billing.tell("item.created", {"id": "not told"})
        billing.tell("invoice.issued", invoice)
        deadline = time.monotonic() + 5
        while not heard and time.monotonic() < deadline:
            time.sleep(0.05)
    listener.shutdown()
    listener.server_close()
    [request] = heard
    described = Webhook(
        header="Ledgerline-Signature",
        signed="{t}.{body}",
        event_id="id",
        type="type",
        object="data.object",
    )
    told = {"secrets": ["the-webhook-secret"], "headers": request.headers, "now": NOW}
    event = receive(described, body=request.body, **told)
    assert (event.type, event.object) == ("invoice.issued", invoice)
    with pytest.raises(WebhookRefused):
        receive(described, body=request.body.replace(b"issued", b"voided"), **told)


def test_a_record_is_corrected_on_its_own_page_and_changes_for_all(firm: House):
    caller = firm.caller
    entry = max((one for one in build().lines if one.quarters == 300), key=lambda one: one.id)
    path = f"/records/time_entries/{entry.id}"
    status, shown = caller.raw("psa", "GET", path, None, {})
    assert (status, 'value="75.00"' in shown) == (200, True)
    before = caller.call("psa", "GET", f"/api/v2/time_entries/{entry.id}")[1]
    status, _ = caller.raw("psa", "POST", path, b"hours=7.50&service=data", {})
    assert status == 200
    after = caller.call("psa", "GET", f"/api/v2/time_entries/{entry.id}")[1]
    assert (after["hours"], after["service"]) == ("7.50", "data")
    assert float(after["amount"]) * 10 == float(before["amount"])
    assert after["updated_at"] > before["updated_at"]


def test_every_system_has_a_page_with_links_to_its_records(firm: House):
    for system in ("crm", "psa", "billing", "erp"):
        status, shown = firm.caller.raw(system, "GET", "/", None, {})
        assert status == 200
        link = shown.split('href="/records/')[1].split('"')[0]
        assert firm.caller.raw(system, "GET", f"/records/{link}", None, {})[0] == 200


def test_a_period_is_reopened_at_the_erp(firm: House):
    path = "/records/periods/MC-DE.2026-09"
    firm.caller.raw("erp", "POST", path, b"status=open", {})
    [period] = firm.caller.erp("periods", "id eq 'MC-DE.2026-09'")
    assert period["status"] == "open"
    firm.caller.raw("erp", "POST", path, b"status=closed", {})


def test_work_is_turned_on_and_off_by_those_who_may(firm: House):
    assert firm.caller.raw("psa", "GET", "/control", None, {})[0] == 401
    shown = {"X-Control": CONTROL}
    status, told = firm.caller.raw("psa", "POST", "/control/work", b'{"work": "on"}', shown)
    assert (status, told["work"]) == (200, "on")
    status, told = firm.caller.raw("erp", "POST", "/control/work", b'{"work": "off"}', shown)
    assert (status, told["work"]) == (200, "off")
    assert firm.caller.raw("erp", "POST", "/control/work", b"{}", shown)[0] == 400


def test_a_page_of_a_thousand_comes_within_milliseconds(firm: House):
    firm.caller.proof("psa")
    began = time.monotonic()
    for _ in range(5):
        firm.caller.call("psa", "GET", "/api/v2/time_entries?limit=1000")
    assert (time.monotonic() - began) / 5 < 0.2
