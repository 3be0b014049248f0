"""Lines of a batch: each is one case, and each gets one answer, however broken it is."""

import json
import re
from typing import Any

from governance.compatibility import cases
from governance.compatibility.policies import Policy
from governance.compatibility.reading import BadDocument, read_json

JSON = dict[str, Any]
MARK = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]')
SIDES = ("old", "new")


def answer(line: bytes, policy: Policy) -> JSON:
    """The answer to one line; for a broken one, too, with its `id` where that is legible."""
    try:
        text = line.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        known = members(line.decode("utf-8", "replace"))
        return refused(legible(known.get("id", "null")), "case", "", "the line is not UTF-8 text")
    try:
        case = read_json(text)
    except BadDocument as error:
        return broken(text, error.message)
    if not isinstance(case, dict):
        return refused(None, "case", "", "a case is a JSON object")
    return cases.answer(case, policy)


def broken(text: str, reason: str) -> JSON:
    """Which part of a line cannot be read: a side, or the case itself."""
    parts = members(text)
    named = legible(parts.get("id", "null"))
    for key, part in parts.items():
        try:
            read_json(part)
        except BadDocument as error:
            if key in SIDES:
                return refused(named, key, "", error.message)
            return refused(named, "case", f"/{key[:80]}", error.message)
    return refused(named, "case", "", reason)


def refused(name: Any, side: str, pointer: str, message: str) -> JSON:
    return {"id": name, "error": {"side": side, "pointer": pointer, "message": message}}


def members(text: str) -> dict[str, str]:
    """The texts of the outermost members, without reading them: found in broken texts, too."""
    found: dict[str, str] = {}
    depth, key, start = 0, "", 0
    for match in MARK.finditer(text):
        mark = match.group()
        if mark in ("{", "["):
            depth += 1
        elif mark in ("}", "]") or (mark == "," and depth == 1):
            depth -= mark != ","
            if depth <= 1 and key and mark != "]" and (mark == "," or depth == 0):
                found.setdefault(key, text[start : match.start()])
                key = ""
            if depth <= 0:
                return found
        elif depth == 1 and mark == ":":
            start = match.end()
        elif depth == 1 and not key:
            key = str(legible(mark))
    return {**found, key: text[start:]} if key else found


def legible(text: str) -> Any:
    """A value, or None where it cannot be read."""
    try:
        return json.loads(json.dumps(read_json(text), default=str))
    except BadDocument:
        return None
