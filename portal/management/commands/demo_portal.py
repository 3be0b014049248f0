"""`manage.py demo_portal`: the sample firm's portal; `python -m portal.demo` runs all of it."""

from typing import Any

from django.core.management import call_command

from governance import clock
from portal.demo import founding, places
from portal.management.commands import up


class Command(up.Command):
    help = "Register the sample firm once, then serve like `up`."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        if not founding.is_founded():
            founding.found(places=places.load(port=options["port"]), now=clock.now())
        self.stdout.write("3/4  Portal, worker and beat")
        self.stdout.flush()
        up.serve(host=options["host"], port=options["port"])
