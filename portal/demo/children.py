"""Child processes that end together: by Ctrl-C, by a signal, or because one of them ended."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from types import FrameType

WAIT_SECONDS = 25.0
PR_SET_PDEATHSIG = 1


class Stopped(Exception):
    """Somebody asked for the end."""


class Children:
    """Started in order, stopped in reverse."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._once: set[str] = set()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)

    def start(
        self, name: str, module: list[str], environment: dict[str, str], *, once: bool = False
    ) -> None:
        """Run `python` with these arguments until `stop`; `once`: it may end by itself."""
        if once:
            self._once.add(name)
        self._running[name] = subprocess.Popen(  # noqa: S603  our own modules
            [sys.executable, *module], env=environment, preexec_fn=_end_with_parent
        )

    def ended(self) -> str | None:
        """The name of a child that is no longer there."""
        for name, child in self._running.items():
            code = child.poll()
            if code is not None and (code != 0 or name not in self._once):
                return name
        return None

    def stop(self) -> None:
        """Ask each to end, and end by force what does not."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for child in reversed(self._running.values()):
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + WAIT_SECONDS
        for child in self._running.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _end_with_parent() -> None:
    """On Linux the kernel tells a child that its parent was killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
