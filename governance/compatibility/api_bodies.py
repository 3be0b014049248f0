"""Request bodies, responses, media types and headers."""

from governance.compatibility.api import Api, Part, Side
from governance.compatibility.crawl import Context
from governance.compatibility.references import Sub

TYPELESS = ("xml", "text/")


def loose(media: str) -> bool:
    """A medium without types of its own: everything is text until someone reads it."""
    return any(word in media for word in TYPELESS)


def bare(media: str) -> str:
    return media.partition(";")[0].strip().lower()


def medium(part: Part) -> str:
    """The media type in which a parameter or header is written; empty where it has a style."""
    return next((bare(name) for name, _ in part.children("content")), "")


def carried(part: Part) -> Sub | None:
    """The schema of a parameter or header, in either way of describing it."""
    plain = part.schema()
    if plain is not None:
        return plain
    return next((media.schema() for _, media in part.children("content")), None)


def compare_request(api: Api, old: Part, new: Part, operation: str, *, flipped: bool) -> None:
    before, after = _body(api, api.old, old), _body(api, api.new, new)
    if before is None and after is None:
        return
    if before is None:
        needed = after is not None and after.value.get("required") is True
        state = "required" if needed else "optional"
        api.report(f"request-body-added-{state}", old, after, operation)
        return
    if after is None:
        api.report("request-body-removed", before, new, operation)
        return
    required = [part.value.get("required") is True for part in (before, after)]
    if required[0] != required[1]:
        turn = "required" if required[1] else "optional"
        api.report(f"request-body-became-{turn}", before, after, operation)
    context = Context("response-body" if flipped else "request-body")
    compare_content(api, before, after, operation, context, "request-body")


def _body(api: Api, side: Side, operation: Part) -> Part | None:
    written = operation.child("requestBody")
    if written is None:
        return None
    part = side.follow(written)
    return None if api.unresolved(side, part) else part


def compare_content(
    api: Api, old: Part, new: Part, operation: str, context: Context, noun: str
) -> None:
    """Media types of a body, matched by name, then without their parameters."""
    before, after = dict(old.children("content")), dict(new.children("content"))
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    for name in list(gone):
        match = next((other for other in come if bare(other) == bare(name)), None)
        if match is None:
            test = _ranges if noun == "response" else _accepts
            match = next((other for other in come if test(name, other)), None)
        if match is not None:
            gone.remove(name)
            come.remove(match)
            _renamed(api, (before[name], after[match]), (name, match), operation, context, noun)
    for name in before.keys() & after.keys():
        _media(api, (before[name], after[name]), name, operation, context, noun)
    for name in gone:
        api.report(_media_rule(noun, "removed"), before[name], new, operation, old=name)
    for name in come:
        api.report(_media_rule(noun, "added"), old, after[name], operation, new=name)


def _media_rule(noun: str, action: str) -> str:
    return f"{noun}-media-type-{action}"


def _ranges(old: str, new: str) -> bool:
    """Does one name hold the other (`application/*`, `application/json` and `+json`)?"""
    return _holds(old, new) or _holds(new, old)


def _accepts(old: str, new: str) -> bool:
    """Does the new name of what is accepted hold the old one?"""
    return _holds(new, old)


def _holds(wide: str, narrow: str) -> bool:
    kind, _, sub = bare(wide).partition("/")
    other, _, inner = bare(narrow).partition("/")
    if kind == "*":
        return True
    return kind == other and (sub == "*" or inner.endswith(f"+{sub}"))


def _renamed(
    api: Api,
    parts: tuple[Part, Part],
    names: tuple[str, str],
    operation: str,
    context: Context,
    noun: str,
) -> None:
    old, new = names
    if noun == "response":
        event = "changed"
        if bare(old) != bare(new):
            event = "generalized" if _holds(new, old) else "specialized"
        identity = f"response-media-type-name-{event}"
        api.report(identity, *parts, operation, old=old, new=new)
    elif bare(old) != bare(new):
        api.report("request-body-media-type-added", *parts, operation, new=new)
    _media(api, parts, new, operation, context, noun)


def _media(
    api: Api,
    parts: tuple[Part, Part],
    name: str,
    operation: str,
    context: Context,
    noun: str,
) -> None:
    old, new = parts[0].schema(), parts[1].schema()
    if (old is None) != (new is None):
        event = "added" if old is None else "removed"
        full = "request-body" if noun == "request-body" else "response-body"
        api.report(f"{full}-media-type-schema-{event}", *parts, operation, name=name)
    api.schemas(old, new, context._replace(loose=loose(name)), operation)


def compare_responses(api: Api, old: Part, new: Part, operation: str, *, flipped: bool) -> None:
    before = {status.lower(): part for status, part in old.children("responses")}
    after = {status.lower(): part for status, part in new.children("responses")}
    for status, part in before.items():
        matches = _matching(status, after)
        for match in matches:
            _response(api, part, match, operation, flipped=flipped)
        if not matches:
            _report(api, part, new, operation, status, "removed")
    for status, part in after.items():
        if status not in before and not _range_was_narrowed(status, before):
            _report(api, old, part, operation, status, "added")


def _matching(status: str, after: dict[str, Part]) -> list[Part]:
    """The same status, the range that holds it, or the statuses that a range came down to."""
    held = after.get(status) or after.get(f"{status[:1]}xx")
    if held is not None:
        return [held]
    return [part for code, part in after.items() if status == f"{code[:1]}xx"]


def _range_was_narrowed(status: str, before: dict[str, Part]) -> bool:
    return f"{status[:1]}xx" in before


def _report(api: Api, old: Part, new: Part, operation: str, status: str, event: str) -> None:
    success = "success" if status.startswith("2") else "non-success"
    identity = f"response-{success}-status-{event}"
    api.report(identity, old, new, operation, old=status, new=status)


def _response(api: Api, old: Part, new: Part, operation: str, *, flipped: bool) -> None:
    before, after = api.old.follow(old), api.new.follow(new)
    if api.unresolved(api.old, before) or api.unresolved(api.new, after):
        return
    context = Context("request-body" if flipped else "response-body")
    compare_content(api, before, after, operation, context, "response")
    _headers(api, before, after, operation)


def _headers(api: Api, old: Part, new: Part, operation: str) -> None:
    before = {n.lower(): api.old.follow(part) for n, part in old.children("headers")}
    after = {n.lower(): api.new.follow(part) for n, part in new.children("headers")}
    for name, part in before.items():
        needed = part.value.get("required") is True
        if name not in after:
            identity = f"{'required' if needed else 'optional'}-response-header-removed"
            api.report(identity, part, new, operation, name=name)
            continue
        other = after[name]
        if needed != (other.value.get("required") is True):
            turn = "optional" if needed else "required"
            api.report(f"response-header-became-{turn}", part, other, operation, name=name)
        if medium(part) != medium(other):
            words = {"name": name, "old": medium(part) or "plain", "new": medium(other) or "plain"}
            api.report("response-header-style-changed", part, other, operation, **words)
        context = Context("response-header")
        api.schemas(carried(part), carried(other), context, operation)
    for name, part in after.items():
        if name not in before:
            api.report("response-header-added", old, part, operation, name=name)
