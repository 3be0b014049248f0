"""Types, values and borders of a pair of schemas."""

from typing import Any

from governance.compatibility.crawl import Crawl, Pair, note
from governance.compatibility.merging import identity
from governance.compatibility.samples import compile_safely
from governance.compatibility.views import View

BORDERS = {
    "maximum": ("max", False),
    "exclusiveMaximum": ("exclusive-max", False),
    "maxLength": ("max-length", False),
    "maxItems": ("max-items", False),
    "maxProperties": ("max-properties", False),
    "maxContains": ("max-contains", False),
    "minimum": ("min", True),
    "exclusiveMinimum": ("exclusive-min", True),
    "minLength": ("min-length", True),
    "minItems": ("min-items", True),
    "minProperties": ("min-properties", True),
    "minContains": ("min-contains", True),
}
"""Keyword to event name, and whether it is a lower border."""
PARTS = ("request-parameter-property", "request-header-property")
TEXT = frozenset({"string"})
LIST = frozenset({"array"})
SCALARS = frozenset({"string", "number", "integer", "boolean"})
UNLIMITED = ("^.*$", ".*", "^[\\s\\S]*$", "", "^", ".*$", "^.*")
"""Patterns that every text matches."""


def check_never(crawl: Crawl, pair: Pair) -> None:
    if pair.old.nothing != pair.new.nothing:
        note(pair, "never-allowed" if pair.new.nothing else "now-allowed")


def check_type(crawl: Crawl, pair: Pair) -> None:
    old, new = pair.old, pair.new
    words = {"old": _type_text(old), "new": _type_text(new)}
    if old.types == new.types:
        check_format(pair, words)
    else:
        note(pair, type_event(crawl, pair), "type", **words)


def type_event(crawl: Crawl, pair: Pair) -> str:
    """How the set of types changed."""
    old, new = pair.old.types, pair.new.types
    if new is None or (old is not None and _wider(new, old)):
        if old is not None and new is not None and len(new) > 1 and len(old) > 1:
            return "list-of-types-widened"
        return "type-generalized"
    if old is None or _wider(old, new):
        return _narrower(pair, old, new)
    return _other_type(crawl, pair)


def _narrower(pair: Pair, old: frozenset[str] | None, new: frozenset[str]) -> str:
    if old is not None and len(old) > 1 and len(new) > 1:
        return "list-of-types-narrowed"
    known = pair.context.receives or pair.context.place in PARTS
    return "type-specialized" if known or pair.context.row.strict else "type-changed"


def _other_type(crawl: Crawl, pair: Pair) -> str:
    """Neither set holds the other: on some media that reads the same."""
    old, new, context = pair.old, pair.new, pair.context
    sent, read = (new, old) if not context.receives else (old, new)
    if context.row.strict or not context.loose:
        return "type-changed"
    if context.place in ("request-parameter", "request-header"):
        if new.types == TEXT and not (new.words.keys() & {"format", "pattern", "enum"}):
            return "type-generalized"
        return "type-generalized" if _repeats(crawl, old, new) else "type-changed"
    if context.place in PARTS:
        return "type-changed" if new.types == TEXT else "type-specialized"
    return "type-compatible" if sent.types == TEXT and read.types else "type-changed"


def _repeats(crawl: Crawl, old: View, new: View) -> bool:
    """A query parameter that may now be repeated: one value is still a list of one."""
    if new.types != LIST or "items" not in new.subs or old.types is None:
        return False
    item = crawl.new.view(new.subs["items"])
    demands = item.words.keys() - {"default"} - old.words.keys()
    if demands or not (old.types <= SCALARS) or new.words.get("minItems", 0) > 1:
        return False
    return item.types is None or _wider(item.types, old.types) or item.types == old.types


def _wider(one: frozenset[str], other: frozenset[str]) -> bool:
    """Does the first set of types hold the second, and more?"""
    covered = one | {"integer"} if "number" in one else one
    return one != other and other <= covered


def _type_text(view: View) -> str:
    names = "any" if view.types is None else "/".join(sorted(view.types))
    form = view.words.get("format")
    return f"{names} ({form})" if form else names


def check_format(pair: Pair, words: dict[str, str]) -> None:
    old, new = pair.old.words.get("format") or None, pair.new.words.get("format") or None
    if old == new:
        return
    if pair.context.row.strict:
        note(pair, "format-changed", "format", old=old or "none", new=new or "none")
        return
    if new is None and not pair.context.receives:
        note(pair, "type-generalized", "format", **words)
    elif old is None and pair.context.receives:
        note(pair, "type-specialized", "format", **words)
    elif _wider_format(pair, old, new):
        name = "type-specialized" if pair.context.receives else "type-generalized"
        note(pair, name, "format", **words)
    else:
        inside = pair.context.place in PARTS
        note(pair, "type-specialized" if inside else "type-changed", "format", **words)


FORMAT_HOLDS = {("int64", "int32"), ("double", "float"), ("bigint", "int32"), ("bigint", "int64")}


def _wider_format(pair: Pair, old: str | None, new: str | None) -> bool:
    step = (old, new) if pair.context.receives else (new, old)
    return step in FORMAT_HOLDS


def check_null(crawl: Crawl, pair: Pair) -> None:
    old, new = pair.old, pair.new
    if old.types is None or new.types is None or old.nullable == new.nullable:
        return
    note(pair, "became-nullable" if new.nullable else "became-not-nullable", "type")


def listed(view: View) -> list[Any] | None:
    """The values of an enum, null apart where it is a flag."""
    values = view.words.get("enum")
    if not isinstance(values, list):
        return None
    return [value for value in values if value is not None or not view.nullable]


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return bool(identity(one) == identity(other))


def without(values: list[Any], others: list[Any]) -> list[Any]:
    known = {identity(other) for other in others}
    return [value for value in values if identity(value) not in known]


def check_enum(crawl: Crawl, pair: Pair) -> None:
    old, new = as_values(pair.old, pair.new), as_values(pair.new, pair.old)
    if old is None and new is None:
        return
    if old is None or new is None:
        name = "became-enum" if old is None else "enum-removed"
        note(pair, name, "enum", old=shown(old), new=shown(new))
        return
    for value in without(old, new):
        note(pair, "enum-value-removed", "enum", old=shown(value))
    for value in without(new, old):
        note(pair, "enum-value-added", "enum", new=shown(value))


def as_values(view: View, other: View) -> list[Any] | None:
    """A constant beside an enum is an enum of one."""
    if "const" in view.words and "enum" in other.words:
        return [view.words["const"]]
    return listed(view)


def check_open_enum(crawl: Crawl, pair: Pair) -> None:
    old, new = (view.words.get("x-extensible-enum") for view in (pair.old, pair.new))
    if isinstance(old, list) and isinstance(new, list):
        for value in without(old, new):
            note(pair, "x-extensible-enum-value-removed", "x-extensible-enum", old=shown(value))


def check_const(crawl: Crawl, pair: Pair) -> None:
    old, new = pair.old.words, pair.new.words
    if "enum" in old or "enum" in new:
        return
    coming_and_going(pair, "const", "const", same_value=same)


def coming_and_going(pair: Pair, keyword: str, name: str, *, same_value: Any = same) -> None:
    """Events of a keyword that is added, removed or changed."""
    old, new = pair.old.words, pair.new.words
    if keyword not in old and keyword not in new:
        return
    values = {"old": shown(old.get(keyword)), "new": shown(new.get(keyword))}
    if keyword not in old:
        note(pair, f"{name}-added", keyword, **values)
    elif keyword not in new:
        note(pair, f"{name}-removed", keyword, **values)
    elif not same_value(old[keyword], new[keyword]):
        note(pair, f"{name}-changed", keyword, **values)


def check_default(crawl: Crawl, pair: Pair) -> None:
    coming_and_going(pair, "default", "default-value")


def check_borders(crawl: Crawl, pair: Pair) -> None:
    old, new = pair.old, pair.new
    if not (old.words or new.words):
        return
    moved = [ends for ends in ENDS if check_end(pair, *ends)]
    same = {keyword for keywords, _ in moved for keyword in keywords}
    for keyword, (name, lower) in BORDERS.items():
        if keyword not in same and (keyword in old.words or keyword in new.words):
            before, after = (border(view, keyword) for view in (old, new))
            event = border_event(before, after, lower=lower)
            if event:
                note(pair, f"{name}-{event}", keyword, old=before, new=after)


def border(view: View, keyword: str) -> Any:
    """The border as written, even where the type makes it idle: intent is compared too."""
    value = view.words.get(keyword)
    if isinstance(value, bool) or (isinstance(value, str) and "x-shape" not in view.words):
        return None
    if value == 0 and keyword in ("minLength", "minItems", "minProperties"):
        return None
    return value


ENDS = ((("maximum", "exclusiveMaximum"), 1), (("minimum", "exclusiveMinimum"), -1))
"""The two ways to write one end of a range, and its direction."""


def check_end(pair: Pair, keywords: tuple[str, str], way: int) -> bool:
    """An end that is now written the other way: note whether it moved. True if it did not."""
    old, new = (_end(view, keywords, way) for view in (pair.old, pair.new))
    if old is None or new is None or old[0] == new[0]:
        return False
    if old[1] != new[1]:
        turn = "increased" if (new[1] > old[1]) == (way > 0) else "decreased"
        words = {"old": pair.old.words[old[0]], "new": pair.new.words[new[0]]}
        note(pair, f"{BORDERS[new[0]][0]}-{turn}", new[0], **words)
    return bool(old[1] == new[1])


def _end(view: View, keywords: tuple[str, str], way: int) -> tuple[str, tuple[Any, bool]] | None:
    """The keyword of an end that is written in one way only, and how far it reaches."""
    held = [keyword for keyword in keywords if border(view, keyword) is not None]
    if len(held) != 1 or isinstance(border(view, held[0]), str):
        return None
    value, closed = border(view, held[0]), held[0] == keywords[0]
    if not closed and view.types == frozenset({"integer"}) and value == int(value):
        value, closed = value - way, True
    return held[0], (way * value, closed)


def border_event(old: Any, new: Any, *, lower: bool) -> str:
    apart = None not in (old, new) and isinstance(old, str) != isinstance(new, str)
    if old == new or apart:
        return ""
    if old is None:
        return "set" if not lower or new is not None else ""
    if new is None:
        return "unset"
    return "increased" if new > old else "decreased"


def check_pattern(crawl: Crawl, pair: Pair) -> None:
    old, new = (meant_patterns(view) for view in (pair.old, pair.new))
    if set(old) == set(new):
        return
    texts = {"old": " and ".join(old), "new": " and ".join(new)}
    for text in (*old, *new):
        if compile_safely(text) is None and pair.context.row.strict:
            crawl.skip("both", pair.new.place("pattern"), f"the pattern {text} needs backtracking")
    note(pair, _pattern_event(pair, old, new), "pattern", **texts)


def _pattern_event(pair: Pair, old: list[str], new: list[str]) -> str:
    if not old:
        return "pattern-added"
    if not any(pair.new.words.get("pattern", ())):
        return "pattern-removed"
    wider = not new or any(_holds(after, before) for after in new for before in old)
    return "pattern-generalized" if wider and not pair.context.receives else "pattern-changed"


def meant_patterns(view: View) -> list[str]:
    return [text for text in view.words.get("pattern", ()) if text not in UNLIMITED]


def _holds(wide: str, narrow: str) -> bool:
    """Is one pattern the other with something made optional or open? A cautious guess."""
    bare = narrow.removeprefix("^").removesuffix("$")
    return wide in (bare, f"^{bare}", f"{bare}$") or wide == narrow.replace("+", "*")


def check_multiple(crawl: Crawl, pair: Pair) -> None:
    old, new = (view.words.get("multipleOf", []) for view in (pair.old, pair.new))
    if old == new:
        return
    texts = {"old": shown(old), "new": shown(new)}
    name = "added" if not old else ("removed" if not new else "changed")
    note(pair, f"multiple-of-{name}", "multipleOf", **texts)


def check_unique(crawl: Crawl, pair: Pair) -> None:
    old, new = ("uniqueItems" in view.words for view in (pair.old, pair.new))
    if old != new:
        note(pair, f"unique-items-{'added' if new else 'removed'}", "uniqueItems")


def shown(value: Any) -> str:
    """A value in a message: short."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


CHECKS = (
    check_never, check_type, check_null, check_enum, check_open_enum, check_const, check_default,
    check_borders, check_pattern, check_multiple, check_unique,
)  # fmt: skip
