"""`manage.py up` as a stranger starts it: a process of its own, an empty folder, a free port."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.demo.places import is_free

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.sqlite
PATIENCE = 90.0


class Portal:
    """One started portal and everything that it started."""

    def __init__(self, folder: Path, *more: str) -> None:
        self.port = free_port()
        self.said = folder / "said.txt"
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "CELERY_BROKER_URL"}
        } | {"CONCORDAT_VAR": str(folder), "CONCORDAT_LOG": "json"}
        with self.said.open("a") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--port", str(self.port), *more],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def get(self, path: str) -> tuple[int, dict[str, object]]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 0, {}

    def wait(self, path: str) -> dict[str, object]:
        """The answer once it is 200."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            status, body = self.get(path)
            if status == 200:
                return body
            time.sleep(0.2)
        raise AssertionError(f"{path} never answered 200:\n{self.said.read_text()[-2000:]}")

    def children(self) -> list[int]:
        """Ids of the processes whose parent it is."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(number) for number in found.read_text().split()]

    def end(self, number: int) -> int:
        """Ctrl-C in a terminal is heard by every process of the group, SIGTERM by one."""
        if number == signal.SIGINT:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def free_port() -> int:
    """Below the range from which outgoing connections take theirs, for it is bound again later."""
    while True:
        port = random.randrange(15_000, 28_000)
        if all(is_free(one) for one in (port, port + 1, port + 2)):
            return port


def gone(pid: int) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One portal for all tests here: only its first start migrates."""
    return tmp_path_factory.mktemp("portal")


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Portal]]:
    started: list[Portal] = []

    def begin(*more: str) -> Portal:
        started.append(Portal(folder, *more))
        return started[-1]

    yield begin
    for portal in started:
        if portal.process.poll() is None:
            portal.process.kill()
            portal.process.wait()


def test_an_empty_portal_becomes_ready_stops_on_ctrl_c_and_starts_again(start):
    portal = start()
    ready = portal.wait("/health/ready")
    assert {name: check["ok"] for name, check in ready["checks"].items()} == {
        "database": True,
        "broker": True,
        "work": True,
        "beat": True,
    }
    children = portal.children()
    assert portal.end(signal.SIGINT) == 0
    assert all(gone(child) for child in children)
    assert "This portal is empty" in portal.said.read_text()
    again = start("--person", "devon", "--person", "ada")
    assert again.wait("/health/live") == {"status": "live"}
    said = again.said.read_text()
    assert ("devon: first password" in said, "ada: first password" in said) == (True, True)
    assert again.end(signal.SIGTERM) == 0


def test_a_killed_server_leaves_no_orphan(start):
    portal = start()
    portal.wait("/health/live")
    children = portal.children()
    assert children
    portal.process.kill()
    assert all(gone(child) for child in children)
