"""Killed while it tells people: a step is told once, and a mail is sent again under its own id."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.sqlite
TELLER = Path(__file__).resolve().parent / "teller.py"
KILLED = -9


class House:
    """A database file, a folder for mail, and tellers that come and go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "concordat.sqlite3"

    def teller(self, *words: str, crash_at: str = "") -> int:
        env = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{self.database}",
            "CONCORDAT_VAR": str(self.folder),
            "CONCORDAT_EMAIL": "file",
            "CRASH_AT": crash_at,
        }
        return subprocess.run(
            [sys.executable, str(TELLER), *words], env=env, check=False
        ).returncode

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.database) as held:
            rows = held.execute(statement).fetchall()
        held.close()
        return rows

    def mails(self) -> list[str]:
        """The Message-ID of each."""
        texts = [path.read_text() for path in sorted((self.folder / "mail").glob("*.log"))]
        return [re.findall(r"^Message-ID: (\S+)", text, re.MULTILINE)[0] for text in texts]


@pytest.fixture
def house(tmp_path) -> House:
    made = House(tmp_path)
    assert made.teller("found") == 0
    return made


STEPS = "SELECT step FROM integrations_case"
LINES = "SELECT count(*) FROM integrations_caseevent WHERE action = 'escalated'"
ENTRIES = "SELECT count(*) FROM governance_auditentry WHERE action = 'case.escalated'"
COPIES = "SELECT channel, state, tries FROM governance_delivery ORDER BY id"


def test_killed_at_any_moment_a_step_is_told_once_and_its_mail_at_least_once(house):
    assert house.teller("escalate", crash_at="inside_escalation:1") == KILLED
    assert [house.ask(one) for one in (STEPS, LINES, ENTRIES, COPIES)] == [
        [(0,)],
        [(0,)],
        [(0,)],
        [],
    ]
    assert house.teller("escalate") == house.teller("escalate") == 0
    assert [house.ask(one) for one in (STEPS, LINES, ENTRIES)] == [[(1,)]] * 3
    assert house.ask(COPIES) == [("inbox", "sent", 0), ("email", "pending", 0)]
    assert house.teller("carry", "0", crash_at="after_notice_sent:1") == KILLED
    assert house.ask(COPIES)[1] == ("email", "pending", 1)
    assert house.teller("carry", "60") == 0
    assert len(house.mails()) == 1
    house.ask("UPDATE governance_delivery SET lease_until = datetime('now', '-1 second')")
    assert house.teller("carry", "180") == 0
    assert house.ask(COPIES)[1] == ("email", "sent", 2)
    first, second = house.mails()
    assert first == second
    assert house.teller("carry", "9999") == 0
    assert len(house.mails()) == 2
