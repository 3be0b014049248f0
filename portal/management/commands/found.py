"""`manage.py found FILE`: the once-only foundation of an empty portal, signed at this terminal."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.management import signing


class Command(BaseCommand):
    help = "Register a first set of documents; two platform administrators sign with passwords."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="YAML list of `- kind: {document}`")
        parser.add_argument("--by", required=True, help="who wrote it; does not sign")
        parser.add_argument("--signer", action="append", default=[], help="twice")

    def handle(self, *args: Any, **options: Any) -> None:
        signers = [signing.person(name) for name in options["signer"]]
        request = signing.lay(
            signing.documents(options["file"]),
            title="Foundation",
            by=signing.person(options["by"]),
            signers=signers,
            say=self.stdout.write,
        )
        self.stdout.write(f"{request}: {request.state}")
