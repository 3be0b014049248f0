"""Keeping specification documents byte for byte."""

from __future__ import annotations

import hashlib

from governance.catalog.models import Specification
from governance.compatibility.engine import BadDocument, load
from governance.compatibility.specification import summarise
from governance.errors import InvalidDocument

MAX_SPECIFICATION = 16 * 1024 * 1024


def store_specification(content: bytes) -> Specification:
    """Keep an OpenAPI document byte for byte. Raises InvalidDocument with line or pointer."""
    if len(content) > MAX_SPECIFICATION:
        raise InvalidDocument(
            f"the document has {len(content)} bytes; at most {MAX_SPECIFICATION} are accepted"
        )
    digest = hashlib.sha256(content).hexdigest()
    if held := Specification.objects.filter(digest=digest).first():
        return held
    try:
        document = load(content, "openapi")
        summary = summarise(document)
    except BadDocument as error:
        raise InvalidDocument(
            error.message, pointer=error.pointer or "", line=error.line
        ) from error
    is_json = content.lstrip()[:1] == b"{"
    return Specification.objects.create(
        digest=digest,
        media_type="application/json" if is_json else "application/yaml",
        content=content,
        summary=summary,
    )
