"""A foundation that two platform administrators sign at this terminal, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from governance import clock
from governance.approvals import services as approvals
from governance.approvals.lifecycle import Verdict
from governance.approvals.models import ChangeRequest, Revision
from governance.catalog.connector_yaml import load
from governance.errors import GovernanceError
from portal.accounts.models import User

Say = Callable[[str], Any]


def documents(path: Path) -> list[dict[str, Any]]:
    """A file of `- kind: {document}` as items."""
    data, _ = load(path.read_bytes())
    return [{"kind": kind, "document": document} for row in data for kind, document in row.items()]


def person(username: str) -> User:
    """An active account. Raises CommandError."""
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise CommandError(
            f"there is no account {username!r}; make it with `manage.py up --person`"
        )
    return found


def lay(
    items: list[dict[str, Any]], *, title: str, by: User, signers: list[User], say: Say
) -> ChangeRequest:
    """The foundation, signed and active. Raises CommandError; nothing is saved then."""
    try:
        with transaction.atomic():
            request = approvals.open_foundation(
                by=by, title=title, items=items, signers=signers, now=clock.now()
            )
            for signer in signers:
                _sign(request, signer, say)
            approvals.activate_due(now=clock.now())
    except GovernanceError as error:
        raise CommandError(f"{error} ({error.code}); nothing was saved") from error
    request.refresh_from_db()
    return request


def _sign(request: ChangeRequest, signer: User, say: Say) -> None:
    shown = Revision.objects.filter(request=request).latest("number")
    say(f"{request.items.count()} items, revision {shown.digest}")
    if not signer.check_password(getpass(f"{signer.username} signs with the password: ")):
        raise CommandError("that is not the password; nothing was saved")
    approvals.vote(
        request=request, by=signer, verdict=Verdict.APPROVE, seen=shown.digest, reason="Signed"
    )
