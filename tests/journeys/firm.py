"""The whole sample firm, started once for all storylines, its history read and nothing new."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.portal.test_up_process import ROOT, free_port

PATIENCE = 600.0


@dataclass(frozen=True)
class Firm:
    """`url` of its portal; `folder` has its database and the passwords."""

    url: str
    folder: Path

    def password(self, username: str) -> str:
        told = json.loads((self.folder / "sign-ins.json").read_text())
        return next(str(one["password"]) for one in told if one["username"] == username)

    def sign_in(self, page: Page, username: str) -> Page:
        """As its person; whoever was signed in before is out."""
        page.context.clear_cookies()
        page.goto(f"{self.url}/accounts/login/")
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill(self.password(username))
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(f"{self.url}/")
        return page


class Started:
    """`python -m portal.demo --quiet` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder, self.said = free_port(), folder, folder / "said.txt"
        self._environment = os.environ | {"CONCORDAT_VAR": str(folder)}
        with self.said.open("w") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "portal.demo", "--quiet", "--port", str(self.port)],
                cwd=ROOT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> Firm:
        """Until it offers its sign-ins."""
        deadline = time.monotonic() + PATIENCE
        while "marta " not in self.said.read_text():
            assert self._process.poll() is None, self.said.read_text()
            assert time.monotonic() < deadline, self.said.read_text()
            time.sleep(0.5)
        return Firm(f"http://127.0.0.1:{self.port}", self.folder)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(40)


def answers(folder: Path) -> subprocess.CompletedProcess[str]:
    """What it found, beside the key; waits until its history has been read."""
    code = "import sys; from portal.demo import places; p = places.load(port=0); "
    code += "import json; json.dump(p.environment(port=0), sys.stdout)"
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"CONCORDAT_VAR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return subprocess.run(
        [sys.executable, "manage.py", "demo_answers", "--wait", str(PATIENCE)],
        cwd=ROOT,
        env=json.loads(told.stdout),
        capture_output=True,
        text=True,
        check=False,
    )
