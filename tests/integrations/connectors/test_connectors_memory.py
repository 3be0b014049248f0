"""The in-memory connector keeps the contract in every effect class."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from integrations.connectors.port import ConnectionSpec, EffectClass, Write
from integrations.connectors.registry import open_connector
from integrations.connectors.stores import forget_all, store
from integrations.errors import NeedsAPerson
from tests.integrations.connectors.contract import ConnectorContract, creation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integrations.connectors.port import Connector

SPEC = ConnectionSpec(system="psa", connection="psa-main", kind="memory")


@pytest.fixture(autouse=True)
def _empty_stores() -> Iterator[None]:
    forget_all()
    yield
    forget_all()


class InMemory(ConnectorContract):
    effect = EffectClass.IDEMPOTENCY_KEY

    def connector(self) -> Connector:
        store("psa-main").effect = self.effect
        return open_connector(SPEC)

    def seed(self, rows: list[dict[str, Any]]) -> None:
        store("psa-main").put_many("invoice", rows)

    def count(self) -> int:
        return len(store("psa-main").records("invoice"))

    def break_next(self, how: str) -> None:
        held = store("psa-main")
        {
            "down": held.fail_next,
            "throttled": held.throttle_next,
            "lost_answer": held.lose_answer_next,
        }[how]()


class TestMemoryByKey(InMemory):
    effect = EffectClass.IDEMPOTENCY_KEY


class TestMemoryByLookup(InMemory):
    effect = EffectClass.LOOKUP


class TestMemoryByUpsert(InMemory):
    effect = EffectClass.UPSERT

    def test_a_repeat_is_harmless_where_its_class_says_so(self) -> None:
        write = creation("R-1", external_id="E-1")
        assert self.connector().write(write).id == self.connector().write(write).id
        assert self.count() == 1

    def test_an_effect_whose_answer_was_lost_is_made_once_by_its_class(self) -> None:
        connector, write = self.connector(), creation("R-1", external_id="E-1")
        self.break_next("lost_answer")
        with pytest.raises(Exception, match="reset"):
            connector.write(write)
        connector.write(write)
        assert self.count() == 1


def test_a_system_without_write_safety_doubles_so_a_checker_can_fail() -> None:
    store("psa-main").effect = EffectClass.NONE
    connector = open_connector(SPEC)
    connector.write(creation("R-1"))
    connector.write(creation("R-1"))
    assert [effect.reference for effect in store("psa-main").effects] == ["R-1", "R-1"]


def test_a_deleted_record_is_read_as_deleted_and_no_longer_fetched() -> None:
    held = store("psa-main")
    held.put("invoice", {"id": "1"})
    held.delete("invoice", "1")
    page = open_connector(SPEC).read("invoice", cursor={}, limit=10, where={})
    assert [(record.key, record.deleted) for record in page.records] == [("1", True)]
    assert open_connector(SPEC).fetch("invoice", "1") is None


def test_where_selects_by_value_and_by_comparison() -> None:
    store("psa-main").put_many("invoice", [{"id": str(n), "total": n} for n in range(5)])
    connector = open_connector(SPEC)
    page = connector.read("invoice", cursor={}, limit=10, where={"total": {"ge": 2, "lt": 4}})
    assert [record.key for record in page.records] == ["2", "3"]
    page = connector.read("invoice", cursor={}, limit=10, where={"total": 4})
    assert [record.key for record in page.records] == ["4"]


def test_an_unknown_comparison_is_refused() -> None:
    with pytest.raises(NeedsAPerson, match="'like' compares nothing"):
        open_connector(SPEC).read("invoice", cursor={}, limit=1, where={"id": {"like": "1"}})


def test_a_named_action_does_what_the_store_says() -> None:
    held = store("psa-main")
    held.put("invoice", {"id": "1", "state": "draft"})
    held.act("invoice", "post", lambda record, body: {**record, **body, "state": "posted"})
    open_connector(SPEC).write(Write("invoice", "post", {"by": "us"}, {"id": "1"}, "k", "r"))
    record = held.get("invoice", "1")
    assert record is not None
    assert record.data == {"id": "1", "state": "posted", "by": "us"}


def test_the_same_key_from_many_threads_has_one_effect() -> None:
    connector = open_connector(SPEC)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: connector.write(creation("R-1")).id, range(200)))
    assert (set(answers), len(store("psa-main").effects)) == ({answers[0]}, 1)


def test_a_kind_nobody_wrote_is_refused() -> None:
    with pytest.raises(NeedsAPerson, match="no connector is called 'telepathy'"):
        open_connector(ConnectionSpec(system="x", connection="x", kind="telepathy"))


def test_a_description_declares_the_effect_class() -> None:
    described = {
        "connector": "psa",
        "objects": {
            "invoice": {
                "path": "/invoices",
                "write": {
                    "create": "POST /invoices",
                    "update": "POST /invoices/{id}",
                    "actions": {"post": "POST /invoices/{id}/post"},
                    "lookup": "reference={reference}",
                },
            }
        },
    }
    spec = ConnectionSpec("psa", "psa-main", "memory", description=described)
    connector = open_connector(spec)
    classes = {a: connector.effect_class("invoice", a) for a in ("create", "update", "post")}
    assert classes == {
        "create": EffectClass.LOOKUP,
        "update": EffectClass.UPSERT,
        "post": EffectClass.NONE,
    }
