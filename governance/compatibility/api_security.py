"""Security: schemes, and what operations demand of those who call."""

from typing import Any

from governance.compatibility.api import Api, Part

Demands = dict[str, list[str]]
"""Scheme (or schemes together) to scopes."""


def demands(part: Part) -> Demands:
    """Alternatives of a `security` list, by the schemes they name."""
    found: Demands = {}
    for alternative in part.items("security"):
        name = " and ".join(sorted(alternative.value)) or "nobody"
        scopes = [
            scope
            for listed in alternative.value.values()
            if isinstance(listed, list)
            for scope in listed
        ]
        found[name] = [str(scope) for scope in scopes]
    return found


def compare_demands(api: Api, old: Part, new: Part, operation: str) -> None:
    """`operation` is empty for the demands of the whole document."""
    before, after = demands(old), demands(new)
    base = "api-security" if operation else "api-global-security"
    for name in before:
        if name not in after:
            api.report(f"{base}-removed", old, new, operation, old=name)
            continue
        for scope in set(before[name]) - set(after[name]):
            api.report(f"{base}-scope-removed", old, new, operation, name=name, old=scope)
        for scope in set(after[name]) - set(before[name]):
            api.report(f"{base}-scope-added", old, new, operation, name=name, new=scope)
    for name in after:
        if name not in before:
            api.report(f"{base}-added", old, new, operation, new=name)


def compare_schemes(api: Api) -> None:
    before, after = (dict(_schemes(side.root)) for side in (api.old, api.new))
    base = "api-security-component"
    for name, part in before.items():
        if name not in after:
            api.report(f"{base}-removed", part, None, name=name)
        else:
            _scheme(api, name, part, after[name])
    for name, part in after.items():
        if name not in before:
            api.report(f"{base}-added", None, part, name=name)


def _schemes(root: Part) -> Any:
    components = root.child("components")
    return components.children("securitySchemes") if components else ()


def _scheme(api: Api, name: str, old: Part, new: Part) -> None:
    base = "api-security-component"
    before, after = (_kind(part.value) for part in (old, new))
    if before != after:
        api.report(f"{base}-type-changed", old, new, name=name, old=before, new=after)
    flows = dict(old.children("flows"))
    for flow, part in new.children("flows"):
        if flow in flows:
            _flow(api, name, flows[flow], part)


def _kind(value: dict[str, Any]) -> str:
    return " ".join(str(value[key]) for key in ("type", "scheme", "in", "name") if key in value)


def _flow(api: Api, name: str, old: Part, new: Part) -> None:
    base = "api-security-component-oauth"
    for key, event in (("authorizationUrl", "url"), ("tokenUrl", "token-url")):
        if old.value.get(key) != new.value.get(key):
            api.report(f"{base}-{event}-changed", old, new, name=name)
    before, after = (part.value.get("scopes") or {} for part in (old, new))
    for scope in {**before, **after}:
        words = {"name": name, "old": scope, "new": scope}
        if scope not in after:
            api.report(f"{base}-scope-removed", old, new, **words)
        elif scope not in before:
            api.report(f"{base}-scope-added", old, new, **words)
        elif before[scope] != after[scope]:
            api.report(f"{base}-scope-changed", old, new, **words)
