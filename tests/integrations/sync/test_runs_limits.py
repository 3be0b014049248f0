"""A connector description's rates hold from the moment its flow agreement runs."""

from __future__ import annotations

import pytest

from integrations.connectors.models import RateBucket
from integrations.sync.services import agreements_changed
from tests.firm import NOW, connector, register

pytestmark = pytest.mark.django_db
ITEM = '  item: {path: /items, id: id, write: {create: "POST /items", upsert: "PUT /items", '


def test_declared_rates_become_buckets_and_go_with_the_declaration(firm):
    objects = ITEM + "upsert_by: external_id}}\n"
    register([connector("billing", objects + "limits:\n  - {match: '*', rate: 5, per: 1s}\n")])
    agreements_changed(flow_ids=[firm.flow_id], now=NOW)
    assert list(RateBucket.objects.values_list("connection", "capacity", "refill")) == [
        ("billing-main", 5.0, 5.0)
    ]
    register([connector("billing", objects)])
    agreements_changed(flow_ids=[firm.flow_id], now=NOW)
    assert RateBucket.objects.count() == 0
