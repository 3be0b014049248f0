"""The HTTP engine keeps the contract against real servers of several dialects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integrations.connectors.http import forget_connections
from integrations.connectors.port import ConnectionSpec
from integrations.connectors.registry import open_connector
from tests.integrations.connectors.contract import ConnectorContract
from tests.integrations.connectors.dialects import LOOKUP, described, keyset
from tests.integrations.connectors.peer import Manners, Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integrations.connectors.port import Connector

SIZE = ["limit", 100]
KEY = {"idempotency": {"header": "Idempotency-Key"}}
QUERY_KEY = {"idempotency": {"query": "requestid"}}


class OverHttp(ConnectorContract):
    manners: dict[str, Any] = {}
    description = described()

    @pytest.fixture(autouse=True)
    def _serve(self, settings: Any) -> Iterator[None]:
        self.server = Server(Manners(**self.manners))
        settings.LOCAL_HOSTS = [self.server.host]
        yield
        forget_connections()
        self.server.stop()

    def connector(self) -> Connector:
        return open_connector(
            ConnectionSpec(
                system="peer",
                connection=f"peer-{self.server.host}",
                kind="http",
                base_url=self.server.url + "/api",
                description=self.description,
            )
        )

    def seed(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            total = row["total"]
            shown = total if isinstance(total, str) else float(total)
            self.server.peer.put({**row, "total": shown})

    def count(self) -> int:
        return len(self.server.peer.rows)

    def break_next(self, how: str) -> None:
        self.server.peer.faults.append(how)


class TestOffsetAndLookup(OverHttp):
    pass


class TestOffsetWithSilentlyCappedPages(OverHttp):
    manners = {"cap": 5}


class TestPageNumbersAndKeys(OverHttp):
    manners = {"honours_keys": True}
    description = described(
        proof=KEY, page={"style": "page", "param": "page", "size": SIZE, "total": "total"}
    )


class TestCursorIdAndQueryKeys(OverHttp):
    manners = {"honours_keys": True, "cap": 5}
    description = described(
        proof=QUERY_KEY,
        page={"style": "cursor_id", "param": "after", "more": "has_more", "size": SIZE},
    )


class TestTokenAndForms(OverHttp):
    manners = {"cap": 6}
    description = described(
        proof={**LOOKUP, "body": "form"},
        page={"style": "token", "param": "token", "next": "next_token", "size": SIZE},
    )


class TestRelativeNextAddress(OverHttp):
    manners = {"cap": 6}
    description = described(page={"style": "next_url", "next": "next", "size": SIZE})


class TestLinkHeader(OverHttp):
    manners = {"cap": 6, "paging": "link_header"}
    description = described(page={"style": "link_header", "size": SIZE}, records="")


class TestKeysetWithTies(OverHttp):
    manners = {"ties": 6}
    description = described(**keyset("updated_at"))


class TestKeysetTypedWithNullUpdates(OverHttp):
    manners = {"ties": 6, "typed": True, "null_updates": True}
    description = described(
        top={"values": {"datetime": "typed", "decimal": "typed"}},
        **keyset(["updated_at", "created_at"]),
    )


class TestFiltersIgnored(OverHttp):
    """All rows come whatever is asked: the engine sees it and drops the old ones itself."""

    manners = {"ignores_filters": True}


class TestEverythingEachTime(OverHttp):
    description = described(incremental={"mode": "full"}, version="updated_at")


class TestWindow(OverHttp):
    description = described(
        incremental={"mode": "window", "cursor": "updated_at", "lookback": "2000d"},
        version="updated_at",
    )


class TestIfModifiedSince(OverHttp):
    manners = {"real_time": True}
    description = described(incremental={"mode": "header", "overlap": "1s"}, version="updated_at")


class TestEvents(OverHttp):
    manners = {"cap": 5}
    description = described(
        version="updated_at",
        page={"style": "cursor_id", "param": "after", "more": "has_more", "size": SIZE},
        incremental={
            "mode": "events",
            "path": "/events",
            "records": "data",
            "ref": "ref",
            "type": "invoice.*",
            "cursor": "created",
            "overlap": "3000d",
            "filter": {"names": {"ge": "created_from"}},
            "page": {"style": "cursor_id", "param": "after", "more": "has_more", "size": SIZE},
        },
    )


class TestUpsertByOurKey(OverHttp):
    manners = {"upserts_by": "reference"}
    description = described(proof={"upsert_by": "reference"})
