"""`concordat propose` and `concordat status`: a change request, and what became of it."""

from __future__ import annotations

import hashlib
import json
import time
from argparse import ArgumentParser, Namespace
from typing import Any

from portal.client.calls import Portal
from portal.client.exits import Exit
from portal.client.reading import read_items, say, show_json

PAUSE = 3.0
DEAD = {"withdrawn", "rejected", "expired"}
BLOCKING = {"red", "not_run"}


def propose_arguments(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="items as JSON, see `gate`")
    parser.add_argument("--title", required=True)
    parser.add_argument("--description", default="", help="why; a link to the build, for example")
    parser.add_argument("--draft", action="store_true", help="do not ask for review yet")
    parser.add_argument("--json", action="store_true", help="the portal's whole answer")


def propose(given: Namespace, portal: Portal) -> Exit:
    """The same proposal sent again within a day is the same change request."""
    body = {
        "title": given.title,
        "description": given.description,
        "submit": not given.draft,
        "items": [item for file in given.files for item in read_items(file)],
    }
    key = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    found = portal.post("change-requests", body=body, Idempotency_Key=key).json()
    _tell(found, as_json=given.json)
    return Exit.BREAKS if _blocked(found) else Exit.FINE


def status_arguments(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("number", help="of the change request")
    parser.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="for people")
    parser.add_argument("--json", action="store_true", help="the portal's whole answer")


def status(given: Namespace, portal: Portal) -> Exit:
    """Fine once it is active."""
    until = time.monotonic() + given.wait
    found = portal.get("change-requests", given.number).json()
    while outcome(found) is Exit.PENDING and time.monotonic() < until:
        time.sleep(min(PAUSE, max(0.0, until - time.monotonic())))
        found = portal.get("change-requests", given.number).json()
    _tell(found, as_json=given.json)
    return outcome(found)


def outcome(found: dict[str, Any]) -> Exit:
    """Active, or what was active until something newer came, is fine."""
    if found["state"] in {"active", "superseded"}:
        return Exit.FINE
    return Exit.BREAKS if found["state"] in DEAD or _blocked(found) else Exit.PENDING


def _blocked(found: dict[str, Any]) -> bool:
    return any(gate["verdict"] in BLOCKING for gate in found["gates"])


def _tell(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    say(f"change request {found['id']}: {found['state']}, {found['risk_class']}: {found['title']}")
    say(f"  revision {found['digest']}")
    for gate in found["gates"]:
        say(f"  {gate['verdict']:14} {gate['gate']}  {gate['reason']}")
    for vote in found["votes"]:
        say(f"  {vote['verdict']:14} {vote['person']}  {vote['reason']}")
    for digest in found["agreements"]:
        say(f"  agreement {digest}")
