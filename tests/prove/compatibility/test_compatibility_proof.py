"""The same claims as in the everyday suite, by the hundred thousand (`make prove`)."""

import sys
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "governance" / "compatibility"))

from schema_strategies import (
    ANY_SCHEMA,
    INSTANCES,
    SCHEMAS,
    api_claims_hold,
    claims_hold,
    edited,
    judge,
    rewritten,
    valid,
)

CALM = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}
MANY = settings(max_examples=60_000, **CALM)
HALF = settings(max_examples=20_000, **CALM)


@MANY
@given(st.data())
def test_no_instance_contradicts_a_verdict_and_every_witness_is_real(data: st.DataObject) -> None:
    old = data.draw(ANY_SCHEMA)
    assume(valid(old))
    new = data.draw(edited(old))
    assume(valid(new))
    claims_hold(old, new, data.draw(st.lists(INSTANCES, max_size=6)))


@HALF
@given(st.data())
def test_another_spelling_gives_no_finding(data: st.DataObject) -> None:
    old = data.draw(SCHEMAS)
    assume(valid(old))
    new = data.draw(rewritten(old))
    assume(valid(new))
    result = judge(old, new)
    assert (result.verdict, result.findings) == ("compatible", [])


@HALF
@given(st.data(), st.sampled_from(["request", "response"]))
def test_an_api_without_reservations_has_no_payload_against_it(
    data: st.DataObject, way: str
) -> None:
    old = data.draw(SCHEMAS)
    assume(valid(old))
    new = data.draw(edited(old))
    assume(valid(new))
    api_claims_hold(old, new, way)
