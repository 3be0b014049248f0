"""`python -m portal.demo`: the sample firm with its systems; Ctrl-C ends all of it."""

from __future__ import annotations

import argparse
import sys
import time
from http.client import HTTPConnection, HTTPException

from portal.demo import places as firm
from portal.demo.children import Children, Stopped
from portal.demo.documents import people

READY_SECONDS = 180.0
WATCH_SECONDS = 0.5
OFFERED = ("marta", "tomasz", "helen", "ingrid")


class Failed(Exception):
    """The demo cannot go on; the text says why."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--every", type=float, default=4.0, help="seconds between time entries")
    given = parser.parse_args()
    children = Children()
    try:
        _start(children, port=given.port, every=given.every)
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


def _start(children: Children, *, port: int, every: float) -> None:
    places = firm.load(port=port)
    for number in (port, places.psa_port, places.billing_port):
        if not firm.is_free(number):
            raise Failed(f"Port {number} is taken; stop what uses it or choose PORT=")
    environment = places.environment(port=port)
    say("1/4  Meridian Consulting's PSA and billing system")
    psa = ["--port", str(places.psa_port), "--key", places.psa_key, "--every", str(every)]
    psa += ["--state", str(firm.FOLDER / "psa.sqlite3")]
    children.start("PSA", ["-m", "portal.demo.psa", *psa], environment)
    billing = ["--port", str(places.billing_port), "--client", places.billing_client]
    billing += ["--state", str(firm.FOLDER / "billing.sqlite3")]
    children.start("billing", ["-m", "portal.demo.billing", *billing], environment)
    say("2/4  Database, people, registry and its foundation request")
    manage = str(firm.ROOT / "manage.py")
    children.start("portal", [manage, "demo_portal", "--port", str(port)], environment)
    _wait(children, port)
    say("4/4  Ready\n")
    _greet(places, port)


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
    say(f"  PSA        {places.psa}/   approved time arrives every few seconds")
    say(f"  Billing    {places.billing}/v1/   an API only\n")
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
