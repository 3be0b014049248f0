"""`python -m portal.demo` as a stranger starts it: approved time gets billed, once."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.portal.test_up_process import ROOT, Portal, free_port, gone

pytestmark = pytest.mark.sqlite
PATIENCE = 180.0


class Demo(Portal):
    """The sample firm; `folder` holds the records of all three systems."""

    def __init__(self, folder: Path) -> None:
        self.port, self.said, self.folder = free_port(), folder / "said.txt", folder
        with self.said.open("a") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal.demo", "--port", str(self.port), "--every", "0.5"],
                cwd=ROOT,
                env=os.environ | {"CONCORDAT_VAR": str(folder)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def billed(self) -> list[str]:
        """Our reference of every item in billing."""
        with sqlite3.connect(self.folder / "billing.sqlite3", timeout=10) as records:
            rows = records.execute("select body from record where kind = 'items'").fetchall()
        return [json.loads(body)["external_reference"] for (body,) in rows]

    def wait_for_greeting(self, times: int) -> None:
        """The sign-ins stand on the screen; the portal answers a little before."""
        deadline = time.monotonic() + PATIENCE
        while self.said.read_text().count("marta ") < times and time.monotonic() < deadline:
            time.sleep(0.2)

    def wait_for_items(self, more_than: int) -> list[str]:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = self.billed()
            if len(found) > more_than:
                return found
            time.sleep(0.5)
        raise AssertionError(f"{len(found)} items:\n{self.said.read_text()[-3000:]}")


def test_approved_time_is_billed_once_through_a_kill_and_a_second_start(tmp_path):
    demo = Demo(tmp_path)
    demo.wait("/health/ready")
    first = demo.wait_for_items(25)
    children = demo.children()
    assert len(children) == 3
    demo.process.kill()
    demo.process.wait()
    assert all(gone(child) for child in children)
    again = Demo(tmp_path)
    again.wait("/health/ready")
    items = again.wait_for_items(len(first))
    assert len(items) == len(set(items))
    children = again.children()
    again.wait_for_greeting(times=2)
    assert again.end(signal.SIGINT) == 0
    assert all(gone(child) for child in children)
    said = again.said.read_text()
    assert f"http://127.0.0.1:{again.port}/" in said
    assert said.count("marta ") == 2
