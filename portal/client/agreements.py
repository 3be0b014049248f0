"""`concordat agreement`: what a flow runs under now, for whoever runs it."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from portal.client.calls import Portal
from portal.client.exits import Exit, Stop
from portal.client.reading import say


def arguments(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("flow", help="slug of the flow")
    parser.add_argument("--known", default="", metavar="DIGEST", help="exit 4 if still the same")
    parser.add_argument("--output", metavar="FILE", help="write the document there")
    parser.add_argument("--digest", action="store_true", help="tell the digest alone")


def run(given: Namespace, portal: Portal) -> Exit:
    """The document on standard output, or in a file that is replaced whole."""
    answer = portal.get("flows", given.flow, "agreement", etag=given.known)
    if answer.status == 304:
        return Exit.PENDING
    found = answer.json()
    text = json.dumps(found["document"], ensure_ascii=False, indent=2)
    if given.output:
        _replace(Path(given.output), text + "\n")
    if given.digest or given.output:
        say(found["digest"])
    else:
        say(text)
    return Exit.FINE


def _replace(path: Path, text: str) -> None:
    """A reader never meets half a file."""
    half = path.with_name(path.name + ".half")
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    except OSError as error:
        raise Stop(Exit.REFUSED, f"{path}: {error.strerror}") from error
