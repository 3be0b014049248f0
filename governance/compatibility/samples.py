"""Texts that match a regular expression: enough of its syntax to find examples, checked by re2."""

from typing import Any

import re2

from governance.compatibility import limits

NAMED = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a", "t": "\t", "n": "\n", "b": ""}
GUESSES = ("", "a", "A", "0", "1", "ab", "abc", "foo", "a-b", "2020-01-01", "\u00e1", "x" * 8)
MAX_REPEAT = 40
MAX_PATTERN = 500
QUIET = re2.Options()
QUIET.log_errors = False


class Sampler:
    """Reads a pattern left to right and writes the shortest text it can think of."""

    def __init__(self, pattern: str, *, extra: int = 0, branch: int = 0) -> None:
        self.pattern = pattern
        self.place = 0
        self.extra = extra
        self.branch = branch

    def alternatives(self) -> str:
        branches = [self.sequence()]
        while self.peek() == "|":
            self.place += 1
            branches.append(self.sequence())
        return branches[self.branch % len(branches)]

    def sequence(self) -> str:
        written = ""
        while self.peek() not in ("", "|", ")"):
            atom = self.atom()
            written += atom * self.repeat()
        return written

    def peek(self) -> str:
        return self.pattern[self.place : self.place + 1]

    def atom(self) -> str:
        char = self.peek()
        self.place += 1
        if char == "(":
            return self.group()
        if char == "[":
            return self.choice()
        if char == "\\":
            return self.escaped()
        return {"^": "", "$": "", ".": "x"}.get(char, char)

    def group(self) -> str:
        if self.pattern.startswith("?:", self.place):
            self.place += 2
        inner = self.alternatives()
        self.place += 1
        return inner

    def escaped(self) -> str:
        char = self.peek()
        self.place += 1
        if char in "pP" and self.peek() == "{":
            self.place = self.pattern.find("}", self.place) % (len(self.pattern) + 1) + 1
            return "a"
        return NAMED.get(char, char)

    def choice(self) -> str:
        end = self.pattern.find("]", self.place + 1)
        body = self.pattern[self.place : end]
        self.place = end + 1 if end > 0 else len(self.pattern)
        if body.startswith("^"):
            return next((c for c in "xX0-_ " if c not in body), "\u00e9")
        return NAMED.get(body[1:2], body[1:2]) if body.startswith("\\") else body[:1]

    def repeat(self) -> int:
        char = self.peek()
        low, high = 1, 1
        if char and char in "*+?":
            self.place += 1
            low, high = (1 if char == "+" else 0), (1 if char == "?" else MAX_REPEAT)
        elif char == "{":
            end = self.pattern.find("}", self.place) % (len(self.pattern) + 1)
            low, high = _bounds(self.pattern[self.place + 1 : end])
            self.place = end + 1
        if self.peek() == "?":
            self.place += 1
        return min(low + self.extra, high, MAX_REPEAT)


def _bounds(text: str) -> tuple[int, int]:
    low, comma, high = text.partition(",")
    least = int(low) if low.isdecimal() else 1
    most = int(high) if high.isdecimal() else (MAX_REPEAT if comma else least)
    return least, most


def compile_safely(pattern: str) -> Any:
    """A pattern that cannot backtrack, or None where re2 does not read it or it is too long."""
    if len(pattern) > limits.MAX_PATTERN:
        return None
    try:
        return re2.compile(pattern, QUIET)
    except re2.error:
        return None


def matching(pattern: str) -> list[str]:
    """Up to a dozen texts that match; none if re2 does not read the pattern."""
    compiled = compile_safely(pattern)
    if compiled is None or len(pattern) > MAX_PATTERN:
        return []
    tries = [_sample(pattern, extra, branch) for extra in (0, 1, 3) for branch in (0, 1, 2)]
    found = dict.fromkeys(text for text in (*tries, *GUESSES) if compiled.search(text))
    return list(found)[:12]


def _sample(pattern: str, extra: int, branch: int) -> str:
    try:
        return Sampler(pattern, extra=extra, branch=branch).alternatives()
    except (IndexError, RecursionError):
        return ""
