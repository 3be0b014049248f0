"""Deprecation, sunset and stability of operations, parameters and properties."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from governance.compatibility.policies import Policy

LEVELS = ("draft", "alpha", "beta", "stable")
EXPERIMENTAL = ("draft", "alpha")


class Names(NamedTuple):
    """What the rules of one kind of thing are called; empty where there is none."""

    deprecated: str
    with_sunset: str
    missing: str
    invalid: str
    too_small: str
    reactivated: str
    deleted: str = ""
    changed_parse: str = ""
    moved: str = ""


OPERATION = Names(
    "endpoint-deprecated",
    "endpoint-deprecated-with-sunset",
    "api-deprecated-sunset-missing",
    "api-deprecated-sunset-parse",
    "api-sunset-date-too-small",
    "endpoint-reactivated",
    "sunset-deleted",
    "api-path-sunset-parse",
    "api-sunset-date-changed-too-small",
)
PARAMETER = Names(
    "request-parameter-deprecated",
    "request-parameter-deprecated",
    "request-parameter-deprecated-sunset-missing",
    "request-parameter-sunset-parse",
    "request-parameter-sunset-date-too-small",
    "request-parameter-reactivated",
    "request-parameter-sunset-deleted",
    "request-parameter-sunset-parse",
    "request-parameter-sunset-date-changed-too-small",
)


def property_names(way: str) -> Names:
    base = f"{way}-property"
    return Names(
        f"{base}-deprecated",
        f"{base}-deprecated-with-sunset",
        f"{base}-deprecated-sunset-missing",
        f"{base}-deprecated-sunset-invalid",
        f"{base}-sunset-date-too-small",
        f"{base}-reactivated",
    )


Found = tuple[str, str, str]
"""Rule id, old and new words."""


def sunset_of(thing: dict[str, Any]) -> Any:
    return thing.get("x-sunset", thing.get("sunset"))


def stability_of(thing: dict[str, Any]) -> str:
    value = thing.get("x-stability-level", "")
    return value if isinstance(value, str) else str(value)


def day(value: Any) -> date | None:
    """A sunset as a day: a date or an RFC 3339 moment."""
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value.strip()).date()
    except ValueError:
        return None


def changes(
    old: dict[str, Any], new: dict[str, Any], names: Names, policy: Policy, stability: str
) -> Iterator[Found]:
    """What happened to the lifecycle between two versions of a thing."""
    before, after = old.get("deprecated") is True, new.get("deprecated") is True
    if after and not before:
        yield from _deprecated(new, names, policy, stability)
    elif before and not after:
        yield names.reactivated, "", ""
    elif before and names.deleted:
        yield from _moved(sunset_of(old), sunset_of(new), names, policy, stability)


def _deprecated(
    new: dict[str, Any], names: Names, policy: Policy, stability: str
) -> Iterator[Found]:
    sunset = sunset_of(new)
    needed = policy.notice(stability)
    if stability in EXPERIMENTAL:
        return
    if sunset is None:
        yield (names.missing if needed else names.deprecated), "", ""
        return
    ends = day(sunset)
    if ends is None:
        yield names.invalid, "", str(sunset)
    elif needed and policy.today and (ends - policy.today).days < needed:
        yield names.too_small, "", str(sunset)
    else:
        yield names.with_sunset, "", str(sunset)


def _moved(
    before: Any, after: Any, names: Names, policy: Policy, stability: str
) -> Iterator[Found]:
    if before is None or before == after:
        return
    if after is None:
        yield names.deleted, str(before), ""
        return
    old, new = day(before), day(after)
    if new is None or old is None:
        yield names.changed_parse, str(before), str(before if old is None else after)
    elif new < old and (
        policy.today is None or (new - policy.today).days < policy.notice(stability)
    ):
        yield names.moved, str(before), str(after)


def removal(old: dict[str, Any], policy: Policy) -> tuple[str, str]:
    """How a thing was removed: `without`, `with`, `before` or `parse`, and its sunset."""
    if old.get("deprecated") is not True:
        return "without", ""
    sunset = sunset_of(old)
    if sunset is None:
        return "with", ""
    ends = day(sunset)
    if ends is None:
        return "parse", str(sunset)
    reached = policy.today is not None and ends <= policy.today
    return ("with" if reached else "before"), str(sunset)


def stability_change(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """`invalid`, `decreased` or `increased`, with the two levels."""
    before, after = stability_of(old), stability_of(new)
    if after and after not in LEVELS:
        yield "invalid", before, after
    elif before != after and before in LEVELS:
        step = LEVELS.index(after or "stable") - LEVELS.index(before)
        if not after and before in ("stable", "beta"):
            step = -1
        if step:
            yield ("decreased" if step < 0 else "increased"), before, after or "none"
