"""A folder of files in memory that becomes a ZIP with a manifest of hashes."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from governance import canonical

if TYPE_CHECKING:
    from datetime import datetime

FORMAT = 1
PROGRAM = Path(__file__).with_name("verify.py")
README = """Evidence of approved changes.

Verify it without any connection, with nothing but Python 3.9 or newer:

    python verify.py                  in the folder that you unpacked
    python verify.py evidence.zip     without unpacking
    python verify.py --manifest HASH  and compare with the hash that the export was recorded with

Whoever distrusts the program can check by hand: a file in revisions, agreements, documents, entries
or seals is canonical JSON (RFC 8785), and its SHA-256 is what everything else calls it by.
"""


def moment(at: datetime | None) -> str | None:
    """As it stands in every file: UTC, microseconds kept."""
    return at.astimezone(UTC).isoformat() if at else None


@dataclass(slots=True)
class Binder:
    """Path → bytes."""

    files: dict[str, bytes] = field(default_factory=dict)

    def put(self, path: str, value: Any) -> None:
        """A file for people, indented."""
        raw = msgspec.json.encode(canonical.plain(value))
        self.files[path] = msgspec.json.format(raw, indent=2) + b"\n"

    def keep(self, path: str, value: Any) -> None:
        """Canonical bytes: the SHA-256 of the file is the digest of the value."""
        self.files[path] = canonical.encode(value)

    def hold(self, folder: str, value: Any) -> str:
        """The same under its digest's name; the digest."""
        digest = canonical.digest(value)
        self.keep(f"{folder}/{digest}.json", value)
        return digest

    def bound(self, head: dict[str, Any], *, now: datetime) -> Bound:
        """The ZIP, the same bytes for the same content and moment."""
        self.files["README.txt"] = README.encode()
        self.files["verify.py"] = PROGRAM.read_bytes()
        listed = {path: hashlib.sha256(raw).hexdigest() for path, raw in sorted(self.files.items())}
        self.put("manifest.json", {"format": FORMAT, **head, "files": listed})
        stamp = now.astimezone(UTC).timetuple()[:6]
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            for path, raw in sorted(self.files.items()):
                made.writestr(zipfile.ZipInfo(path, stamp), raw, zipfile.ZIP_DEFLATED)
        manifest = hashlib.sha256(self.files["manifest.json"]).hexdigest()
        return Bound(out.getvalue(), manifest, len(self.files))


@dataclass(frozen=True, slots=True)
class Bound:
    """A finished pack and the hash that stands for all of it."""

    content: bytes
    manifest: str
    files: int
