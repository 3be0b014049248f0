"""`concordat gate`: would this file break those who rely on what is active now?"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from portal.client.calls import Portal
from portal.client.exits import Exit, Stop
from portal.client.reading import read_text, say, show_json

EXITS = {"compatible": Exit.FINE, "incompatible": Exit.BREAKS, "not_checked": Exit.NOT_CHECKED}


def arguments(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("file", help="an OpenAPI document or a JSON Schema; JSON or YAML")
    against = parser.add_mutually_exclusive_group(required=True)
    against.add_argument("--api", help="slug of the API whose active version people rely on")
    against.add_argument("--contract", help="slug of the data contract")
    against.add_argument("--against", metavar="OLD", help="another file instead")
    parser.add_argument("--line", default="", help="compatibility line, where several are active")
    parser.add_argument("--mode", choices=("backward", "forward", "full"), default="backward")
    parser.add_argument("--perspective", choices=("consumer", "producer"), default="consumer")
    parser.add_argument("--json", action="store_true", help="the portal's whole answer")


def run(given: Namespace, portal: Portal) -> Exit:
    """Compares on the portal; nothing is stored there."""
    body = {
        "old": _active(given, portal),
        "new": read_text(given.file),
        "mode": given.mode,
        "policy": {"perspective": given.perspective},
    }
    found = portal.post("compare", body=body).json()
    if given.json:
        show_json(found)
    else:
        _tell(given.file, found)
    return EXITS[found["verdict"]]


def _active(given: Namespace, portal: Portal) -> Any:
    if given.against:
        return read_text(given.against)
    kind, column = ("api-versions", "api") if given.api else ("data-contract-versions", "contract")
    slug = given.api or given.contract
    query = {column: slug, "status": "active", **({"line": given.line} if given.line else {})}
    rows = portal.get(kind, **query).json()["items"]
    if not rows:
        raise Stop(Exit.REFUSED, f"{slug} has no active version that you may see")
    if len(rows) > 1:
        lines = ", ".join(sorted(row["document"].get("line") or row["slug"] for row in rows))
        raise Stop(Exit.REFUSED, f"{slug} has several active versions; name a --line: {lines}")
    document = rows[0]["document"]
    if given.contract:
        return document["schema"]
    return portal.get("specifications", document["specification"]).content.decode()


def _tell(file: str, found: dict[str, Any]) -> None:
    say(f"{file}: {found['verdict'].replace('_', ' ')}")
    for one in found["findings"]:
        place = one["new_pointer"] or one["old_pointer"] or "/"
        say(f"  {one['level']:9} {one['rule']}  {place}  {one['message']}")
    for one in found["not_checked"]:
        say(f"  not checked  {one['pointer'] or '/'}  {one['message']}")
