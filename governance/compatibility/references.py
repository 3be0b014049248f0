"""Where `$ref` leads inside one document: pointers, `$anchor` and `$id`, never a network."""

import re
from typing import Any, NamedTuple
from urllib.parse import urldefrag, urljoin

import msgspec

from governance.compatibility import pointers

ANCHORS = ("$anchor", "$dynamicAnchor")
NAMING = re.compile(rb'"\$(?:id|anchor|dynamicAnchor)":"')
"""Without any of these, pointers are the only names."""
OPAQUE = ("enum", "const", "default", "example", "examples")
"""Keywords whose values are data, not schemas."""


class Sub(NamedTuple):
    """A schema and the pointer at which it stands."""

    raw: Any
    pointer: str


class Index:
    """All names of one document."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.named: dict[str, Sub] = {}
        self.bases: dict[int, str] = {}
        if NAMING.search(msgspec.json.encode(root, enc_hook=str)):
            self._walk()

    def _walk(self) -> None:
        stack: list[tuple[Any, str, str]] = [(self.root, "", "")]
        while stack:
            node, pointer, base = stack.pop()
            if isinstance(node, dict):
                base = self._name(node, pointer, base)
                stack.extend(
                    (item, pointers.join(pointer, key), base)
                    for key, item in node.items()
                    if key not in OPAQUE and isinstance(item, dict | list)
                )
            elif isinstance(node, list):
                stack.extend((item, f"{pointer}/{i}", base) for i, item in enumerate(node))

    def _name(self, node: dict[str, Any], pointer: str, base: str) -> str:
        """Note the names that a schema gives itself; its base URI."""
        identity = node.get("$id")
        if isinstance(identity, str):
            absolute = joined(base, identity)
            self.named.setdefault(absolute.rstrip("#"), Sub(node, pointer))
            if not identity.startswith("#"):
                base = urldefrag(absolute)[0]
        for key in ANCHORS:
            if isinstance(node.get(key), str):
                self.named.setdefault(f"{base}#{node[key]}", Sub(node, pointer))
        if base:
            self.bases[id(node)] = base
        return base

    def resolve(self, reference: str, holder: Any = None) -> Sub | None:
        """The schema that a `$ref` in `holder` names, or None."""
        base = self.bases.get(id(holder), "")
        if base:
            target, fragment = urldefrag(joined(base, reference))
        else:
            target, _, fragment = reference.partition("#")
        full = f"{target}#{fragment}" if fragment else target
        if full in self.named:
            return self.named[full]
        home = self.named.get(target) if target else Sub(self.root, "")
        if home is None or (fragment and not fragment.startswith("/")):
            return None
        return _inside(home, pointers.from_fragment(fragment))


def joined(base: str, reference: str) -> str:
    """The reference against its base; as written where one of them is no URI."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference


def _inside(home: Sub, pointer: str) -> Sub | None:
    try:
        return Sub(pointers.find(home.raw, pointer), home.pointer + pointer)
    except (LookupError, ValueError):
        return None
