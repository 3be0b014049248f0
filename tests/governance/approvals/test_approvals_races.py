"""Eight threads on a real database, and a process that dies in the middle of an activation."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from portal.settings import BASE_DIR

SERVER = os.environ.get("DATABASE_URL", "")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty database of the vendor that the suite runs on."""
    if not SERVER.startswith("postgres"):
        yield f"sqlite:///{tmp_path_factory.mktemp('race') / 'race.sqlite3'}"
        return
    name = f"race_{uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield f"{SERVER.rpartition('/')[0]}/{name}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def play(database: str, tmp_path_factory: pytest.TempPathFactory):
    """`play("quorum")`: a process of its own; its answer, or its exit code if it died."""
    var = tmp_path_factory.mktemp("var")

    def run(*parts: str, crash_at: str = "") -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "tests.governance.approvals.race_rig", *parts],
            cwd=Path(BASE_DIR),
            env={
                **os.environ,
                "DATABASE_URL": database,
                "CONCORDAT_VAR": str(var),
                "CRASH_AT": crash_at,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if crash_at:
            return done.returncode
        assert done.returncode == 0, done.stderr[-3000:]
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        return answers if len(answers) > 1 else answers[0]

    run("found")
    return run


def test_a_quorum_that_arrives_at_once_is_approved_and_nobody_else_counts(play):
    told = play("quorum")
    assert (told["state"], told["votes"], told["approved"]) == (
        "scheduled",
        ["ada", "fiona", "olga"],
        1,
    )
    assert Counter(told["said"])["done"] == 3


def test_an_approval_never_lands_on_content_that_was_edited_under_it(play):
    for told in play(*["edit"] * 5):
        assert told["stale"] == []
        assert (told["said"], told["state"]) in (
            (["done", "stale_revision"], "in_review"),
            (["done", "transition_refused"], "scheduled"),
        )


def test_of_eight_requests_for_one_flow_one_is_submitted(play):
    told = play("rivals")
    assert (told["said"], told["held"]) == (["conflict"] * 7 + ["done"], 1)


def test_a_killed_activation_leaves_nothing_and_eight_dispatchers_make_one(play):
    _, before, due = play("dispatch", "count", "due")
    assert due["state"] == "scheduled"
    assert play("dispatch", crash_at="inside_activation:1") == -signal.SIGKILL
    left, made = play("count", "dispatch")
    assert left == {**before, "state": "scheduled", "entries": 0}
    assert made == {
        "said": ["done"] * 8,
        "state": "active",
        "activations": before["activations"] + 1,
        "entries": 1,
        "runs": "PT7M",
        "agreements": before["agreements"] + 1,
    }


def test_two_activations_side_by_side_compile_what_both_wrote(play):
    assert play("neighbours") == {
        "every": "PT9M",
        "partner": "PAR",
        "states": ["active", "active"],
    }
