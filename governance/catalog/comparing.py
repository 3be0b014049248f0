"""Comparisons that are kept: the same pair under the same policy is never computed twice."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import msgspec

from governance import canonical, clock
from governance.catalog.models import Comparison
from governance.compatibility import cases
from governance.compatibility.documents import KINDS
from governance.compatibility.engine import MODES
from governance.compatibility.policies import Policy
from governance.errors import InvalidDocument

ENGINE = "2"
"""Raise it when the engine judges otherwise: what is kept is then computed anew."""

Content = dict[str, Any] | list[Any] | bool | str


def compared(
    old: Content, new: Content, *, kind: str = "", mode: str = "backward", policy: Policy
) -> dict[str, Any]:
    """Verdict and findings as JSON, with the digests of both documents and the key of the pair.

    Raises InvalidDocument, its pointer below `/old` or `/new`, for what is no document of its kind.
    """
    if kind and kind not in KINDS:
        raise InvalidDocument(f"kinds: {', '.join(KINDS)}", pointer="/kind")
    if mode not in MODES:
        raise InvalidDocument(f"modes: {', '.join(MODES)}", pointer="/mode")
    sides = {"old": _digest(old), "new": _digest(new)}
    facts = [ENGINE, kind, mode, *sides.values(), msgspec.to_builtins(policy, order="sorted")]
    key = canonical.digest(facts)
    held = Comparison.objects.filter(key=key).values_list("result", flat=True).first()
    if held is None:
        held = _judged(old, new, kind, mode, policy)
        Comparison.objects.get_or_create(
            key=key, defaults={**sides, "result": held, "created_at": clock.now()}
        )
    return {"key": key, **sides, **held}


def _judged(old: Content, new: Content, kind: str, mode: str, policy: Policy) -> dict[str, Any]:
    try:
        found = cases.judge(old, new, kind or None, mode, policy)
    except cases.BadSide as bad:
        pointer = f"/{bad.side}{bad.error.pointer}"
        raise InvalidDocument(bad.error.message, pointer=pointer, line=bad.error.line) from bad
    plain: dict[str, Any] = json.loads(msgspec.json.encode(found.to_dict(), enc_hook=str))
    return plain


def _digest(content: Content) -> str:
    """Of a text as it was sent, of a value in canonical form."""
    raw = content.encode() if isinstance(content, str) else canonical.encode(content)
    return hashlib.sha256(raw).hexdigest()


def policy_of(given: dict[str, Any]) -> Policy:
    """A policy from JSON; today is the firm's. Raises InvalidDocument naming the wrong part."""
    unknown = set(given) - set(Policy.__dataclass_fields__)
    if unknown:
        known = ", ".join(sorted(Policy.__dataclass_fields__))
        raise InvalidDocument(f"there is no {sorted(unknown)[0]!r}; known: {known}", pointer=POLICY)
    try:
        policy = msgspec.convert(given, Policy)
    except msgspec.ValidationError as error:
        raise InvalidDocument(str(error), pointer=POLICY) from error
    if policy.perspective not in cases.PERSPECTIVES:
        raise InvalidDocument("perspective: consumer or producer", pointer=f"{POLICY}/perspective")
    return policy if policy.today else replace(policy, today=clock.now().date())


POLICY = "/policy"
