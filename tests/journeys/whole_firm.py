"""The sample firm as a visitor starts it, in processes of its own; it takes up no new work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page

from portal.demo.places import Places
from tests.portal.test_up_process import ROOT, free_port

PATIENCE = 420.0
SETTLED = "600"


class WholeFirm:
    """`base` is its portal's address; `folder` holds the records of all its systems."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.said = folder, free_port(), folder / "said.txt"
        self.base = f"http://127.0.0.1:{self.port}"
        with self.said.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal.demo", "--port", str(self.port), "--quiet"],
                cwd=ROOT,
                env=os.environ | {"CONCORDAT_VAR": str(folder)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Until it greets."""
        deadline = time.monotonic() + PATIENCE
        while "marta " not in self.said.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(self.said.read_text()[-3000:])
            time.sleep(0.5)

    def answers(self) -> subprocess.CompletedProcess[str]:
        """What was planted beside what was found, once the history has been read."""
        asked = [sys.executable, "manage.py", "demo_answers", "--wait", SETTLED]
        environment = self.places.environment(port=self.port) | {"CONCORDAT_VAR": str(self.folder)}
        return subprocess.run(
            asked, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )

    @property
    def places(self) -> Places:
        return Places(**json.loads((self.folder / "places.json").read_text()))

    def sign_in(self, page: Page, username: str) -> Page:
        """Through the form, by name and password."""
        page.goto(f"{self.base}/accounts/login/")
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill(self.places.password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(f"{self.base}/")
        return page

    def end(self) -> None:
        """As Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)
