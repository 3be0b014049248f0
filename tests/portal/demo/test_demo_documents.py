"""The sample firm's registry is what the governed documents allow, and its proposals differ."""

from __future__ import annotations

from governance.approvals import subjects
from governance.catalog.connector_grammar import parse
from governance.catalog.specifications import store_specification
from portal.demo import documents
from portal.demo.psa.firm import CLIENTS, SERVICES

ADDRESSES = {"psa": "http://127.0.0.1:1", "billing": "http://127.0.0.1:2"}


def test_every_document_of_the_first_day_is_well_formed():
    items = subjects.parse_items(documents.foundation(ADDRESSES))
    kinds = {item.kind for item in items}
    assert kinds >= {"domain", "role_grant", "connection", "authority", "mapping", "flow"}
    assert {item.slug for item in items if item.kind == "flow"} == {
        "clients-to-billing",
        "time-to-billing",
    }


def test_connections_get_the_addresses_of_this_start():
    items = documents.foundation(ADDRESSES)
    held = {
        item["document"]["slug"]: item["document"]["base_url"]
        for item in items
        if item["kind"] == "connection"
    }
    assert held == ADDRESSES


def test_connector_descriptions_parse():
    for path in (documents.HERE / "connectors").glob("*.yaml"):
        assert parse(path.read_text())["connector"] == path.stem


def test_everyone_in_a_seat_or_role_has_an_account():
    known = {one.username for one in documents.people()}
    named = set()
    for item in documents.foundation(ADDRESSES):
        document = item["document"]
        for seats in ("owners", "stewards", "finance_owners", "members"):
            named |= set(document.get(seats, ()))
        if item["kind"] == "role_grant":
            named.add(document["person"])
    assert named == known


def test_a_proposal_changes_what_it_says_and_nothing_else():
    first, second = documents.proposals()
    [version] = first.items
    assert version["document"]["version"] == "1.1.0"
    assert "approved_by" in version["document"]["schema"]["properties"]
    assert "approved_by" not in version["document"]["schema"]["required"]
    [mapping] = second.items
    before = next(
        item["document"]
        for item in documents.foundation(ADDRESSES)
        if item["kind"] == "mapping" and item["document"]["slug"] == "time-to-items"
    )
    after = mapping["document"]
    rules = list(zip(before["effects"][0]["body"], after["effects"][0]["body"], strict=True))
    assert [new["to"] for old, new in rules if old != new] == ["description"]
    assert before["read"] == after["read"]


def test_only_training_has_no_tax_code():
    [rows] = [
        item["document"]["rows"]
        for item in documents.foundation(ADDRESSES)
        if item["kind"] == "value_map"
    ]
    assert {row["from"] for row in rows} == set(SERVICES)


def test_one_client_is_a_prospect():
    assert [one.status for one in CLIENTS].count("prospect") == 1


def test_the_specifications_are_valid_openapi_and_the_versions_name_them(db):
    stored = {store_specification(content).digest for content in documents.specifications()}
    named = {
        item["document"]["specification"]
        for item in documents.foundation(ADDRESSES)
        if item["kind"] == "api_version"
    }
    assert named == stored
