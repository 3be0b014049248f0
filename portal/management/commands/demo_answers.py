"""`manage.py demo_answers`: what was planted in the sample firm beside what the product found."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance import clock
from portal.demo.answers.faults import faults
from portal.demo.answers.tiles import tiles
from portal.demo.checking import faults as planted
from portal.demo.checking import figures, settled
from portal.demo.firm.world import build


class Command(BaseCommand):
    help = "Wait until the firm's history has been read, then print one line per fault and tile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--wait", type=float, default=900.0, help="seconds at most")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        if not settled.wait(seconds=options["wait"], say=self._say):
            raise CommandError(f"not settled within {options['wait']:.0f} s: {settled.state()}")
        state = settled.state()
        self._say(f"{state['records']} records after {time.monotonic() - began:.0f} s\n")
        world = build()
        found = [*planted.lines(faults(world)), *figures.lines(tiles(world), now=clock.now())]
        for line in found:
            self._say(f"{'ok   ' if line.same else 'WRONG'} {line.name}: {line.expected}")
            if not line.same:
                self._say(f"      found: {line.found}")
        wrong = sum(not line.same for line in found)
        if wrong:
            raise CommandError(f"{wrong} of {len(found)} differ from the answer key")
        self._say(f"\nAll {len(found)} lines equal the answer key")

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
