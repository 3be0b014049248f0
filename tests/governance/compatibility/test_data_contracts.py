"""Data contracts as those who read and those who write see them."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from shared_cases import shared

from governance.compatibility.engine import BadDocument, Comparison, Policy, compare, load
from governance.compatibility.meanings import compare_fields

JSON = dict[str, Any]
CONTRACT: JSON = {
    "apiVersion": "v3.1.0",
    "kind": "DataContract",
    "id": "invoices",
    "version": "1.0.0",
    "status": "active",
    "team": {"name": "finance", "members": [{"username": "ada", "role": "Data Owner"}]},
    "schema": [
        {
            "name": "invoice",
            "physicalName": "inv",
            "physicalType": "table",
            "properties": [
                {"name": "id", "logicalType": "string", "primaryKey": True, "required": True},
                {
                    "name": "net",
                    "logicalType": "number",
                    "required": True,
                    "classification": "internal",
                    "customProperties": [{"property": "unit", "value": "EUR"}],
                    "quality": [{"metric": "nullValues", "mustBeLessThan": 5}],
                },
                {
                    "name": "status",
                    "logicalType": "string",
                    "enum": [{"value": "draft"}, {"value": "open"}],
                    "relationships": [{"to": "a.id"}],
                },
                {
                    "name": "due",
                    "logicalType": "date",
                    "physicalType": "varchar(10)",
                    "logicalTypeOptions": {"format": "yyyy-MM-dd", "minimum": "2020-01-01"},
                },
                {
                    "name": "at",
                    "logicalType": "timestamp",
                    "logicalTypeOptions": {"timezone": True, "defaultTimezone": "UTC"},
                },
            ],
        }
    ],
    "slaProperties": [{"property": "latency", "value": 4, "unit": "h"}],
    "servers": [
        {
            "server": "prod",
            "type": "postgres",
            "host": "db.example",
            "port": 5432,
            "database": "books",
            "schema": "public",
        }
    ],
    "roles": [{"role": "reader", "access": "read"}],
}
Edit = Callable[[JSON], Any]


def field(contract: JSON, name: str) -> JSON:
    fields: list[JSON] = contract["schema"][0]["properties"]
    return next(part for part in fields if part["name"] == name)


def edited(edit: Edit) -> JSON:
    made = copy.deepcopy(CONTRACT)
    edit(made)
    return made


def judged(edit: Edit, perspective: str = "consumer") -> Comparison:
    old, new = load(CONTRACT), load(edited(edit))
    return compare(old, new, policy=Policy(perspective=perspective))


def drop(name: str) -> Edit:
    return lambda c: c["schema"][0]["properties"].remove(field(c, name))


def put(name: str, **words: Any) -> Edit:
    return lambda c: field(c, name).update(words)


def options(name: str, **words: Any) -> Edit:
    return lambda c: field(c, name)["logicalTypeOptions"].update(words)


def add(**words: Any) -> Edit:
    return lambda c: c["schema"][0]["properties"].append(words)


def sla(**words: Any) -> Edit:
    return lambda c: c["slaProperties"][0].update(words)


CASES: list[tuple[str, Edit, str, str]] = [
    ("a field goes", drop("due"), "incompatible", "compatible"),
    ("a field comes", add(name="x", logicalType="string"), "compatible", "compatible"),
    ("a required field comes", add(name="x", logicalType="string", required=True),
     "compatible", "incompatible"),
    ("a field may be empty", put("net", required=False), "incompatible", "compatible"),
    ("a field must be given", put("due", required=True), "compatible", "incompatible"),
    ("another type", put("due", logicalType="timestamp"), "incompatible", "incompatible"),
    ("a wider type", put("net", logicalType="string"), "incompatible", "incompatible"),
    ("a longer column", put("due", physicalType="varchar(20)"), "compatible", "compatible"),
    ("another column type", put("due", physicalType="date"), "incompatible", "incompatible"),
    ("another unit", put("net", customProperties=[{"property": "unit", "value": "cents"}]),
     "incompatible", "incompatible"),
    ("another class", put("net", classification="public"), "incompatible", "incompatible"),
    ("a value goes", put("status", enum=[{"value": "open"}]), "compatible", "incompatible"),
    ("quality is loosened", put("net", quality=[{"metric": "nullValues", "mustBeLessThan": 9}]),
     "incompatible", "compatible"),
    ("quality is tightened", put("net", quality=[{"metric": "nullValues", "mustBeLessThan": 2}]),
     "compatible", "incompatible"),
    ("a worse level", sla(value=2, unit="d"), "incompatible", "compatible"),
    ("a better level", sla(value=30, unit="min"), "compatible", "incompatible"),
    ("the same level", sla(value=240, unit="min"), "compatible", "compatible"),
    ("another host", lambda c: c["servers"][0].update(host="other.example"),
     "incompatible", "incompatible"),
    ("a role goes", lambda c: c["roles"].clear(), "incompatible", "incompatible"),
    ("another owner", lambda c: c["team"]["members"][0].update(username="bob"),
     "incompatible", "incompatible"),
    ("another table", lambda c: c["schema"][0].update(physicalName="inv2"),
     "incompatible", "incompatible"),
    ("dates written otherwise", options("due", format="dd.MM.yyyy"),
     "incompatible", "incompatible"),
    ("a date that became a moment, written alike", put("due", logicalType="timestamp"),
     "incompatible", "incompatible"),
    ("an earlier first day", options("due", minimum="2019-01-01"), "incompatible", "compatible"),
    ("a later first day", options("due", minimum="2021-01-01"), "compatible", "incompatible"),
    ("times without zone", options("at", timezone=False), "incompatible", "incompatible"),
    ("another zone", options("at", defaultTimezone="Asia/Tokyo"), "incompatible", "incompatible"),
    ("nothing to join with", lambda c: field(c, "status").pop("relationships"),
     "incompatible", "compatible"),
    ("another thing to join with", put("status", relationships=[{"to": "b.id"}]),
     "incompatible", "incompatible"),
    ("a value comes", put("status", enum=[{"value": name} for name in ("draft", "open", "sent")]),
     "incompatible", "compatible"),
    ("the same physical name, told", put("net", physicalName="net"), "compatible", "compatible"),
    ("the same physical type, in capitals", put("due", physicalType="VARCHAR (10)"),
     "compatible", "compatible"),
    ("a table became a view", lambda c: c["schema"][0].update(physicalType="view"),
     "compatible", "compatible"),
    ("a quality rule that only warns", put("net", quality=[
        {"metric": "nullValues", "mustBeLessThan": 5, "severity": "warning"}]),
     "incompatible", "compatible"),
    ("a border that belongs to the range", put("net", quality=[
        {"metric": "nullValues", "mustBeLessOrEqualTo": 5}]), "incompatible", "compatible"),
    ("members without a team", lambda c: c.update(team=c["team"]["members"]),
     "compatible", "compatible"),
    ("words only", put("net", description="more", tags=["a"]), "compatible", "compatible"),
    ("another order", lambda c: c["schema"][0]["properties"].reverse(),
     "compatible", "compatible"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "reads", "writes"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])  # fmt: skip
def test_readers_and_writers_are_broken_by_different_changes(
    edit: Edit, reads: str, writes: str
) -> None:
    assert (judged(edit).verdict, judged(edit, "producer").verdict) == (reads, writes)


def test_findings_stand_where_the_contract_was_written() -> None:
    assert judged(put("due", logicalType="timestamp")).findings[0].new_pointer == (
        "/schema/0/properties/3/logicalType"
    )


@pytest.mark.parametrize(
    ("version", "steps"), [("1.0.1", 1), ("1.1.0", 1), ("2.0.0", 0), ("1.0.0", 1)]
)
def test_the_declared_step_must_be_at_least_the_computed_one(version: str, steps: int) -> None:
    def edit(contract: JSON) -> None:
        drop("due")(contract)
        contract["version"] = version

    rules = [finding.rule for finding in judged(edit).findings]
    assert rules.count("contract-version-step") == steps
    assert judged(edit).bump == "major"


def test_field_meanings_of_a_data_contract() -> None:
    old = {"net": {"unit": "EUR", "tax_basis": "net", "meaning": ""}}
    new = {"net": {"unit": "EUR", "tax_basis": "gross", "meaning": "after discount"}}
    assert [(f.rule, f.level.value, f.new_pointer) for f in compare_fields(old, new)] == [
        ("schema-tax-basis-changed", "breaking", "/fields/net/tax_basis"),
        ("schema-meaning-stated", "info", "/fields/net/meaning"),
    ]


@pytest.mark.parametrize(
    "edit",
    [
        lambda c: c.update(unknown=1),
        lambda c: c.update(apiVersion="v4.0.0"),
        lambda c: c.pop("version"),
        put("status", enum=[]),
        put("status", logicalType="map"),
        put("net", quality=[{"type": "sql"}]),
        put("net", quality=[{"metric": "rowCount", "mustBeBetween": [1]}]),
    ],
)
def test_a_contract_that_is_none_is_refused(edit: Edit) -> None:
    with pytest.raises(BadDocument):
        load(edited(edit), "odcs")


def test_official_examples_are_read_and_official_errors_refused() -> None:
    for path in sorted(shared("odcs/examples").glob("*.yaml")):
        document = load(path.read_bytes(), "odcs")
        assert compare(document, document).findings == []
    for path in sorted(shared("odcs/must-reject").glob("*.yaml")):
        with pytest.raises(BadDocument):
            load(path.read_bytes(), "odcs")
