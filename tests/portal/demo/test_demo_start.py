"""`python -m portal.demo` as a stranger starts it: the whole firm comes up, and comes back."""

from __future__ import annotations

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
PATIENCE = 420.0


class Demo(Portal):
    """The sample firm; `folder` holds the records of all its systems."""

    def __init__(self, folder: Path) -> None:
        self.port, self.said, self.folder = free_port(), folder / "said.txt", folder
        with self.said.open("a") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal.demo", "--port", str(self.port), "--every", "1"],
                cwd=ROOT,
                env=os.environ | {"CONCORDAT_VAR": str(folder)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def charged(self) -> list[str]:
        """Our reference of every charge in billing."""
        with sqlite3.connect(self.folder / "billing.sqlite3", timeout=10) as records:
            told = "select json_extract(body, '$.external_reference') from record where kind = ?"
            return [reference for (reference,) in records.execute(told, ("items",))]

    def read(self) -> int:
        """Records that the portal has accepted."""
        with sqlite3.connect(self.folder / "concordat.sqlite3", timeout=10) as rows:
            return int(rows.execute("select count(*) from integrations_inboxmessage").fetchone()[0])

    def wait_for(self, more_than: int) -> int:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if (found := self.read()) > more_than:
                return found
            time.sleep(1.0)
        raise AssertionError(f"{found} records:\n{self.said.read_text()[-3000:]}")

    def wait_for_greeting(self, times: int) -> None:
        """The sign-ins stand on the screen; the portal answers a little before."""
        deadline = time.monotonic() + PATIENCE
        while self.said.read_text().count("marta ") < times and time.monotonic() < deadline:
            time.sleep(0.2)


def test_the_firm_comes_up_is_killed_and_goes_on_where_it_was(tmp_path):
    demo = Demo(tmp_path)
    demo.wait_for_greeting(times=1)
    read = demo.wait_for(5_000)
    children = demo.children()
    assert len(children) == 3
    demo.process.kill()
    demo.process.wait()
    assert all(gone(child) for child in children)
    again = Demo(tmp_path)
    again.wait_for_greeting(times=2)
    assert again.wait_for(read) > read
    references = again.charged()
    assert len(references) == len(set(references))
    children = again.children()
    assert again.end(signal.SIGINT) == 0
    assert all(gone(child) for child in children)
    said = again.said.read_text()
    assert f"http://127.0.0.1:{again.port}/" in said
    assert said.count("marta ") == 2
