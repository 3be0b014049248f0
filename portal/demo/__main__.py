"""`python -m portal.demo`: the sample firm with its systems; Ctrl-C ends all of it."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException

from portal.demo import places as firm
from portal.demo.charter import people
from portal.demo.children import Children, Stopped

READY_SECONDS = 420.0
WATCH_SECONDS = 0.5
OFFERED = ("marta", "tomasz", "helen", "ingrid")


class Failed(Exception):
    """The demo cannot go on; the text says why."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--every", type=float, default=6.0, help="seconds between pieces of work")
    parser.add_argument("--quiet", action="store_true", help="the firm takes up no new work")
    parser.add_argument("--answers", action="store_true", help="compare with the key, then end")
    given = parser.parse_args()
    children = Children()
    try:
        places = _start(children, given)
        if given.answers:
            return _compare(places, port=given.port)
        _greet(places, given.port)
        _watch(children)
    except Stopped:
        say("\nStopping")
    except Failed as failure:
        say(f"\n{failure}")
        return 1
    finally:
        children.stop()
    say("Stopped. `make demo` goes on where this ended; `make clean-demo` forgets it")
    return 0


def _start(children: Children, given: argparse.Namespace) -> firm.Places:
    port = given.port
    places = firm.load(port=port)
    for number in (port, *places.ports.values()):
        if not firm.is_free(number):
            raise Failed(f"Port {number} is taken; stop what uses it or choose PORT=")
    environment = places.environment(port=port)
    say("1/4  Meridian Consulting's CRM, PSA, billing and ERP, with twelve months of history")
    words = places.systems(port=port, every=given.every, quiet=given.quiet or given.answers)
    children.start("systems", ["-m", "portal.demo.systems", *words], environment)
    say("2/4  Database, people, registry and its foundation request")
    manage = str(firm.ROOT / "manage.py")
    children.start("portal", [manage, "demo_portal", "--port", str(port)], environment)
    _wait(children, port)
    say("4/4  Ready\n")
    children.start("proposals", [manage, "demo_propose"], environment, once=True)
    return places


def _compare(places: firm.Places, *, port: int) -> int:
    """What was planted beside what the portal found of its own accord."""
    asked = [sys.executable, str(firm.ROOT / "manage.py"), "demo_answers"]
    return subprocess.run(asked, env=places.environment(port=port), check=False).returncode  # noqa: S603


def _wait(children: Children, port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if name := children.ended():
            raise Failed(f"The {name} ended before it was ready; what it said stands above")
        if _answers(port):
            return
        time.sleep(0.2)
    raise Failed("The portal did not answer in time")


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _greet(places: firm.Places, port: int) -> None:
    say(f"  Concordat  http://127.0.0.1:{port}/")
    for name, title in firm.SYSTEMS.items():
        say(f"  {title:<12} {places.url(name)}/")
    say("\n  Twelve months of history are being read; the firm goes on working meanwhile\n")
    say(f"  Sign in with one press, or by name with the password {places.password}")
    for one in people():
        if one.username in OFFERED:
            say(f"    {one.username:<8} {one.does}")
    say("\n  Ctrl-C stops everything")


def _watch(children: Children) -> None:
    while True:
        time.sleep(WATCH_SECONDS)
        if name := children.ended():
            raise Failed(f"The {name} ended")


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
