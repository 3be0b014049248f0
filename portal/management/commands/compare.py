"""`manage.py compare OLD NEW`, or `--batch FILE.jsonl`: what a change breaks, with proof."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand

from governance import clock
from governance.compatibility import batches, cases, reports
from governance.compatibility.documents import KINDS
from governance.compatibility.engine import MODES, Comparison, Policy

EXIT = {"compatible": 0, "incompatible": 1, "not_checked": 2}
BAD_INPUT = 3


class Command(BaseCommand):
    help = (
        "Compare two versions of an OpenAPI document, a JSON Schema or a data contract. "
        "Exit: 0 compatible, 1 incompatible, 2 not checked, 3 bad input."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("old", nargs="?", type=Path, help="the document people rely on")
        parser.add_argument("new", nargs="?", type=Path, help="the document that would replace it")
        parser.add_argument("--batch", type=Path, help="one JSON case per line; - reads the input")
        parser.add_argument("--kind", choices=KINDS, help="what both are; found out otherwise")
        parser.add_argument("--mode", choices=MODES, default="backward")
        parser.add_argument("--perspective", choices=cases.PERSPECTIVES, default="consumer")
        form = parser.add_mutually_exclusive_group()
        for name in ("json", "sarif", "markdown"):
            form.add_argument(f"--{name}", dest="form", action="store_const", const=name)

    def handle(self, *args: Any, **options: Any) -> None:
        policy = Policy(today=clock.now().date(), perspective=options["perspective"])
        try:
            if options["batch"]:
                self._batch(options["batch"], policy)
                return
            self._files(options, policy)
        except OSError as error:
            self._refuse(f"{error.filename}: {error.strerror}")

    def _batch(self, path: Path, policy: Policy) -> None:
        for line in _lines(path):
            started = perf_counter()
            found = batches.answer(line, policy)
            found["ms"] = round((perf_counter() - started) * 1000, 3)
            self.stdout.write(json.dumps(found, default=str))
            self.stdout.flush()

    def _files(self, options: dict[str, Any], policy: Policy) -> None:
        if not options["old"] or not options["new"]:
            self._refuse("name two files, or --batch FILE")
        old, new = options["old"].read_bytes(), options["new"].read_bytes()
        try:
            result = cases.judge(old, new, options["kind"], options["mode"], policy)
        except cases.BadSide as bad:
            place = options[bad.side]
            self._refuse(f"{place}: {bad.error}")
        self.stdout.write(_written(result, options["form"], str(options["new"])))
        sys.exit(EXIT[result.verdict])

    def _refuse(self, message: str) -> None:
        self.stderr.write(message)
        sys.exit(BAD_INPUT)


def _lines(path: Path) -> Iterator[bytes]:
    """As bytes: what is not text is for the answer to say."""
    if str(path) == "-":
        yield from filter(bytes.strip, sys.stdin.buffer)
        return
    with path.open("rb") as file:
        yield from filter(bytes.strip, file)


def _written(result: Comparison, form: str | None, path: str) -> str:
    if form == "json":
        return json.dumps(result.to_dict(), ensure_ascii=False, indent=2, default=str)
    if form == "sarif":
        return json.dumps(reports.as_sarif(result, path), ensure_ascii=False, indent=2)
    return reports.as_markdown(result) if form == "markdown" else reports.as_table(result)
