"""A fresh installation of the product between two real systems; its processes come and go."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.peers import proposal
from tests.peers.rig import BILLING_KEY, HERE, ErpFacts, Peer

PROJECT = {
    "time-to-billing": '"work."."origin."."parent.".name',
    "projects-to-invoices": "name",
}
"""Where the source of a mapping has the project's name."""
PEOPLE = {"owners": ["olga"], "stewards": ["stan"], "finance_owners": ["fiona"]}
KILLED = -9


@dataclass(frozen=True)
class Installation:
    """One database and the folder of one product; every call is a process of its own."""

    folder: Path
    database: str
    local: str
    """The `host:port` pairs that connectors may reach."""

    def found(self, erp: Peer, billing: Peer, facts: ErpFacts, only: Sequence[str] = ()) -> None:
        """Register and activate everything; `only` names the projects to bill, all if empty."""
        items = proposal.items(erp=erp, billing=billing, facts=facts, people=PEOPLE)
        if only:
            narrow(items, only)
        given = {"items": items, "secrets": proposal.secrets(facts, BILLING_KEY)}
        file = self.folder / "foundation.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(given))
        try:
            assert self.start("found", str(file)).wait() == 0, self.said()
        finally:
            file.unlink()

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self.folder / "said.log").open("ab") as said:
            return subprocess.Popen(
                [sys.executable, str(HERE / "pipeline.py"), *arguments],
                env={**self.environment(), **environment},
                stdout=said,
                stderr=said,
            )

    def run(self, *flows: str, crash_at: str = "") -> int:
        """The exit code, after each flow came to its rest or the process to its crash."""
        return self.start("run", *flows, CRASH_AT=crash_at).wait()

    def ledger(self) -> dict[str, Any]:
        command = [sys.executable, str(HERE / "pipeline.py"), "report"]
        answer = subprocess.run(command, env=self.environment(), capture_output=True, check=True)
        found: dict[str, Any] = json.loads(answer.stdout)
        return found

    def environment(self) -> dict[str, str]:
        own = {"DATABASE_URL": self.database, "CONCORDAT_VAR": str(self.folder)}
        own |= {"CONCORDAT_LOCAL_HOSTS": self.local, "CELERY_BROKER_URL": ""}
        return {**os.environ, **own}

    def said(self) -> str:
        return (self.folder / "said.log").read_text()[-6000:]


def narrow(items: list[proposal.Item], only: Sequence[str]) -> None:
    """Make the mappings take records of these projects alone."""
    for item in items:
        path = PROJECT.get(item["document"].get("slug", ""))
        if item["kind"] == "mapping" and path:
            item["document"]["read"]["when"] = f"{path} && contains({list(only)}, {path})"


@contextmanager
def fresh_installation(folder: Path, peers: Sequence[Peer]) -> Iterator[Installation]:
    """On an SQLite file, or on a new database of the PostgreSQL server that DATABASE_URL names."""
    local = ",".join(urlsplit(peer.url).netloc for peer in peers)
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield Installation(folder, f"sqlite:///{folder / 'concordat.sqlite3'}", local)
        return
    name = f"concordat_peers_{uuid4().hex[:8]}"
    create, drop = sql.SQL("CREATE DATABASE {}"), sql.SQL("DROP DATABASE {} WITH (FORCE)")
    execute(server, create.format(sql.Identifier(name)))
    try:
        yield Installation(folder, urlunsplit(urlsplit(server)._replace(path=f"/{name}")), local)
    finally:
        execute(server, drop.format(sql.Identifier(name)))


def execute(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(server, autocommit=True) as held:
        held.execute(statement)
