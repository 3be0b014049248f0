"""`manage.py found FILE`: the once-only foundation of an empty portal, signed at this terminal."""

from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from governance.approvals import services as approvals
from governance.approvals.lifecycle import Verdict
from governance.approvals.models import ChangeRequest, Revision
from governance.catalog.connector_yaml import load
from governance.errors import GovernanceError
from portal.accounts.models import User


class Command(BaseCommand):
    help = "Register a first set of documents; two platform administrators sign with passwords."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="YAML list of `- kind: {document}`")
        parser.add_argument("--by", required=True, help="who wrote it; does not sign")
        parser.add_argument("--signer", action="append", default=[], help="twice")

    def handle(self, *args: Any, **options: Any) -> None:
        signers = [_person(name) for name in options["signer"]]
        try:
            with transaction.atomic():
                request = self._open(options["file"], _person(options["by"]), signers)
                for signer in signers:
                    self._sign(request, signer)
                approvals.activate_due(now=timezone.now())
        except GovernanceError as error:
            raise CommandError(f"{error} ({error.code}); nothing was saved") from error
        request.refresh_from_db()
        self.stdout.write(f"{request}: {request.state}")

    def _open(self, path: Path, by: User, signers: list[User]) -> ChangeRequest:
        data, _ = load(path.read_bytes())
        items = [
            {"kind": kind, "document": document} for row in data for kind, document in row.items()
        ]
        return approvals.open_foundation(
            by=by, title="Foundation", items=items, signers=signers, now=timezone.now()
        )

    def _sign(self, request: ChangeRequest, signer: User) -> None:
        shown = Revision.objects.filter(request=request).latest("number")
        self.stdout.write(f"{request.items.count()} items, revision {shown.digest}")
        if not signer.check_password(getpass(f"{signer.username} signs with the password: ")):
            raise CommandError("that is not the password; nothing was saved")
        approvals.vote(
            request=request, by=signer, verdict=Verdict.APPROVE, seen=shown.digest, reason="Signed"
        )


def _person(username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise CommandError(
            f"there is no account {username!r}; make it with `manage.py up --person`"
        )
    return found
