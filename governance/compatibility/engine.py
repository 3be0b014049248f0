"""The engine's door: documents in, findings out. Pure: no database, no network, no clock."""

from typing import Any

from governance.compatibility import documents, validity
from governance.compatibility.documents import Document
from governance.compatibility.reading import BadDocument

__all__ = ["BadDocument", "Document", "load"]


def load(
    content: bytes | str | dict[str, Any] | list[Any] | bool, kind: str | None = None
) -> Document:
    """Read JSON or YAML 1.2; BadDocument names what is wrong, its pointer and its line."""
    value, text, is_yaml = documents.read(content)
    document = Document(documents.as_kind(kind, value), value, text, is_yaml)
    try:
        REQUIRE[document.kind](value)
    except BadDocument as error:
        line = document.line(error.pointer)
        raise BadDocument(error.message, error.pointer, line) from error
    return document


def _require_openapi(value: Any) -> None:
    validity.openapi_version(value)


def _require_odcs(value: Any) -> None:
    if not isinstance(value, dict):
        raise BadDocument("a data contract is an object")


REQUIRE = {
    "openapi": _require_openapi,
    "json-schema": validity.require_json_schema,
    "odcs": _require_odcs,
}
"""What a value must be, by kind, before it is compared."""
