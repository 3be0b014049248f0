"""Claims about random schemas and edits, held against another implementation."""

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from schema_strategies import (
    ANY_SCHEMA,
    INSTANCES,
    SCHEMAS,
    api_claims_hold,
    claims_hold,
    edited,
    judge,
    rewritten,
    specification,
    valid,
)

from governance.compatibility.engine import compare, load

FEW = settings(
    max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@FEW
@given(st.data())
def test_no_instance_contradicts_a_verdict_and_every_witness_is_real(data: st.DataObject) -> None:
    old = data.draw(ANY_SCHEMA)
    assume(valid(old))
    new = data.draw(edited(old))
    assume(valid(new))
    claims_hold(old, new, data.draw(st.lists(INSTANCES, max_size=6)))


@FEW
@given(SCHEMAS)
def test_a_schema_and_itself_give_no_finding(schema: object) -> None:
    assume(valid(schema))
    result = judge(schema, schema)
    assert (result.verdict, result.findings) == ("compatible", [])


@FEW
@given(st.data())
def test_another_spelling_gives_no_finding(data: st.DataObject) -> None:
    old = data.draw(SCHEMAS)
    assume(valid(old))
    new = data.draw(rewritten(old))
    assume(valid(new))
    result = judge(old, new)
    assert (result.verdict, result.findings) == ("compatible", [])


@FEW
@given(st.data(), st.sampled_from(["request", "response"]))
def test_an_api_without_reservations_has_no_payload_against_it(
    data: st.DataObject, way: str
) -> None:
    old = data.draw(SCHEMAS)
    assume(valid(old))
    new = data.draw(edited(old))
    assume(valid(new))
    api_claims_hold(old, new, way)


@FEW
@given(st.data(), st.sampled_from(["request", "response"]))
def test_another_spelling_of_an_api_gives_no_finding(data: st.DataObject, way: str) -> None:
    old = data.draw(SCHEMAS)
    assume(valid(old))
    new = data.draw(rewritten(old))
    assume(valid(new))
    assert compare(load(specification(old, way)), load(specification(new, way))).findings == []


@FEW
@given(st.data())
def test_forward_is_backward_the_other_way_round(data: st.DataObject) -> None:
    old, new = data.draw(SCHEMAS), data.draw(SCHEMAS)
    assume(valid(old) and valid(new))
    assert judge(old, new, "forward").verdict == judge(new, old, "backward").verdict
    full = {judge(old, new, "forward").verdict, judge(old, new, "backward").verdict}
    worst = next(v for v in ("incompatible", "not_checked", "compatible") if v in full)
    assert judge(old, new, "full").verdict == worst
