"""YAML 1.2 as the JSON that it spells: aliases never followed, no tags, scalars as written.

`no` and `010` stay the texts that they are; only what JSON itself would read as a number, a boolean
or null becomes one. Keys are always texts.
"""

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from governance.compatibility import limits, pointers
from governance.compatibility.reading import BadDocument, number

INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,400})\Z")
FRACTION = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\Z")
WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
NOTHING = {"", "~", "null", "Null", "NULL"}
PROSE = {"example", "examples", "x-codeSamples", "x-code-samples"}
MISSING: Any = object()


class Builder:
    """Builds one value from parser events, and knows the place of each."""

    def __init__(self, *, keep_places: bool = False) -> None:
        self.root: Any = MISSING
        self.places: dict[str, int] = {}
        self.keep_places = keep_places
        self.containers: list[Any] = []
        self.keys: list[Any] = []
        self.documents = 0

    def feed(self, event: Event) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, ScalarEvent):
            self.scalar(event, line)
        elif isinstance(event, MappingStartEvent):
            self.open({}, event, line)
        elif isinstance(event, SequenceStartEvent):
            self.open([], event, line)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self.close()
        else:
            self.other(event, line)

    def other(self, event: Event, line: int) -> None:
        if isinstance(event, AliasEvent):
            if self.in_example():
                self.place(None, line)
                return
            self.refuse("YAML aliases (*name) are refused: write the value out, or use $ref", line)
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.refuse("one YAML document per file", line)

    def scalar(self, event: ScalarEvent, line: int) -> None:
        if self.containers and isinstance(self.containers[-1], dict) and self.keys[-1] is MISSING:
            self.key(event.value, line)
            return
        self.refuse_tag(event, line)
        plain = event.implicit[0] and event.style in (None, "")
        try:
            self.place(scalar(event.value) if plain else event.value, line)
        except BadDocument as error:
            self.refuse(error.message, line)

    def key(self, key: str, line: int) -> None:
        self.keys[-1] = key
        if self.keep_places:
            self.places[self.pointer()] = line
        if key in self.containers[-1]:
            self.refuse(f"the key {key[:80]!r} stands twice in one mapping", line)

    def open(self, container: Any, event: Any, line: int) -> None:
        if self.containers and self.keys[-1] is MISSING and isinstance(self.containers[-1], dict):
            self.refuse("a key must be a text", line)
        self.refuse_tag(event, line)
        if len(self.containers) >= limits.MAX_DEPTH:
            self.refuse(f"nested deeper than {limits.MAX_DEPTH} levels", line)
        self.place(container, line)
        self.containers.append(container)
        self.keys.append(MISSING)

    def place(self, value: Any, line: int) -> None:
        if not self.containers:
            self.root = value
            self.places.setdefault("", line)
            return
        target = self.containers[-1]
        if isinstance(target, list):
            self.keys[-1] = len(target)
            if self.keep_places:
                self.places[self.pointer()] = line
            target.append(value)
        else:
            target[self.keys[-1]] = value
            if not isinstance(value, dict | list):
                self.keys[-1] = MISSING

    def close(self) -> None:
        self.containers.pop()
        self.keys.pop()
        if self.containers and isinstance(self.containers[-1], dict):
            self.keys[-1] = MISSING

    def in_example(self) -> bool:
        """Examples promise nothing, so an alias there is left out rather than followed."""
        return any(
            key in PROSE and before != "properties"
            for before, key in zip([None, *self.keys], self.keys, strict=False)
        )

    def pointer(self) -> str:
        return pointers.join("", *(key for key in self.keys if key is not MISSING))

    def refuse_tag(self, event: Any, line: int) -> None:
        if event.tag is not None and str(event.tag) not in ("!", "tag:yaml.org,2002:str"):
            self.refuse("YAML tags are refused: write plain values", line)

    def refuse(self, message: str, line: int) -> None:
        raise BadDocument(message, self.pointer(), line)


def scalar(text: str) -> Any:
    """What JSON would read in a plain scalar."""
    if text in NOTHING:
        return None
    if text in WORDS:
        return WORDS[text]
    if INTEGER.match(text):
        return int(text)
    return number(text) if FRACTION.match(text) else text


def build(text: str, *, keep_places: bool = False) -> Builder:
    builder = Builder(keep_places=keep_places)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.feed(event)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "cannot be read"
        raise BadDocument(f"not YAML: {problem}", line=mark.line + 1 if mark else None) from error
    return builder


def read_yaml(text: str) -> Any:
    root = build(text).root
    if root is MISSING:
        raise BadDocument("the document is empty")
    return root


def yaml_places(text: str) -> dict[str, int]:
    """The line of every pointer of a YAML text that is known to parse."""
    return build(text, keep_places=True).places
