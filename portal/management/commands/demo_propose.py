"""`manage.py demo_propose`: what waits for the sample firm's architect; the demo starts it."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from governance import clock
from portal.demo import founding
from portal.demo.checking import settled

LOOK_SECONDS = 2.0


class Command(BaseCommand):
    help = "Propose the sample firm's changes once its history has been read."

    def handle(self, *args: Any, **options: Any) -> None:
        while not settled.has_read():
            time.sleep(LOOK_SECONDS)
        founding.propose(now=clock.now())
