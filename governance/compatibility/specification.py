"""What the catalogue keeps of an OpenAPI specification, after making sure that it is one."""

from typing import Any

from governance.compatibility import validity
from governance.compatibility.documents import Document
from governance.compatibility.reading import BadDocument


def summarise(document: Document) -> dict[str, Any]:
    """Title, versions, operations, schemas and servers; BadDocument if it is broken."""
    require_valid(document)
    value = document.value
    return {
        "title": value["info"]["title"],
        "version": value["info"]["version"],
        "openapi": value["openapi"],
        "operations": [
            {
                "id": operation.get("operationId", ""),
                "method": method,
                "path": path,
                "summary": operation.get("summary", ""),
            }
            for _, path, method, operation in validity.operations(value)
        ],
        "schemas": list((value.get("components") or {}).get("schemas") or {}),
        "servers": [server["url"] for server in value.get("servers") or []],
    }


def require_valid(document: Document) -> None:
    """Refuse a broken specification at its first problem, naming pointer and line."""
    try:
        validity.require(validity.specification_problems(document.value))
    except BadDocument as error:
        line = document.line(error.pointer)
        raise BadDocument(error.message, error.pointer, line) from error
