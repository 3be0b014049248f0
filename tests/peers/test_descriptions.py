"""Each call of the connector descriptions does on the real systems what the description says.

After every write the effect is looked up again with the same `Write`, as after a lost answer: what
is found must be what was made. Before it, the look-up must find nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from governance.catalog.connector_grammar import parse
from integrations.connectors import services
from integrations.connectors.http import forget_connections
from integrations.connectors.port import Answer, ConnectionSpec, Connector, SourceRecord, Write
from integrations.connectors.registry import open_connector
from integrations.errors import NeedsAPerson
from tests.peers import proposal
from tests.peers.books import TAX, Billing, Erp, decimal
from tests.peers.rig import BILLING_KEY, ErpFacts, Peer

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)
TODAY = NOW.date().isoformat()
Open = Callable[[str], Connector]


@dataclass(frozen=True)
class Operator:
    """Who stores the secrets of this rig."""

    label: str = "peers rig"

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return perm == services.MANAGE


@pytest.fixture
def opened(
    erp_server: Peer, billing_server: Peer, facts: ErpFacts, settings: Settings, db: None
) -> Iterator[Open]:
    """Connectors by name of connection, opened as a run opens them."""
    peers = (erp_server, billing_server)
    settings.LOCAL_HOSTS = [f"127.0.0.1:{peer.port}" for peer in peers]
    for name, value in proposal.secrets(facts, BILLING_KEY).items():
        services.put_secret(name=name, value=value, by=Operator(), reason="rig", now=NOW)
    proposed = proposal.connections(erp_server, billing_server, facts)
    documents = {item["document"]["slug"]: item["document"] for item in proposed}

    def open_one(name: str) -> Connector:
        document = documents[name]
        text = proposal.description(document["connector"])
        side = {**document, "connection": name, "kind": "http", "connector": parse(text)}
        return open_connector(ConnectionSpec.from_agreement(side))

    yield open_one
    forget_connections()


Cursor = dict[str, Any]


def everything(
    connector: Connector, kind: str, cursor: Cursor | None = None
) -> tuple[list[SourceRecord], Cursor]:
    """All records from the cursor on, and the cursor of the next run."""
    records: list[SourceRecord] = []
    at = cursor or {}
    while True:
        page = connector.read(kind, cursor=at, limit=500, where={})
        records += page.records
        at = page.cursor
        if not page.more:
            return records, at


def only_paid(stripe: Connector) -> SourceRecord:
    paid, _ = everything(stripe, "paid_invoice")
    (record,) = [one for one in paid if one.data["payment_intent"]]
    return record


def done_once(connector: Connector, write: Write) -> Answer:
    """Make the effect and find it again; it was not there before."""
    assert connector.find(write) is None
    made = connector.write(write)
    found = connector.find(write)
    assert found is not None
    assert (found.id, found.existed) == (made.id, True)
    return made


CARD = {"object": "card", "number": "4242424242424242", "cvc": "123"}
CARD |= {"exp_month": "12", "exp_year": "2032"}


def account(stripe: Connector) -> tuple[str, str]:
    """A customer with a card, and the free retainer."""
    body: dict[str, Any] = {"name": "Client", "email": "payables001@client.example"}
    body |= {"metadata": {"reference": "2"}, "source": CARD}
    customer = done_once(stripe, Write("customer", "create", body, reference="2")).id
    body = {"customer": customer, "items": [{"plan": "plan_retainer"}]}
    return customer, done_once(stripe, Write("subscription", "create", body, reference="2")).id


def item(customer: str, subscription: str, line: dict[str, Any]) -> Write:
    """An item for a line of time as the ERP holds it."""
    number = str(line["id"])
    rate = decimal(line["work."]["origin."]["list_price"])
    cents = int(rate * Decimal(str(line["duration"]["seconds"])) / 36)
    metadata = {"reference": number, "project": "1", "project_name": "ENG-001"}
    body = {"customer": customer, "subscription": subscription, "amount": cents}
    body |= {"currency": "usd", "description": f"Entry {number}", "metadata": metadata}
    return Write("invoiceitem", "create", body, reference=number)


def booked(rest: Connector, invoice: str) -> str:
    """The ERP's invoice: drafted from the project, marked twice over, posted."""
    draft = Write("draft", "create", {}, path={"project": "1"}, reference="ENG-001")
    entry = done_once(rest, draft).id
    marks = {"reference": invoice, "invoice_date": TODAY}
    for _ in range(2):
        rest.write(Write("invoice", "update", marks, path={"id": entry}, reference=invoice))
    done_once(rest, Write("invoice", "post", {}, path={"id": entry}, reference=invoice))
    return entry


def test_every_party_project_and_line_of_time_is_read_once(opened: Open, facts: ErpFacts) -> None:
    rest, rpc = opened("tryton-rest"), opened("tryton-rpc")
    parties, _ = everything(rest, "party")
    projects, _ = everything(rest, "project")
    lines, _ = everything(rpc, "time_line")
    found = [{record.key for record in records} for records in (parties, projects, lines)]
    company = 1
    assert [len(keys) for keys in found] == [
        facts.customers + facts.employees + company,
        facts.projects,
        facts.lines,
    ]
    assert [len(parties), len(projects), len(lines)] == [len(keys) for keys in found]


def test_a_line_of_time_brings_its_rate_as_an_exact_number(opened: Open) -> None:
    lines, _ = everything(opened("tryton-rpc"), "time_line")
    first = next(record for record in lines if record.key == "1")
    task = first.data["work."]["origin."]
    assert first.data["duration"] == Decimal("16200.0")
    assert task["list_price"] == Decimal("190.0000")
    assert task["parent."] == {"id": 1, "name": "ENG-001", "party": 2}


def test_a_second_read_brings_only_versions_that_were_read_before(opened: Open) -> None:
    rest = opened("tryton-rest")
    first, cursor = everything(rest, "party")
    again, _ = everything(rest, "party", cursor)
    versions = {(record.key, record.version) for record in first}
    assert {(record.key, record.version) for record in again} <= versions


def test_project_to_cash_by_single_calls(opened: Open, billing: Billing, erp: Erp) -> None:
    """One project through both systems; every effect is found again by our reference."""
    stripe, rest, rpc = opened("stripe"), opened("tryton-rest"), opened("tryton-rpc")
    customer, retainer = account(stripe)
    for line in erp.time_lines():
        if line["work."]["origin."]["parent."]["name"] == "ENG-001":
            done_once(stripe, item(customer, retainer, line))
    body: dict[str, Any] = {"customer": customer, "description": "ENG-001", "tax_percent": "10"}
    invoice = done_once(stripe, Write("invoice", "create", body, reference="ENG-001")).id
    entry = booked(rest, invoice)
    done_once(stripe, Write("invoice", "pay", {}, path={"id": invoice}, reference=invoice))
    payment = only_paid(stripe).data
    amount = Decimal(payment["amount_paid"]).scaleb(-2)
    body = {"invoice": entry, "amount": amount, "date": TODAY}
    done_once(rpc, Write("payment", "create", body, reference=payment["payment_intent"]))

    (kept,) = erp.invoices()
    worth = erp.worked()["ENG-001"] * TAX
    assert (kept["state"], kept["reference"]) == ("paid", invoice)
    assert (decimal(kept["total_amount"]), amount) == (worth, worth)


def test_a_second_posting_is_refused_with_the_systems_own_words(opened: Open) -> None:
    rest = opened("tryton-rest")
    posted, _ = everything(rest, "invoice")
    write = Write("invoice", "post", {}, path={"id": posted[0].key}, reference="again")
    with pytest.raises(NeedsAPerson, match='You can not call "post"') as refusal:
        rest.write(write)
    assert refusal.value.klass == "data"


def test_a_second_payment_is_refused_with_the_systems_own_words(opened: Open) -> None:
    stripe = opened("stripe")
    settled = only_paid(stripe).key
    with pytest.raises(NeedsAPerson, match="Invoice is already paid"):
        stripe.write(Write("invoice", "pay", {}, path={"id": settled}, reference=settled))


def test_later_runs_read_the_events_feed_only(opened: Open) -> None:
    stripe = opened("stripe")
    _, cursor = everything(stripe, "paid_invoice")
    assert set(cursor) == {"since"}
    records, _ = everything(stripe, "paid_invoice", cursor)
    assert [record.data["status"] for record in records] == ["paid"]


def test_a_record_that_is_not_there_is_none(opened: Open) -> None:
    assert opened("stripe").fetch("invoice", "in_nothing") is None
    assert opened("tryton-rest").fetch("party", "999999") is None
