"""`manage.py found_demo`: makes this empty portal the sample firm's; does nothing a second time."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.demo import founding, places


class Command(BaseCommand):
    help = "Migrate, and register the sample firm once."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        if founding.is_founded():
            self.stdout.write("     as it was left")
            return
        founding.found(places=places.load(port=8000), now=timezone.now())
