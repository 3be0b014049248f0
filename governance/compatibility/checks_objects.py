"""Properties: which there are, which must be there, and who may write them."""

from collections.abc import Iterator

from governance.compatibility import contract_rules, findings
from governance.compatibility.api_rules import rule
from governance.compatibility.crawl import SAME, Context, Crawl, Pair, Step, note
from governance.compatibility.merging import narrowed
from governance.compatibility.references import Sub
from governance.compatibility.rules import Direction
from governance.compatibility.samples import matching
from governance.compatibility.views import View

OPEN = Sub(True, "")
UNLIKELY = "other"
"""A property that no schema is likely to name."""
PARTS = ("request-parameter-property", "request-header-property")


def check_properties(crawl: Crawl, pair: Pair) -> None:
    old, new = pair.old, pair.new
    for name, before in old.properties.items():
        after = new.properties.get(name)
        if after is None:
            _removed(crawl, pair, name)
        elif not crawl.sameness.same(before, after):
            pair.changed.append(name)
            step = ("property", name)
            crawl.child(pair, before, after, inside(crawl, pair, name), step=step)
            _access(crawl, pair, name)
    for name in new.properties:
        if name not in old.properties:
            _added(crawl, pair, name)
    _required(crawl, pair)


def inside(crawl: Crawl, pair: Pair, name: str) -> Context:
    """The context of a property: guarded where the value never travels this way."""
    inner = pair.context.inner
    view = crawl.new.view(pair.new.properties[name])
    return inner._replace(guarded=pair.context.guarded or _never_travels(pair, view))


def _never_travels(pair: Pair, view: View) -> bool:
    return ("writeOnly" if pair.context.receives else "readOnly") in view.words


def _report(pair: Pair, name: str, identity: str, *, added: bool) -> None:
    before, after = pair.old.properties.get(name), pair.new.properties.get(name)
    pair.findings.append(
        findings.make(
            rule(identity),
            before.pointer if before else pair.old.pointer,
            after.pointer if after else pair.new.pointer,
            name=repr(name),
        )
    )


def _field(pair: Pair, name: str, identity: str) -> None:
    before, after = pair.old.properties.get(name), pair.new.properties.get(name)
    pair.findings.append(
        findings.make(
            contract_rules.rule(identity),
            before.pointer if before else pair.old.pointer,
            after.pointer if after else pair.new.pointer,
            name=repr(name),
        )
    )


def _added(crawl: Crawl, pair: Pair, name: str) -> None:
    sub, view = pair.new.properties[name], crawl.new.view(pair.new.properties[name])
    required = name in pair.new.required
    place = pair.context.row
    if place.contract:
        needed = required and place.direction is Direction.REQUEST
        identity = f"{place.prefix}-added{'-required' if needed else ''}"
        _field(pair, name, identity)
        return
    if place.strict:
        before = pair.old.subs.get("additionalProperties", OPEN)
        covered = any(True for _ in _matching(pair.old, name)) or crawl.sameness.same(before, sub)
        if not covered:
            note(pair, "property-added", new_at=sub.pointer, name=repr(name))
        return
    guarded = pair.context.guarded or _never_travels(pair, view)
    if place.direction is Direction.RESPONSE:
        state = "required" if required else "optional"
        mark = "-write-only" if guarded else ""
        _report(pair, name, f"response-{state}{mark}-property-added", added=True)
        return
    noun = place.inner
    if view.nothing:
        _forbidden(pair, sub)
    elif required and not guarded:
        default = "-with-default" if "default" in view.words else ""
        _report(pair, name, f"new-required-{noun}{default}", added=True)
    else:
        _report(pair, name, f"new-optional-{noun}", added=True)


def _forbidden(pair: Pair, sub: Sub) -> None:
    """A property that is named only to be refused."""
    inner = Pair(pair.old, pair.new, pair.context.inner)
    note(inner, "never-allowed", new_at=sub.pointer)
    pair.findings.extend(inner.findings)


def _matching(view: View, name: str) -> Iterator[Sub]:
    yield from (sub for pattern, sub in view.patterns.items() if pattern in name)


def _removed(crawl: Crawl, pair: Pair, name: str) -> None:
    view = crawl.old.view(pair.old.properties[name])
    place = pair.context.row
    if place.contract:
        _field(pair, name, f"{place.prefix}-removed")
        return
    if place.strict:
        note(pair, "property-removed", old_at=pair.old.properties[name].pointer, name=repr(name))
        return
    guarded = pair.context.guarded or _never_travels(pair, view)
    if place.direction is Direction.RESPONSE:
        state = "required" if name in pair.old.required else "optional"
        mark = "-write-only" if guarded else ""
        _report(pair, name, f"response-{state}{mark}-property-removed", added=False)
        return
    closed = pair.new.subs.get("additionalProperties", OPEN).raw is False
    suffix = "-from-closed" if closed and not guarded else ""
    _report(pair, name, f"{place.inner}-removed{suffix}", added=False)


def _required(crawl: Crawl, pair: Pair) -> None:
    old, new = pair.old, pair.new
    for name, place in new.required.items():
        if name not in old.required and _was_there(pair, name):
            _became(crawl, pair, name, "became-required", place)
    for name, place in old.required.items():
        if name not in new.required and _stays(pair, name):
            _became(crawl, pair, name, "became-optional", place)


def _was_there(pair: Pair, name: str) -> bool:
    return (
        pair.context.row.strict or name in pair.old.properties or (name not in pair.new.properties)
    )


def _stays(pair: Pair, name: str) -> bool:
    return (
        pair.context.row.strict or name in pair.new.properties or (name not in pair.old.properties)
    )


def _became(crawl: Crawl, pair: Pair, name: str, event: str, place: str) -> None:
    sub = pair.new.properties.get(name) or pair.old.properties.get(name)
    guarded = False
    default = ""
    if sub is not None:
        views = crawl.new if name in pair.new.properties else crawl.old
        view = views.view(sub)
        guarded = pair.context.guarded or _never_travels(pair, view)
        wanted = event == "became-required" and not pair.context.receives
        default = "-with-default" if wanted and "default" in view.words else ""
    inner = Pair(pair.old, pair.new, pair.context.inner._replace(guarded=guarded))
    at = {"new_at": place} if event == "became-required" else {"old_at": place}
    note(inner, event + (default if not inner.context.row.strict else ""), name=repr(name), **at)
    pair.findings.extend(inner.findings)


def _access(crawl: Crawl, pair: Pair, name: str) -> None:
    """readOnly and writeOnly that come and go."""
    row = pair.context.row
    if row.strict or row.contract or row.inner in PARTS:
        return
    before = crawl.old.view(pair.old.properties[name])
    after = crawl.new.view(pair.new.properties[name])
    state = "required" if name in pair.new.required else "optional"
    way = pair.context.row.direction.value
    for word, text in (("readOnly", "read-only"), ("writeOnly", "write-only")):
        if (word in before.words) != (word in after.words):
            turn = "" if word in after.words else "not-"
            _report(pair, name, f"{way}-{state}-property-became-{turn}{text}", added=False)


def check_additional(crawl: Crawl, pair: Pair) -> None:
    old, new = (_rest(view, "additionalProperties") for view in (pair.old, pair.new))
    if old is not None and new is not None and False not in (old.raw, new.raw):
        crawl.child(pair, old, new, step=("property", UNLIKELY))
    else:
        event = openness(old, new)
        if event:
            note(pair, f"additional-properties-{event}", **_places(old, new))


def _rest(view: View, keyword: str) -> Sub | None:
    """The schema of the rest, or None where anything goes."""
    sub = view.subs.get(keyword)
    return None if sub is None or sub.raw is True or sub.raw == {} else sub


def openness(old: Sub | None, new: Sub | None) -> str:
    """How the schema of the rest changed, where not both sides have one."""
    closed_before = old is not None and old.raw is False
    closed_now = new is not None and new.raw is False
    if closed_before and closed_now:
        return ""
    if closed_now:
        return "closed"
    if closed_before:
        return "opened"
    if (old is None) == (new is None):
        return ""
    return "narrowed" if old is None else "widened"


def _places(old: Sub | None, new: Sub | None) -> dict[str, str]:
    return {"old_at": old.pointer if old else "", "new_at": new.pointer if new else ""}


def check_items(crawl: Crawl, pair: Pair) -> None:
    old, new = (_rest(view, "items") for view in (pair.old, pair.new))
    if old is not None and new is not None and False not in (old.raw, new.raw):
        context = pair.context
        # The items of a list parameter are the values that the parameter takes.
        listed = context.place in ("request-parameter", "request-header")
        step = ("item", len(pair.old.prefix))
        crawl.child(pair, old, new, context if listed else context.inner, step=step)
        return
    event = openness(old, new)
    if event:
        note(pair, f"items-{event}", **_places(old, new))


def check_prefix(crawl: Crawl, pair: Pair) -> None:
    old, new = pair.old.prefix, pair.new.prefix
    for place, (before, after) in enumerate(zip(old, new, strict=False)):
        crawl.child(pair, before, after, step=("item", place))
    for sub in new[len(old) :]:
        note(pair, "prefix-items-added", new_at=sub.pointer)
    for sub in old[len(new) :]:
        note(pair, "prefix-items-removed", old_at=sub.pointer)


NAMED = (("patterns", "pattern-property"), ("dependent", "dependent-schema"))
SINGLE = {
    "contains": "contains",
    "propertyNames": "property-names",
    "unevaluatedItems": "unevaluated-items",
    "unevaluatedProperties": "unevaluated-properties",
    "contentSchema": "content-schema",
}


STEPS: dict[str, Step] = {
    "contains": ("item", 0),
    "unevaluatedItems": ("item", 0),
    "unevaluatedProperties": ("property", "other"),
}


def _step(attribute: str, name: str) -> Step:
    """A payload that a pattern's or a dependent schema looks at."""
    if attribute == "dependent":
        return SAME
    texts = matching(name)
    return ("property", texts[0]) if texts else None


def check_named(crawl: Crawl, pair: Pair) -> None:
    for attribute, event in NAMED:
        old, new = getattr(pair.old, attribute), getattr(pair.new, attribute)
        for name, sub in old.items():
            if name in new:
                crawl.child(pair, sub, new[name], step=_step(attribute, name))
            else:
                note(pair, f"{event}-removed", old_at=sub.pointer, old=name)
        for name, sub in new.items():
            if name not in old:
                note(pair, f"{event}-added", new_at=sub.pointer, new=name)


def check_single(crawl: Crawl, pair: Pair) -> None:
    if not (pair.old.subs or pair.new.subs):
        return
    for keyword, event in SINGLE.items():
        old, new = pair.old.subs.get(keyword), pair.new.subs.get(keyword)
        if old is not None and new is not None:
            crawl.child(pair, old, new, step=STEPS.get(keyword))
        elif old is not None:
            note(pair, f"{event}-removed", old_at=old.pointer)
        elif new is not None:
            note(pair, f"{event}-added", new_at=new.pointer)


def check_needs(crawl: Crawl, pair: Pair) -> None:
    old, new = pair.old.needs, pair.new.needs
    for name in {**old, **new}:
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        words = {"old": ", ".join(before or ()), "new": ", ".join(after or ())}
        event = "changed" if before and after else ("added" if after else "removed")
        note(pair, f"dependent-required-{event}", f"needs:{name}", **words)


INSIDE = (
    check_properties, check_additional, check_items, check_prefix, check_named, check_single,
    check_needs,
)  # fmt: skip


def check_inside(crawl: Crawl, pair: Pair) -> None:
    """What is inside an object or a list; beside another type altogether that tells nothing."""
    old, new = pair.old.types, pair.new.types
    if old is None or new is None or narrowed(old, new):
        for check in INSIDE:
            check(crawl, pair)


CHECKS = (check_inside,)
