"""A dry run shows what a replay would do, and does nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from integrations.cases import services as cases
from integrations.cases.models import Case
from integrations.cases.queries import Money
from integrations.connectors.stores import store
from integrations.errors import NeedsAPerson, Refused
from integrations.messages.models import InboxMessage, Operation
from integrations.sync.delivery import drain
from integrations.sync.lifecycle import Trigger
from integrations.sync.replays import DryRun, look_ahead, replay
from integrations.sync.services import execute, plan, start
from tests.firm import NOW, mapping_item, register, value_map_item
from tests.integrations.sync.test_runs import entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(firm):
    """Reads and plans these records."""

    def run(*records: dict[str, Any]) -> None:
        store("psa-main").put_many("time", records)
        made = start(flow=firm.flow, by=None, trigger=Trigger.SLOT, now=NOW)
        execute(run_id=made.pk, now=NOW)

    return run


def told(chosen: Any, **more: Any) -> DryRun:
    return look_ahead(list(chosen), now=NOW, **more)


def test_a_record_that_is_still_wrong_would_fail_again(bring):
    bring(entry(1, role="partner"))
    case = Case.objects.get()
    seen = told([case])
    assert (seen.count, seen.effects, seen.money) == (1, 0, [])
    assert seen.refused == {case.pk: case.title}


def test_after_the_value_map_grew_the_dry_run_shows_writes_and_money(bring, firm):
    bring(entry(1, role="partner"), entry(2, role="partner", amount=Decimal("50.10")))
    register([value_map_item(("partner", "PAR"))])
    seen = told(Case.objects.order_by("pk"))
    assert (seen.count, seen.effects, seen.refused) == (2, 2, {})
    assert seen.money == [Money("EUR", 125_010)]
    assert seen.samples[0].effects[0].write["body"]["role"] == "PAR"
    assert set(Case.objects.values_list("state", flat=True)) == {"open"}
    assert set(InboxMessage.objects.values_list("state", flat=True)) == {"rejected"}
    assert Operation.objects.count() == 0


def test_only_what_differs_from_the_last_plan_is_named(bring):
    bring(entry(1))
    store("billing-main").fail_next(1, NeedsAPerson("no such project", klass="data", status=422))
    drain(connection="billing-main", now=NOW)
    case = Case.objects.get()
    assert told([case]).samples[0].effects[0].differences == []
    [effect] = told([case], changes={"/hours": "7.5"}).samples[0].effects
    assert [(one.pointer, one.before, one.after) for one in effect.differences] == [
        ("/body/quantity", "8.0", "7.5")
    ]


def test_a_new_mapping_shows_in_the_differences(bring):
    bring(entry(1))
    store("billing-main").fail_next(1, NeedsAPerson("no such project", klass="data", status=422))
    drain(connection="billing-main", now=NOW)
    document = mapping_item()["document"]
    document["effects"][0] = {
        **document["effects"][0],
        "body": [
            *document["effects"][0]["body"],
            {"to": "memo", "from": "customer", "default": "none"},
        ],
    }
    register([{"kind": "mapping", "document": document}])
    [effect] = told([Case.objects.get()]).samples[0].effects
    assert [(one.pointer, one.before, one.after) for one in effect.differences] == [
        ("/body/memo", None, "none")
    ]


@pytest.mark.parametrize("count", [1, 9])
def test_a_dry_run_costs_the_same_for_any_number(bring, count, django_assert_num_queries):
    bring(*[entry(number, role="partner") for number in range(count)])
    chosen = list(Case.objects.order_by("pk"))
    with django_assert_num_queries(5):
        assert told(chosen).count == count


def test_the_replay_itself_heals_what_the_change_mended(bring, firm, person):
    bring(entry(1, role="partner"))
    register([value_map_item(("partner", "PAR"))])
    case = Case.objects.get()
    assert isinstance(replay(case=case, by=person("stan"), dry_run=True, now=NOW), DryRun)
    with pytest.raises(Refused, match="say why"):
        replay(case=case, by=person("stan"), now=NOW)
    replay(case=case, by=person("stan"), reason="role added", now=NOW)
    plan(flow_id=firm.flow_id, now=NOW)
    drain(connection="billing-main", now=NOW)
    case.refresh_from_db()
    assert (case.state, Operation.objects.get().state) == ("resolved", "applied")
    assert store("billing-main").records("item")[0].data["role"] == "PAR"


def test_a_signed_correction_reaches_the_target(bring, firm, person):
    bring(entry(1))
    store("billing-main").fail_next(1, NeedsAPerson("too many hours", klass="data", status=422))
    drain(connection="billing-main", now=NOW)
    case = Case.objects.get()
    changes = {"/hours": "7.5", "/amount": "1125.00"}
    cases.correct(case=case, by=person("stan"), reason="typo", changes=changes, now=NOW)
    cases.sign(case=case, by=person("stella"), reason="checked", now=NOW)
    plan(flow_id=firm.flow_id, now=NOW)
    drain(connection="billing-main", now=NOW)
    case.refresh_from_db()
    sent = store("billing-main").records("item")[0].data
    assert (case.state, sent["quantity"], sent["amount_minor"]) == ("resolved", "7.5", 112_500)
    assert len(store("billing-main").effects) == 1


def test_a_connections_case_has_nothing_to_show(firm):
    case = cases.open_case(
        klass="auth", title="x", detail={}, connection="psa-main", agreement=firm, now=NOW
    )
    assert told([case]).samples[0].effects == []
