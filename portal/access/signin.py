"""How long ago somebody proved who they are, on this very session."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from allauth.account.authentication import get_authentication_records

if TYPE_CHECKING:
    from django.http import HttpRequest


def sign_in_age(request: HttpRequest) -> timedelta | None:
    """Real time since the latest password, code or key; None where none was given, as by a token.

    Not the firm's clock: a firm that lives on another day still has people who walk away.
    """
    records = get_authentication_records(request, request.user)
    given = [float(one["at"]) for one in records if "at" in one]
    return timedelta(seconds=max(time.time() - max(given), 0)) if given else None
