"""OAuth2 client credentials: tokens that say themselves until when they hold."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime

SECONDS = 600


class Tokens:
    """Signed with the client's own secret, so they outlive a restart of the system."""

    def __init__(self, *, client_id: str, secret: str) -> None:
        self._basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        self._key = secret.encode()

    def issue(self, authorization: str, *, now: datetime) -> dict[str, object] | None:
        """The token answer for a client's `Authorization: Basic …`; None for any other."""
        if not hmac.compare_digest(authorization, f"Basic {self._basic}"):
            return None
        return self.give(now=now)

    def give(self, *, now: datetime) -> dict[str, object]:
        """The token answer for who has proved themselves in another way."""
        until = str(int(now.timestamp()) + SECONDS)
        token = base64.urlsafe_b64encode(f"{until}.{self._sign(until)}".encode()).decode()
        return {"access_token": token, "token_type": "bearer", "expires_in": SECONDS}

    def holds(self, authorization: str, *, now: datetime) -> bool:
        """Whether `Authorization: Bearer …` is ours and not over."""
        try:
            token = base64.urlsafe_b64decode(authorization.removeprefix("Bearer ")).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        until, _, signature = token.partition(".")
        ours = hmac.compare_digest(signature, self._sign(until))
        return ours and until.isdigit() and int(until) > now.timestamp()

    def _sign(self, until: str) -> str:
        return hmac.new(self._key, until.encode(), hashlib.sha256).hexdigest()
