"""A case in business words, on every screen the same: what is wrong and what mends it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.cases.lifecycle import CaseClass, CaseState
from integrations.cases.models import Case

SHORT = 4
"""A system's slug up to this length is an abbreviation: `psa`, `erp`."""
_STEP = re.compile(r"[_\-\s]+")


def system_name(slug: str) -> str:
    """`psa` is PSA, `billing` is Billing."""
    words = slug.replace("-", " ")
    return words.upper() if len(words) <= SHORT else words.capitalize()


def field_name(pointer: str) -> str:
    """`/tax_code` is "Tax code", `/lines/0/amount` is "Lines 1 amount"."""
    steps = [str(int(s) + 1) if s.isdigit() else s for s in pointer.strip("/").split("/") if s]
    return _STEP.sub(" ", " ".join(steps)).capitalize()


def things(case: Case, count: int) -> str:
    """`14 time entries`, by the entity of the case's flow."""
    document = case.flow.document if case.flow is not None else {}
    name = str(document.get("entity") or "item").replace("-", " ")
    return f"{count} {name if count == 1 else _plural(name)}"


def _plural(name: str) -> str:
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"


def headline(case: Case) -> str:
    """What is wrong, short enough for a list."""
    told, field = case.detail, field_name(str(case.detail.get("pointer", "")))
    fix = told.get("fix") or {}
    if case.klass == CaseClass.MAPPING and fix.get("value_map"):
        return f"{field} “{fix['value']}” has no row in value map {fix['value_map']}"
    if case.klass == CaseClass.CONTRACT and told.get("expected"):
        return f"{field or 'The record'}: {told['expected']}"
    if case.klass == CaseClass.AUTHORITY and field:
        return f"{field} is authored by {system_name(str(told.get('expected', '')))}"
    if case.klass == CaseClass.REFERENCE and told.get("refers"):
        one = told["refers"][0]
        return f"{_entity(one)} {one['key']} is unknown in {system_name(one['system'])}"
    if case.operation_id is not None and case.klass == CaseClass.DATA and told.get("message"):
        return f"{system_name(case.system)} refused: {told['message']}"[:200]
    return case.title


def _entity(refers: dict[str, str]) -> str:
    return str(refers["entity"]).replace("-", " ").capitalize()


def why(case: Case) -> str:
    """One paragraph: what happened and what did not happen because of it."""
    explain = _WHY.get(CaseClass(case.klass), _plain)
    return explain(case, system_name(case.system), case.detail)


def _mapping(case: Case, system: str, told: dict[str, Any]) -> str:
    fix = told.get("fix") or {}
    if not fix.get("value_map"):
        return f"The mapping could not read the record from {system}, so nothing was planned."
    field = field_name(str(told.get("pointer", "")))
    return (
        f"{system} sent {field.lower()} “{fix['value']}”. The approved value map "
        f"{fix['value_map']} has no row for it, so nothing was planned and nothing was sent."
    )


def _contract(case: Case, system: str, told: dict[str, Any]) -> str:
    field = field_name(str(told.get("pointer", ""))).lower() or "a record"
    return (
        f"{system} sent {field} in a way that the data contract does not allow: "
        f"{told.get('expected', 'see the rule')}. Nothing was planned and nothing was sent."
    )


def _authority(case: Case, system: str, told: dict[str, Any]) -> str:
    field = field_name(str(told.get("pointer", ""))).lower() or "a field"
    author = system_name(str(told.get("expected", "")))
    return (
        f"{system} sent {field}, but {author} is its system of record today. Nothing was planned: "
        "only the author of a field may change it."
    )


def _unknown(case: Case, system: str, told: dict[str, Any]) -> str:
    return (
        f"The answer of {system} was lost, so nobody knows whether it was done. It is never sent "
        "again blindly: look it up there first."
    )


def _exhausted(case: Case, system: str, told: dict[str, Any]) -> str:
    return f"{system} failed at every try: {told.get('message', '')}"


def _auth(case: Case, system: str, told: dict[str, Any]) -> str:
    return (
        f"{system} refuses our credentials. Nothing more is sent there and no try is spent until "
        "the secret is renewed."
    )


def _poison(case: Case, system: str, told: dict[str, Any]) -> str:
    return f"The record cannot be handled as it is: {told.get('message') or case.title}"


def _reference(case: Case, system: str, told: dict[str, Any]) -> str:
    if not told.get("refers"):
        return _plain(case, system, told)
    one = told["refers"][0]
    there = system_name(one["system"])
    return (
        f"It refers to {_entity(one).lower()} {one['key']}, and no record of {there} is known to "
        "be that one. Nothing was sent. It goes on by itself once the record is known, or once "
        f"you pick which record of {there} it is."
    )


def _plain(case: Case, system: str, told: dict[str, Any]) -> str:
    if case.operation_id is None:
        return str(told.get("message") or case.title)
    status = f" with {told['status']}" if told.get("status") else ""
    return (
        f"{system} refused it{status}: {told.get('message') or case.title}. Nothing changed there."
    )


_WHY: dict[CaseClass, Callable[[Case, str, dict[str, Any]], str]] = {
    CaseClass.MAPPING: _mapping,
    CaseClass.CONTRACT: _contract,
    CaseClass.AUTHORITY: _authority,
    CaseClass.UNKNOWN: _unknown,
    CaseClass.EXHAUSTED: _exhausted,
    CaseClass.AUTH: _auth,
    CaseClass.POISON: _poison,
    CaseClass.REFERENCE: _reference,
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What would mend it; `fix` names the panel that does it."""

    fix: str
    words: str


_WAITING = {
    CaseState.WAITING_SIGNATURE: Suggestion("sign", "Needs a second signature"),
    CaseState.WAITING_SOURCE: Suggestion("wait", "Waits for the author"),
    CaseState.WAITING_CHANGE: Suggestion("wait", "Waits for a change request"),
    CaseState.REPLAYING: Suggestion("wait", "Being tried again"),
    CaseState.RESOLVED: Suggestion("wait", "Resolved"),
    CaseState.DISMISSED: Suggestion("wait", "Dismissed"),
}


def suggestion(case: Case) -> Suggestion:
    """The first thing to try."""
    return _WAITING.get(CaseState(case.state)) or _BY_CLASS.get(case.klass) or _by_subject(case)


_BY_CLASS: dict[str, Suggestion] = {
    CaseClass.AUTHORITY: Suggestion("author", "Settle who authors it, or correct it there"),
    CaseClass.DUPLICATE: Suggestion("dismiss", "Dismiss the duplicate"),
    CaseClass.REFERENCE: Suggestion("pick", "Pick the matching record"),
    CaseClass.CONTROL: Suggestion("author", "Put it right where it is authored"),
    CaseClass.AUTH: Suggestion("replay", "Renew the secret, then try again"),
}


def _by_subject(case: Case) -> Suggestion:
    system = system_name(case.system)
    if case.klass == CaseClass.MAPPING:
        return _mapping_fix(case)
    if case.klass == CaseClass.UNKNOWN:
        return Suggestion("seen", f"Look in {system} and say what is there")
    if case.operation_id is None and case.message_id is not None:
        if case.klass == CaseClass.POISON:
            return Suggestion("author", f"Correct at {system}")
        return Suggestion("correct", "Correct the value")
    return Suggestion("replay", f"Settle it in {system}, then replay")


def _mapping_fix(case: Case) -> Suggestion:
    if (case.detail.get("fix") or {}).get("value_map"):
        return Suggestion("row", "Add 1 value-map row")
    return Suggestion("author", f"Correct at {system_name(case.system)} or change the mapping")
