"""What every connector proves: a subclass says how to open one and how to seed the system."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from integrations.connectors.port import FULL_READ, Connector, EffectClass, Page, Write
from integrations.errors import NeedsAPerson, TryLater, UnknownOutcome

OBJECT = "invoice"


def creation(reference: str, **body: Any) -> Write:
    return Write(
        object=OBJECT,
        action="create",
        body={"total": Decimal("10.25"), "reference": reference, **body},
        path={},
        idempotency_key=f"key-{reference}",
        reference=reference,
    )


class ConnectorContract:
    def connector(self) -> Connector:
        raise NotImplementedError

    def seed(self, rows: list[dict[str, Any]]) -> None:
        """Make or replace these rows at the system."""
        raise NotImplementedError

    def count(self) -> int:
        """How many invoices the system holds, asked without the connector."""
        raise NotImplementedError

    def break_next(self, how: str) -> None:
        """`down`, `throttled` or `lost_answer` for the next call."""
        raise NotImplementedError

    def pages(self, cursor: dict[str, Any], limit: int = 7) -> list[Page]:
        connector, pages = self.connector(), []
        for _ in range(1000):
            page = connector.read(OBJECT, cursor=cursor, limit=limit, where={})
            pages.append(page)
            cursor = page.cursor
            if not page.more:
                return pages
        pytest.fail("reading does not end")

    def keys(self, cursor: dict[str, Any], limit: int = 7) -> list[str]:
        return [record.key for page in self.pages(cursor, limit) for record in page.records]

    def test_every_record_is_read_once_whatever_the_page_size(self) -> None:
        self.seed([{"id": str(n), "total": "1.00"} for n in range(1, 24)])
        for limit in (1, 7, 23, 100):
            assert sorted(self.keys({}, limit), key=int) == [str(n) for n in range(1, 24)]

    def test_a_fraction_is_read_exactly(self) -> None:
        self.seed([{"id": "1", "total": Decimal("0.10")}])
        (record,) = [record for page in self.pages({}) for record in page.records]
        assert record.data["total"] == Decimal("0.10")
        assert type(record.data["total"]) is Decimal

    def test_the_next_run_reads_what_changed_since(self) -> None:
        self.seed([{"id": str(n), "total": "1.00"} for n in range(1, 10)])
        cursor = self.pages({})[-1].cursor
        self.seed([{"id": "4", "total": "2.00"}, {"id": "10", "total": "3.00"}])
        read = {r.key: r.data["total"] for page in self.pages(cursor) for r in page.records}
        assert (read["4"], read["10"]) == ("2.00", "3.00")

    def test_a_changed_record_has_another_version(self) -> None:
        self.seed([{"id": "1", "total": "1.00"}])
        before = self.connector().fetch(OBJECT, "1")
        self.seed([{"id": "1", "total": "2.00"}])
        after = self.connector().fetch(OBJECT, "1")
        assert before is not None
        assert after is not None
        assert before.version != after.version

    def test_a_full_read_sees_everything_again(self) -> None:
        self.seed([{"id": str(n), "total": "1.00"} for n in range(1, 6)])
        self.pages({})
        assert sorted(self.keys(FULL_READ)) == ["1", "2", "3", "4", "5"]

    def test_a_record_that_does_not_exist_is_none(self) -> None:
        self.seed([{"id": "1", "total": "1.00"}])
        assert self.connector().fetch(OBJECT, "404") is None

    def test_what_is_created_can_be_fetched(self) -> None:
        answer = self.connector().write(creation("R-1"))
        record = self.connector().fetch(OBJECT, answer.id)
        assert record is not None
        assert record.data["reference"] == "R-1"
        assert Decimal(str(record.data["total"])) == Decimal("10.25")
        assert answer.existed is False

    def test_find_answers_by_our_reference_alone(self) -> None:
        connector = self.connector()
        if connector.effect_class(OBJECT, "create") is not EffectClass.LOOKUP:
            pytest.skip("this system is not asked by reference")
        assert connector.find(creation("R-1")) is None
        made = connector.write(creation("R-1"))
        found = connector.find(creation("R-1"))
        assert found is not None
        assert (found.id, found.existed) == (made.id, True)
        assert connector.find(creation("R-2")) is None

    def test_a_repeat_is_harmless_where_its_class_says_so(self) -> None:
        connector = self.connector()
        if connector.effect_class(OBJECT, "create") is EffectClass.LOOKUP:
            pytest.skip("looked up before any repeat instead")
        first, second = connector.write(creation("R-1")), connector.write(creation("R-1"))
        assert (first.id, self.count()) == (second.id, 1)

    def test_an_effect_whose_answer_was_lost_is_made_once_by_its_class(self) -> None:
        connector, write = self.connector(), creation("R-1")
        self.break_next("lost_answer")
        with pytest.raises(UnknownOutcome):
            connector.write(write)
        if connector.effect_class(OBJECT, "create") is EffectClass.LOOKUP:
            assert connector.find(write) is not None
        else:
            connector.write(write)
        assert self.count() == 1

    def test_a_system_that_is_down_is_tried_later(self) -> None:
        self.seed([{"id": "1", "total": "1.00"}])
        self.break_next("down")
        with pytest.raises(TryLater) as caught:
            self.pages({})
        assert caught.value.throttled is False
        assert self.keys({}) == ["1"]

    def test_a_throttled_write_has_no_effect_and_says_when_to_come_back(self) -> None:
        self.break_next("throttled")
        with pytest.raises(TryLater) as caught:
            self.connector().write(creation("R-1"))
        assert (caught.value.throttled, caught.value.after_seconds) == (True, 1.0)
        assert self.count() == 0

    def test_an_object_nobody_described_is_a_case(self) -> None:
        with pytest.raises(NeedsAPerson):
            self.connector().write(
                Write("unheard_of", "update", {}, {"id": "1"}, "key", "reference")
            )

    def test_a_connector_shows_no_secret(self) -> None:
        assert "s3cr3t-canary" not in repr(self.connector())
