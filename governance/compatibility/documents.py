"""A document as the engine holds it: its value, its kind, and the text that tells lines."""

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

from governance.canonical import digest
from governance.compatibility import limits, reading, yamltext
from governance.compatibility.reading import BadDocument

Kind = Literal["openapi", "json-schema", "odcs"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LOOKS_LIKE_JSON = re.compile(r'\s*[\[{"]')


@dataclass(frozen=True, eq=False)
class Document:
    """`value` is plain JSON; `text` is empty where the value was given directly."""

    kind: Kind
    value: Any
    text: str = field(default="", repr=False)
    is_yaml: bool = False

    @cached_property
    def digest(self) -> str:
        return digest(self.value)

    @cached_property
    def places(self) -> dict[str, int]:
        if not self.text:
            return {}
        read = yamltext.yaml_places if self.is_yaml else reading.json_places
        return read(self.text)

    def line(self, pointer: str) -> int | None:
        """The line of a place, or of the nearest place around it."""
        while pointer and pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        return self.places.get(pointer)


def read(content: bytes | str | dict[str, Any] | list[Any] | bool) -> tuple[Any, str, bool]:
    """The value, its text, and whether that is YAML."""
    if isinstance(content, dict | list | bool):
        reading.check(content, surrogates=True)
        return content, "", False
    text = _decode(content)
    is_yaml = not LOOKS_LIKE_JSON.match(text)
    if is_yaml and len(text) > limits.MAX_YAML_BYTES:
        raise BadDocument(f"larger than {limits.MAX_YAML_BYTES:,} bytes of YAML: give it as JSON")
    value = yamltext.read_yaml(text) if is_yaml else reading.read_json(text)
    reading.check(value, surrogates=bool(reading.SURROGATE.search(text)))
    return value, text, is_yaml


def _decode(content: bytes | str) -> str:
    if len(content) > limits.MAX_BYTES:
        raise BadDocument(f"larger than {limits.MAX_BYTES:,} bytes")
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadDocument("not UTF-8 text", line=line) from error


def kind_of(value: Any) -> Kind:
    """What a value says that it is."""
    if isinstance(value, dict):
        if "openapi" in value or "swagger" in value:
            return "openapi"
        if value.get("kind") == "DataContract" or "dataContractSpecification" in value:
            return "odcs"
    return "json-schema"


def as_kind(kind: str | None, value: Any) -> Kind:
    if kind is None:
        return kind_of(value)
    if kind not in KINDS:
        raise BadDocument(f"no such kind {kind!r}: openapi, json-schema or odcs")
    return kind


def to_text(value: Any) -> str:
    """Readable JSON, for messages."""
    return json.dumps(value, ensure_ascii=False, default=str)
