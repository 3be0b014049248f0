"""What Meridian Consulting agreed is what governed documents allow, and its proposals differ."""

from __future__ import annotations

from typing import Any

import pytest

from governance.agreements.checking import refuse_bad_mapping
from governance.approvals import subjects
from governance.catalog.connector_grammar import parse
from governance.catalog.specifications import store_specification
from portal.demo import charter

ADDRESSES = {
    name: f"http://127.0.0.1:{n}" for n, name in enumerate(("crm", "psa", "billing", "erp"))
}


def documents(kind: str) -> list[dict[str, Any]]:
    return [item["document"] for item in charter.foundation(ADDRESSES) if item["kind"] == kind]


def test_every_document_of_the_first_day_is_well_formed():
    parsed = subjects.parse_items(charter.foundation(ADDRESSES))
    assert len([item for item in parsed if item.kind == "flow"]) == 23


def test_every_mapping_compiles_with_the_value_maps_of_the_firm():
    maps = {
        one["slug"]: {"rows": {row["from"]: row["to"] for row in one["rows"]}}
        for one in documents("value_map")
    }
    for mapping in documents("mapping"):
        refuse_bad_mapping(mapping, maps)


def test_connections_get_the_addresses_of_this_start():
    assert {one["slug"]: one["base_url"] for one in documents("connection")} == ADDRESSES


def test_connector_descriptions_parse_and_have_the_objects_that_flows_read_and_write():
    objects = {
        path.stem: parse(path.read_text())["objects"]
        for path in (charter.HERE / "connectors").glob("*.yaml")
    }
    of = {one["slug"]: objects[one["connector"]] for one in documents("connection")}
    effects = {one["slug"]: one["effects"] for one in documents("mapping")}
    for flow in documents("flow"):
        assert flow["source"]["object"] in of[flow["source"]["connection"]]
        for effect in effects[flow["mapping"]]:
            assert effect["object"] in of[flow["target"]["connection"]]


def test_what_only_watches_has_no_effects_and_what_writes_has():
    effects = {one["slug"]: one["effects"] for one in documents("mapping")}
    for flow in documents("flow"):
        assert bool(effects[flow["mapping"]]) == (flow.get("mode", "") != "observe"), flow["slug"]


def test_everyone_in_a_seat_role_or_team_has_an_account():
    known = {one.username for one in charter.people()}
    named = {one["person"] for one in documents("role_grant")}
    for document in (*documents("domain"), *documents("team")):
        for seats in ("owners", "stewards", "finance_owners", "members"):
            named |= set(document.get(seats, ()))
    assert named == known


def test_every_flow_says_whose_its_cases_are():
    teams = {one["slug"] for one in documents("team")}
    paths = {one["slug"] for one in documents("escalation_path")}
    for flow in documents("flow"):
        assert flow["team"] in teams
        assert flow["escalation_path"] in paths


def test_the_planted_rows_are_missing_and_all_others_there():
    rows = {one["slug"]: {row["from"] for row in one["rows"]} for one in documents("value_map")}
    assert "S-FS20" not in rows["ledger-tax-group"]
    assert "energy-trading" not in rows["workstream-cost-centre"]
    assert "data-platform" in rows["workstream-cost-centre"]


def test_the_specifications_are_valid_openapi_and_the_versions_name_them(db):
    stored = {store_specification(content).digest for content in charter.specifications()}
    named = {one["specification"] for one in documents("api_version")}
    proposed = {
        item["document"]["specification"]
        for one in charter.proposals()
        for item in one.items
        if item["kind"] == "api_version"
    }
    assert named | proposed == stored


def test_net_becomes_gross_in_the_meaning_alone():
    request = charter.proposals()[0]
    held = {item["kind"]: item["document"] for item in request.items}
    version = held["data_contract_version"]
    before = next(one for one in documents("data_contract_version") if one["contract"] == "invoice")
    assert version["schema"] == before["schema"]
    changed = {n for n, one in version["fields"].items() if one != before["fields"][n]}
    assert changed == {"amount"}
    assert (before["fields"]["amount"]["tax_basis"], version["fields"]["amount"]["tax_basis"]) == (
        "net",
        "gross",
    )
    flows = [i["document"]["slug"] for i in request.items if i["kind"] == "flow"]
    assert flows == ["invoices-in-billing", "invoices-to-erp"]


@pytest.mark.parametrize("kind", ["data_contract_version", "mapping", "flow"])
def test_a_proposal_leaves_the_first_day_alone(kind):
    before = documents(kind)
    charter.proposals()
    assert documents(kind) == before
