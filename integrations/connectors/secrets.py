"""Seal and open secrets: AES-256-GCM, bound to table, row and field, under rotating keys."""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import cache
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from integrations.connectors.models import Secret
from integrations.errors import NeedsAPerson

if TYPE_CHECKING:
    from pathlib import Path

NONCE_BYTES = 12
SHORTEST_KEK = 32
TABLE, FIELD = "integrations_secret", "ciphertext"


class Key:
    """A key-encryption key; `id` says which one sealed a row and tells nothing about the key."""

    __slots__ = ("_cipher", "id")

    def __init__(self, text: str) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=b"concordat secrets").derive(text.encode())
        self.id = hashlib.sha256(b"id:" + derived).hexdigest()[:16]
        self._cipher = AESGCM(derived)

    def seal(self, name: str, value: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value.encode(), bound_to(name))

    def open(self, name: str, sealed: bytes) -> str:
        nonce, box = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return self._cipher.decrypt(nonce, box, bound_to(name)).decode()


def bound_to(name: str) -> bytes:
    """The associated data: a ciphertext copied to another row does not open there."""
    return "\0".join((TABLE, name, FIELD)).encode()


def keys() -> list[Key]:
    """The first key seals; all of them open. `KEK` lists them, separated by commas."""
    texts = [text.strip() for text in settings.KEK.split(",") if text.strip()]
    return [key_of(text) for text in texts or [own_key(settings.VAR / "kek.key")]]


@cache
def key_of(text: str) -> Key:
    if len(text) < SHORTEST_KEK:
        raise ImproperlyConfigured(
            f"CONCORDAT_KEK holds a key of {len(text)} characters; "
            f"set at least {SHORTEST_KEK} random characters"
        )
    return Key(text)


def own_key(path: Path) -> str:
    """A key made on the first start, readable by its owner alone; a second process reads it."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def reveal(name: str) -> str:
    """The value of a stored secret; "" for no name. The text of an error never shows it."""
    if not name:
        return ""
    row = Secret.objects.filter(name=name).values_list("key_id", "ciphertext").first()
    if row is None:
        raise NeedsAPerson(f"the secret {name!r} is not stored: store it", klass="auth")
    return unseal(name, row[0], bytes(row[1]))


def webhook_secrets(connection: str) -> list[str]:
    """What a system may sign with: `hook/CONNECTION`, and while that is replaced also the next."""
    names = [f"hook/{connection}", f"hook/{connection}/next"]
    rows = Secret.objects.filter(name__in=names).values_list("name", "key_id", "ciphertext")
    return [unseal(name, key_id, bytes(sealed)) for name, key_id, sealed in rows]


def unseal(name: str, key_id: str, sealed: bytes) -> str:
    key = next((key for key in keys() if key.id == key_id), None)
    if key is None:
        raise NeedsAPerson(
            f"the secret {name!r} was sealed under a key that is not in CONCORDAT_KEK: "
            "add that key back, or store the secret again",
            klass="auth",
        )
    try:
        return key.open(name, sealed)
    except InvalidTag:
        raise NeedsAPerson(
            f"the stored secret {name!r} was changed outside this program: store it again",
            klass="auth",
        ) from None
