"""What has to hold before anybody may approve, and which class follows from the items."""

from __future__ import annotations

from copy import deepcopy

import pytest

from governance.approvals import gating, services, subjects
from governance.approvals.gates import GateOutcome
from governance.approvals.lifecycle import GateVerdict
from governance.approvals.models import Activation, GateResult
from governance.approvals.steps import current
from governance.approvals.verdicts import Judgement, judge
from governance.authority.models import AuthorityAssignment
from governance.errors import GateClosed
from governance.flows.models import Flow
from tests import firm as sample
from tests.firm import NOW
from tests.governance.approvals.acts import LATER, every, opened, state, submitted, voted


def verdicts(request) -> dict[str, str]:
    rows = GateResult.objects.filter(revision=current(request))
    return dict(rows.values_list("gate", "verdict"))


def reason(request, gate: str) -> str:
    return GateResult.objects.get(revision=current(request), gate=gate).reason


def authority(system: str, first: str, until: str | None = None):
    return {
        "kind": "authority",
        "document": {
            "entity": "time-entry",
            "group": "money",
            "system": system,
            "domain": "delivery",
            "effective_from": first,
            **({"effective_to": until} if until else {}),
        },
    }


def entity_without(name: str):
    item = next(one for one in sample.base_items() if one["kind"] == "entity")
    item = deepcopy(item)
    for group in item["document"]["groups"]:
        group["attributes"] = [one for one in group["attributes"] if one["name"] != name]
    return item


class Broken:
    """A gate whose evidence cannot be had."""

    name = "freeze"
    title = "Outside freezes"

    def run(self, request, revision, now) -> GateOutcome:
        raise OSError("the calendar does not answer")


class Red:
    """A gate from another layer."""

    name = "shadow_replay"
    title = "Shadow replay of recent messages"

    def run(self, request, revision, now) -> GateOutcome:
        return GateOutcome(GateVerdict.RED, "3 of 200 messages fail", {"failed": 3})


def test_an_agreement_that_could_not_run_is_red_before_anyone_votes(person):
    request = opened(person("otto"), sample.mapping_item(effects=[]))
    assert verdicts(request)["lint"] == "red"
    assert "a flow that replicates needs a mapping with an effect" in reason(request, "lint")


def test_a_milestone_that_a_flow_tells_cannot_leave_its_process(person):
    process = {
        "slug": "project-to-cash",
        "name": "Project to cash",
        "domain": "delivery",
        "milestones": [
            {"slug": "time-approved", "name": "Time approved", "unit": "line"},
            {"slug": "billable", "name": "Billable", "unit": "line"},
        ],
    }
    told = {"process": "project-to-cash", "milestone": "time-approved", "unit": "line"}
    flow = sample.flow_item(milestones=[told | {"key": "id", "at": "approved_at"}])
    sample.register([{"kind": "process", "document": process}, flow])

    def without(number: int):
        kept = [one for n, one in enumerate(process["milestones"]) if n != number]
        return opened(
            person("otto"), {"kind": "process", "document": process | {"milestones": kept}}
        )

    assert verdicts(without(1))["references"] == "green"
    assert reason(without(0), "references") == (
        "project-to-cash would lose time-approved, which the flow time-to-billing tells"
    )


def test_the_rehearsal_leaves_no_trace(person, running_flow):
    before = Flow.history.count()
    opened(person("otto"), every(5), sample.contract_version_item("1.1.0"))
    running_flow.refresh_from_db()
    assert running_flow.document["schedule"] == {"every": "PT1M"}
    assert running_flow.agreements.count() == 1
    assert Flow.history.count() == before


def test_two_systems_of_record_on_the_same_days_are_red(person):
    request = opened(person("otto"), authority("billing", "2026-01-01"))
    assert verdicts(request)["authority_overlap"] == "red"
    assert reason(request, "authority_overlap") == (
        "time-entry.money.everywhere.2026-01-01 and time-entry.money.everywhere.2020-01-01 "
        "would hold on the same days"
    )


def test_a_handover_ends_one_period_and_begins_the_next_in_either_order(person):
    items = [authority("billing", "2026-01-01"), authority("psa", "2020-01-01", "2026-01-01")]
    request = submitted(person("otto"), *items)
    assert (request.risk_class, [one["seat"] for one in request.rules]) == (
        "R3",
        ["owner", "platform_architect", "finance_owner"],
    )
    for username in ("olga", "ada", "fiona"):
        voted(request, person(username))
    assert len(services.activate_due(now=LATER)) == 1
    periods = AuthorityAssignment.objects.filter(group__slug="money", status="active")
    assert sorted(periods.values_list("system__slug", "effective_from__year")) == [
        ("billing", 2026),
        ("psa", 2020),
    ]


def test_a_field_that_an_active_mapping_writes_cannot_go(person):
    request = opened(person("otto"), entity_without("customer"))
    assert reason(request, "references") == (
        "time-entry would lose customer, which the mapping time-to-billing writes"
    )
    assert request.risk_class == "R3"


def test_what_is_named_has_to_be_active_or_come_along(person):
    opened(person("otto"), sample.value_map_item(slug="regions"))
    rules = [*sample.READ_RULES[:-1], {"to": "currency", "from": "c", "value_map": "regions"}]
    mapping = sample.mapping_item(read={"rules": rules})
    alone = opened(person("otto"), mapping)
    together = opened(person("otto"), mapping, sample.value_map_item(slug="regions"))
    assert (verdicts(alone)["references"], verdicts(together)["references"]) == ("red", "green")


@pytest.mark.parametrize(
    ("to", "verdict"),
    [("webhook:psa-main", "green"), ("webhook:nowhere", "red"), ("team:nobody", "red")],
)
def test_an_escalation_path_tells_registered_teams_and_connections_alone(person, to, verdict):
    path = {"slug": "hours", "name": "Hours", "domain": "delivery"}
    document = {**path, "steps": [{"after": "PT1H", "to": to}]}
    request = opened(person("otto"), {"kind": "escalation_path", "document": document})
    assert verdicts(request)["references"] == verdict


def test_a_gate_that_fails_counts_as_not_run_and_blocks(person, settings):
    settings.GATES = [*settings.GATES, f"{__name__}.Broken"]
    request = opened(person("otto"), every(5))
    assert verdicts(request)["freeze"] == "not_run"
    with pytest.raises(GateClosed, match="Outside freezes"):
        services.submit(request=request, by=person("otto"), now=NOW)


def test_a_gate_of_another_layer_is_asked_again_at_the_moment_of_activation(person, settings):
    request = voted(submitted(person("otto"), every(5)), person("olga"))
    settings.GATES = [*settings.GATES, f"{__name__}.Red"]
    assert services.activate_due(now=LATER) == []
    assert (state(request), Activation.objects.count()) == ("in_review", 0)
    with pytest.raises(GateClosed, match="3 of 200 messages fail"):
        voted(request, person("olga"), now=LATER)


def test_a_gate_keeps_one_answer_for_each_revision(person):
    request = opened(person("otto"), every(5))
    gating.run_all(request, current(request), now=LATER)
    names = list(GateResult.objects.values_list("gate", flat=True))
    assert sorted(names) == sorted(set(names))


def test_an_author_who_asks_for_more_review_gets_it(person):
    request = submitted(person("otto"), every(5), raise_to="R3")
    assert (request.risk_class, [one["seat"] for one in request.rules]) == (
        "R3",
        ["owner", "platform_architect"],
    )
    assert request.class_reasons[0] == "R3: its author asked for more review than R2"


COMPATIBILITY = "governance.approvals.gates.Compatibility"


def version_with(**schema):
    return sample.contract_version_item("1.1.0", schema={**sample.TIME_SCHEMA, **schema})


def test_a_compatible_version_is_r1_and_asks_one_owner(person, settings):
    settings.GATES = [*settings.GATES, COMPATIBILITY]
    request = submitted(person("ada"), version_with(title="A time entry"))
    assert (request.risk_class, [one["seat"] for one in request.rules]) == ("R1", ["owner"])
    assert reason(request, "compatibility") == "it is compatible"


def test_a_breaking_version_is_r3_and_its_findings_are_shown(person, settings):
    settings.GATES = [*settings.GATES, COMPATIBILITY]
    kept = {k: v for k, v in sample.TIME_SCHEMA["properties"].items() if k != "amount"}
    required = [one for one in sample.TIME_SCHEMA["required"] if one != "amount"]
    item = version_with(properties=kept, required=required)
    item["document"]["fields"] = {"hours": {"unit": "HUR"}}
    request = submitted(person("otto"), item)
    assert (request.risk_class, [one["seat"] for one in request.rules]) == (
        "R3",
        ["owner", "platform_architect", "finance_owner"],
    )
    result = GateResult.objects.get(revision=current(request), gate="compatibility")
    judged = result.detail["time-entry@1.1.0"]
    assert (result.verdict, judged["verdict"]) == ("green", "incompatible")
    assert judged["count"] == len(judged["findings"]) > 0


def test_what_could_not_be_compared_is_not_checked_and_never_compatible(db):
    document = {"api": "time", "version": "2.0.0", "domain": "delivery", "specification": "b" * 64}
    [item] = subjects.parse_items([{"kind": "api_version", "document": document}])
    old = {**document, "version": "1.0.0", "specification": "a" * 64}
    judged = judge(item, old)
    assert judged == Judgement(
        "not_checked", not_checked=[{"message": "a specification is missing"}], shape="not_checked"
    )


def test_a_looser_schema_breaks_those_who_read_the_records(person):
    properties = {**sample.TIME_SCHEMA["properties"], "role": {"type": ["string", "integer"]}}
    request = opened(person("otto"), version_with(properties=properties))
    assert request.risk_class == "R3"
