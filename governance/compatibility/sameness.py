"""Which parts of two documents are byte for byte the same, references included."""

import re
from typing import Any

import msgspec

from governance.compatibility import pointers
from governance.compatibility.references import Sub

REFERENCE = re.compile(rb'"\$(?:dynamicR|recursiveR|r)ef":"((?:[^"\\]|\\.)*)"')
ENCODER = msgspec.json.Encoder(enc_hook=str)


class Sameness:
    """Compares by bytes, so that only what changed is looked into."""

    def __init__(self, old: Any, new: Any, *, same_dialect: bool) -> None:
        self.old, self.new = old, new
        self.enabled = same_dialect
        self.dirty: dict[str, bool] = {}

    def same(self, old: Sub, new: Sub) -> bool:
        return self.enabled and self.same_values(old.raw, new.raw)

    def same_values(self, old: Any, new: Any) -> bool:
        left = ENCODER.encode(old)
        if left != ENCODER.encode(new):
            return False
        return not any(self._changed(name) for name in set(REFERENCE.findall(left)))

    def _changed(self, name: bytes) -> bool:
        """Did the target of a reference change, or anything that it refers to?"""
        reference = msgspec.json.decode(b'"' + name + b'"')
        if reference not in self.dirty:
            self._explore(reference)
        return self.dirty[reference]

    def _explore(self, start: str) -> None:
        """Settle all references that are reachable from one."""
        links: dict[str, list[str]] = {}
        broken: list[str] = []
        queue = [start]
        while queue:
            reference = queue.pop()
            if reference in links or reference in self.dirty:
                continue
            targets = self._targets(reference)
            links[reference] = targets or []
            if targets is None or any(self.dirty.get(target) for target in targets):
                broken.append(reference)
            queue.extend(links[reference])
        self.dirty.update(dict.fromkeys(links, False))
        self._spread(links, broken)

    def _targets(self, reference: str) -> list[str] | None:
        """Names that the target refers to; None if the target itself changed."""
        left = _find(self.old, reference)
        if left is None or left != _find(self.new, reference):
            return None
        return [msgspec.json.decode(b'"' + name + b'"') for name in set(REFERENCE.findall(left))]

    def _spread(self, links: dict[str, list[str]], broken: list[str]) -> None:
        users: dict[str, list[str]] = {}
        for name, targets in links.items():
            for target in targets:
                users.setdefault(target, []).append(name)
        self.dirty.update(dict.fromkeys(broken, True))
        while broken:
            for user in users.get(broken.pop(), ()):
                if not self.dirty[user]:
                    self.dirty[user] = True
                    broken.append(user)


def _find(root: Any, reference: str) -> bytes | None:
    if not reference.startswith("#/") and reference != "#":
        return None
    try:
        value = pointers.find(root, pointers.from_fragment(reference[1:]))
    except (LookupError, ValueError):
        return None
    return ENCODER.encode(value)
