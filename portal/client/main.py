"""The `concordat` command line: asks and proposes by REST, and ends as CI understands it."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from portal.client import agreements, changes, gate
from portal.client.calls import Portal
from portal.client.exits import Exit, Stop

URL, TOKEN = "CDT_URL", "CDT_TOKEN"


@dataclass(frozen=True)
class Command:
    """Its sentence, its arguments and what it does."""

    help: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace, Portal], Exit]


COMMANDS = {
    "gate": Command("what would this file break?", gate.arguments, gate.run),
    "propose": Command("open a change request", changes.propose_arguments, changes.propose),
    "status": Command("what became of a change request", changes.status_arguments, changes.status),
    "agreement": Command("what a flow runs under now", agreements.arguments, agreements.run),
}


def main(words: Sequence[str] | None = None) -> int:
    """The exit code; see `Exit`."""
    try:
        given = _parser().parse_args(words)
        return COMMANDS[given.command].run(given, _portal(given))
    except Stop as stop:
        sys.stderr.write(f"concordat: {stop}\n")
        return stop.exit


class Parser(ArgumentParser):
    """Wrong arguments are bad input; argparse itself would end as *not checked* does."""

    def error(self, message: str) -> NoReturn:
        raise Stop(Exit.REFUSED, f"{message}; see --help")


def _parser() -> ArgumentParser:
    parser = Parser(prog="concordat", description=__doc__)
    found = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        one = found.add_parser(name, help=command.help, description=command.run.__doc__)
        one.add_argument("--url", default=os.environ.get(URL, ""), help=f"the portal; else ${URL}")
        one.add_argument(
            "--token-file", metavar="FILE", help=f"holds the token; else ${TOKEN} is the token"
        )
        command.arguments(one)
    return parser


def _portal(given: Namespace) -> Portal:
    """A token is never an argument: other processes can read those."""
    try:
        token = Path(given.token_file).read_text() if given.token_file else os.environ.get(TOKEN)
    except OSError as error:
        raise Stop(Exit.REFUSED, f"{given.token_file}: {error.strerror}") from error
    if not given.url or not token or not token.strip():
        raise Stop(Exit.REFUSED, f"say where the portal is ({URL}) and who calls ({TOKEN})")
    return Portal(given.url, token.strip())
