"""Read YAML 1.2 or JSON as plain data with the line of every place: no aliases, no tags, no
implicit types beyond whole numbers, true, false and null, no key twice."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.tokens import AliasToken, AnchorToken, DirectiveToken, TagToken

from governance.errors import InvalidDocument

MAX_BYTES = 262_144
MAX_DEPTH = 32
WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
REFUSED = {
    AliasToken: "an alias (*name) is not allowed: write the value out",
    AnchorToken: "an anchor (&name) is not allowed: write the value out",
    TagToken: "a tag (!name) is not allowed: remove it",
    DirectiveToken: "a directive (%…) is not allowed: remove it",
}


def load(text: bytes | str) -> tuple[Any, dict[str, int]]:
    """The data, and JSON Pointer → line counted from 1."""
    source = _decoded(text)
    try:
        _refuse_unsafe(source)
        root = YAML(typ="safe", pure=True).compose(source)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        raise InvalidDocument(f"not YAML: {error.problem or error.context}", line=line) from None
    except (ReaderError, RecursionError) as error:
        raise InvalidDocument(f"not YAML: {type(error).__name__}, remove what is odd") from None
    if root is None:
        raise InvalidDocument("the document is empty: describe the connector", line=1)
    lines: dict[str, int] = {}
    return _value(root, "", lines), lines


def _decoded(text: bytes | str) -> str:
    if len(text) > MAX_BYTES:
        raise InvalidDocument(f"longer than {MAX_BYTES} bytes: split the connector")
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidDocument(f"byte {error.start} is not UTF-8: save it as UTF-8") from None


def _refuse_unsafe(source: str) -> None:
    """By token, before anything is composed: an alias can cost time without end."""
    depth = 0
    for token in YAML(typ="safe", pure=True).scan(source):
        line = token.start_mark.line + 1
        if type(token) in REFUSED:
            raise InvalidDocument(REFUSED[type(token)], line=line)
        depth += ("Start" in type(token).__name__) - ("End" in type(token).__name__)
        if depth > MAX_DEPTH:
            raise InvalidDocument(f"nested deeper than {MAX_DEPTH} levels", line=line)


def _value(node: Node, pointer: str, lines: dict[str, int]) -> Any:
    lines[pointer] = node.start_mark.line + 1
    if isinstance(node, ScalarNode):
        return _scalar(node)
    if isinstance(node, SequenceNode):
        return [_value(item, f"{pointer}/{index}", lines) for index, item in enumerate(node.value)]
    return _mapping(node, pointer, lines)


def _mapping(node: Node, pointer: str, lines: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            raise InvalidDocument("a key must be a plain word", pointer=pointer, line=line)
        key, place = key_node.value, f"{pointer}/{escaped(key_node.value)}"
        if key in result:
            raise InvalidDocument(f"{key!r} stands here twice: keep one", pointer=place, line=line)
        result[key] = _value(value_node, place, lines)
        lines[place] = line
    return result


def _scalar(node: ScalarNode) -> Any:
    """`010`, `NO` and `1.5` stay the text they are."""
    text: str = node.value
    if node.style is not None:
        return text
    if text in WORDS:
        return WORDS[text]
    return int(text) if WHOLE_NUMBER.match(text) else text


def escaped(key: str) -> str:
    """One reference token of a JSON Pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
