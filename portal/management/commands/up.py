"""`manage.py up`: a portal on this machine, with nothing else to install."""

import os
import secrets
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from portal.accounts.models import User

HOW_TO_BEGIN = """
This portal is empty. It begins with three people: one who writes its foundation and two platform
administrators who sign it. Make their accounts; each first password is shown once:
  manage.py up --person devon --person ada --person ben
then register the first domains, people and systems:
  manage.py found foundation.yaml --by devon --signer ada --signer ben
"""
SERVER = (
    *("--interface", "wsgi", "--workers", "1", "--blocking-threads", "4"),
    *("--workers-kill-timeout", "15", "--log-level", "warning"),
)


class Command(BaseCommand):
    help = "Migrate, then serve on this machine; without a broker, worker and beat run inside."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--person", action="append", default=[], help="make this account")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        for username in options["person"]:
            self._make(username)
        if not User.objects.exists():
            self.stdout.write(HOW_TO_BEGIN)
        self.stdout.write(f"Concordat: http://{options['host']}:{options['port']}/")
        self.stdout.flush()
        serve(host=options["host"], port=options["port"])

    def _make(self, username: str) -> None:
        if User.objects.filter(username=username).exists():
            self.stdout.write(f"{username} exists already")
            return
        password = secrets.token_urlsafe(12)
        User.objects.create_user(username, password=password)
        self.stdout.write(f"{username}: first password {password}")


def serve(*, host: str, port: int) -> None:
    """Become the server, so that Ctrl-C and a supervisor's signals reach it directly."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings"}
    if settings.CELERY_BROKER_URL.startswith("memory://"):
        environment["CONCORDAT_EMBEDDED"] = "1"
    where = ("--host", host, "--port", str(port))
    command = [sys.executable, "-m", "granian", *SERVER, *where, "portal.wsgi:application"]
    os.chdir(settings.BASE_DIR)
    os.execve(sys.executable, command, environment)  # noqa: S606  our own interpreter
