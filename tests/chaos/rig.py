"""Starts workers and a target, kills the workers, and checks what is left by SQL and HTTP."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
KILLED = -9
RECORDS = 90
BAD = ("T-7", "T-33")
"""Records that break the data contract: they must end as cases."""
SETTLED = ("applied", "unchanged", "superseded")


def entry(number: int, *, rev: int = 1) -> dict[str, Any]:
    name = f"T-{number}"
    return {
        "id": name,
        "rev": str(rev),
        "project": f"P-{number % 5}",
        "hours": "1.50",
        "role": "consultant",
        "amount": f"{100 + number}.{rev:02}",
        "currency": "euro" if name in BAD else ("EUR" if number % 3 else "USD"),
    }


@dataclass
class Target:
    """The target process; stopped by its own process id."""

    mode: str
    process: subprocess.Popen[str] = field(init=False)
    url: str = field(init=False)

    def __post_init__(self) -> None:
        command = [sys.executable, str(HERE / "target.py"), "0", self.mode]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"

    def post(self, path: str, body: Any) -> None:
        raw = json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=raw, method="POST")
        urllib.request.urlopen(request).close()

    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(self.url + "/_state") as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


class Rig:
    """One scenario: a database file, a target, and workers that come and go."""

    def __init__(self, folder: Path, target: Target) -> None:
        self.folder, self.target = folder, target
        self.database = folder / "concordat.sqlite3"
        self.ahead = 3700.0

    def worker(self, *arguments: str, **env: str) -> subprocess.Popen[bytes]:
        local = self.target.url.removeprefix("http://")
        with (self.folder / "stderr.log").open("ab") as errors:
            return subprocess.Popen(
                [sys.executable, str(HERE / "worker.py"), *arguments],
                env={
                    **os.environ,
                    "DATABASE_URL": f"sqlite:///{self.database}",
                    "CONCORDAT_VAR": str(self.folder),
                    "CONCORDAT_LOCAL_HOSTS": local,
                    **env,
                },
                stderr=errors,
            )

    def founded(self) -> Rig:
        assert self.worker("found", self.target.url, self.target.mode).wait() == 0, self.errors()
        return self

    def copy(self, folder: Path) -> Rig:
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Rig(folder, self.target)

    def errors(self) -> str:
        return (self.folder / "stderr.log").read_text()[-3000:]

    def run(self, *, crash_at: str = "") -> int:
        """The worker's exit code; the clock is an hour later each time, and old leases are over."""
        self.forget_leases()
        code = self.worker("run", str(self.ahead), CRASH_AT=crash_at).wait()
        self.ahead += 3600
        return code

    def forget_leases(self) -> None:
        """As if ten seconds had passed since the last worker was heard of."""
        with sqlite3.connect(self.database) as held:
            for table in ("lane", "syncrun"):
                held.execute(
                    f"UPDATE integrations_{table} SET lease_until = datetime('now', '-1 second') "
                    "WHERE lease_until IS NOT NULL"
                )
        held.close()

    def sleeping_worker(self, turn: int) -> subprocess.Popen[bytes]:
        """A worker that was stopped while the target took its n-th write."""
        worker = self.worker("run", str(self.ahead))
        self.target.post("/_arm", {"pid": worker.pid, "moment": "stopped", "turn": turn})
        while self.target.state()["writes"] < turn:
            time.sleep(0.05)
        self.ahead += 3600
        return worker

    def kill_by_target(self, moment: str, turn: int) -> int:
        """The target kills the worker around its n-th write."""
        worker = self.worker("run", str(self.ahead))
        self.target.post("/_arm", {"pid": worker.pid, "moment": moment, "turn": turn})
        code = worker.wait()
        self.target.post("/_arm", {"pid": 0, "moment": "", "turn": 0})
        self.ahead += 3600
        return code

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        held = sqlite3.connect(self.database)
        try:
            return held.execute(statement).fetchall()
        finally:
            held.close()


@dataclass
class Findings:
    """What the checker saw. Empty lists are what a correct run leaves."""

    lost: list[str]
    doubled: list[str]
    unexplained: list[str]
    without_case: list[str]
    overdue: int
    stale: list[str]
    money: dict[str, Decimal]
    double_runs: int
    endless_runs: int
    half_activated: int


SOUND = Findings([], [], [], [], 0, [], {}, 0, 0, 0)


def check(rig: Rig) -> Findings:
    """Read source, target and database, and compare."""
    state = rig.target.state()
    source = {row["id"]: row for row in state["time"]}
    arrived = Counter(item["external_id"] for item in state["items"])
    cases = _open_cases(rig)
    return Findings(
        lost=sorted(source.keys() - arrived.keys() - cases),
        doubled=sorted(name for name, times in arrived.items() if times > 1),
        unexplained=sorted(arrived.keys() - _operations(rig)),
        without_case=_without_case(rig, cases),
        overdue=_count(
            rig, "integrations_lane WHERE lease_until IS NOT NULL OR due_at IS NOT NULL"
        ),
        stale=_stale(source, state["items"], cases, rig.target.mode),
        money=_money(source, state["items"], cases),
        double_runs=_count(
            rig,
            "(SELECT slot_id FROM integrations_syncrun WHERE slot_id IS NOT NULL "
            "GROUP BY slot_id HAVING count(*) > 1)",
        ),
        endless_runs=_count(rig, "integrations_syncrun WHERE state NOT IN ('done', 'failed')"),
        half_activated=_half_activated(rig),
    )


def needless_cases(rig: Rig) -> list[str]:
    """Good records that a person has to look at: a checker that excuses them all proves nothing."""
    return sorted(_open_cases(rig) - {*BAD})


def _count(rig: Rig, what: str) -> int:
    return int(rig.rows(f"SELECT count(*) FROM {what}")[0][0])


def _open_cases(rig: Rig) -> set[str]:
    """Source keys that a person has in front of them."""
    found = rig.rows(
        "SELECT m.key FROM integrations_case c JOIN integrations_inboxmessage m "
        "ON m.id = c.message_id WHERE c.state NOT IN ('resolved', 'dismissed')"
    )
    return {row[0] for row in found}


def _operations(rig: Rig) -> set[str]:
    """Business keys of operations that have a flow agreement."""
    found = rig.rows(
        "SELECT o.business_key FROM integrations_operation o "
        "JOIN governance_agreement a ON a.id = o.agreement_id AND a.flow_id = o.flow_id"
    )
    return {row[0] for row in found}


def _without_case(rig: Rig, cases: set[str]) -> list[str]:
    """Messages and operations that ended neither well nor in the exception queue."""
    operations = rig.rows("SELECT business_key, state FROM integrations_operation")
    messages = rig.rows(
        "SELECT m.key, m.state FROM integrations_inboxmessage m WHERE m.state <> 'superseded' "
        "AND NOT EXISTS (SELECT 1 FROM integrations_operation o WHERE o.business_key = m.key)"
    )
    ended = [key for key, state in operations if state not in SETTLED]
    return sorted({*ended, *(key for key, _ in messages)} - cases)


def _stale(
    source: dict[str, Any], items: list[dict[str, Any]], cases: set[str], mode: str
) -> list[str]:
    """Where the target can be updated, it holds the newest version."""
    if mode != "upsert":
        return []
    minor = {name: _minor(row) for name, row in source.items()}
    return sorted(
        item["external_id"]
        for item in items
        if item["external_id"] not in cases and item["amount_minor"] != minor[item["external_id"]]
    )


def _money(
    source: dict[str, Any], items: list[dict[str, Any]], cases: set[str]
) -> dict[str, Decimal]:
    """Per currency: source less target, without what lies with a person; only what differs."""
    balance: Counter[str] = Counter()
    for name, row in source.items():
        if name not in cases:
            balance[row["currency"]] += _minor(row)
    for item in items:
        if item["external_id"] not in cases:
            balance[item["currency"]] -= item["amount_minor"]
    return {currency: Decimal(cents) / 100 for currency, cents in balance.items() if cents}


def _minor(row: dict[str, Any]) -> int:
    return int(Decimal(row["amount"]) * 100)


def _half_activated(rig: Rig) -> int:
    """Change requests that are active without an activation, or the other way round; and flows
    without exactly one active agreement."""
    odd = _count(
        rig,
        "governance_changerequest r WHERE (r.state = 'active') <> "
        "EXISTS (SELECT 1 FROM governance_activation a WHERE a.request_id = r.id)",
    )
    agreements = _count(
        rig,
        "governance_flow f WHERE (SELECT count(*) FROM governance_agreement a "
        "WHERE a.flow_id = f.id AND a.status = 'active') <> 1",
    )
    return odd + agreements
