"""An agreement is what the active rows say, and nothing that they do not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance import canonical
from governance.agreements import queries, services
from governance.agreements.compiling import compile_document
from governance.agreements.models import Agreement
from governance.errors import InvalidDocument
from governance.flows.models import ValueMap
from tests.firm import NOW, flow_item, mapping_item, register, value_map_item

pytestmark = pytest.mark.django_db


def test_it_holds_all_that_a_run_needs(firm):
    document = firm.document
    assert canonical.digest(document) == firm.digest
    assert document["source"]["object"] == "time"
    assert document["target"]["connector"]["objects"]["item"]["write"]["upsert_by"] == "external_id"
    assert document["contract"]["version"] == "1.0.0"
    assert document["value_maps"]["role-codes"]["rows"] == {"consultant": "CON", "architect": "ARC"}
    assert [row["group"] for row in document["authority"]] == ["commercial", "money"]
    assert document["owners"]["owners"] == ["olga", "otto"]
    assert document["retry"] == {
        "limit": 8,
        "base_seconds": 2.0,
        "cap_seconds": 600.0,
        "patience_seconds": 14_400.0,
    }


def test_unchanged_content_keeps_the_running_agreement(firm):
    again = services.activate(firm.flow, now=NOW + timedelta(days=1))
    assert (again.pk, again.activated_at) == (firm.pk, NOW)


def test_a_new_row_of_a_value_map_makes_a_new_agreement(firm):
    register([value_map_item(("partner", "PAR"))])
    current = queries.active(firm.flow_id)
    assert current.number == 2
    assert current.document["value_maps"]["role-codes"]["rows"]["partner"] == "PAR"
    assert Agreement.objects.get(pk=firm.pk).status == "superseded"


def test_going_back_brings_the_earlier_agreement_back(firm):
    register([value_map_item(("partner", "PAR"))])
    register([value_map_item()])
    assert queries.active(firm.flow_id).pk == firm.pk
    assert Agreement.objects.filter(flow=firm.flow_id).count() == 2


def test_a_value_map_that_is_not_active_is_named(firm):
    ValueMap.objects.filter(slug="role-codes").update(status="retired")
    with pytest.raises(InvalidDocument, match="no active value map 'role-codes'"):
        compile_document(firm.flow)


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        (flow_item(lane="foo["), "/lane"),
        (flow_item(amount={"value": "a[", "currency": "c"}), "/amount/value"),
        (flow_item(contract="time-entry"), "/contract"),
        (flow_item(schedule={"cron": "61 * * * *"}), "/schedule/cron"),
        (flow_item(schedule={"every": "PT1M", "cron": "* * * * *"}), "/schedule"),
        (flow_item(schedule={"every": "PT1M", "time_zone": "Mars"}), "/schedule/time_zone"),
        (flow_item(schedule={"every": "5 minutes"}), "/items/0/document/schedule/every"),
        (
            mapping_item(read={"rules": [{"to": "id", "from": "id["}]}),
            "/read/id",
        ),
    ],
)
def test_what_could_not_run_is_refused_with_its_place(firm, item, pointer):
    with pytest.raises(InvalidDocument) as refused:
        register([item])
    assert refused.value.pointer == pointer
