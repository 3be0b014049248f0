"""Parameters of an operation, in every place and style."""

import re
from typing import NamedTuple

from governance.compatibility import lifecycles
from governance.compatibility.api import Api, Part, Side
from governance.compatibility.api_bodies import carried, medium
from governance.compatibility.crawl import Context
from governance.compatibility.references import Sub

STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
PLACE = {"header": "request-header"}
IGNORED_HEADERS = {"accept", "content-type", "authorization"}
TEMPLATE = re.compile(r"\{([^{}]+)\}")
Parameters = dict[tuple[str, str], "Parameter"]


class Parameter(NamedTuple):
    part: Part
    shared: bool
    """It stands at the path, for all its operations."""

    @property
    def name(self) -> str:
        return str(self.part.value.get("name", ""))

    @property
    def place(self) -> str:
        return str(self.part.value.get("in", ""))

    @property
    def required(self) -> bool:
        return self.part.value.get("required") is True or self.place == "path"

    @property
    def style(self) -> str:
        if media := medium(self.part):
            return media
        style = self.part.value.get("style", STYLES.get(self.place, "form"))
        explode = self.part.value.get("explode", style == "form")
        return f"{style}{', exploded' if explode else ''}"

    def schema(self) -> Sub | None:
        return carried(self.part)


def gather(api: Api, side: Side, path: Part, operation: Part) -> Parameters:
    """The parameters of an operation with those of its path."""
    found: Parameters = {}
    for holder in (path, operation):
        for written in holder.items("parameters"):
            part = side.follow(written)
            if not api.unresolved(side, part):
                parameter = Parameter(part, holder is path)
                found[_identity(parameter)] = parameter
    return found


def _identity(parameter: Parameter) -> tuple[str, str]:
    name = parameter.name
    return parameter.place, name.lower() if parameter.place == "header" else name


def renamed(old_path: str, new_path: str) -> dict[str, str]:
    """New names of path parameters by their old ones."""
    return dict(zip(TEMPLATE.findall(old_path), TEMPLATE.findall(new_path), strict=False))


def compare(
    api: Api,
    old: Parameters,
    new: Parameters,
    names: dict[str, str],
    operation: str,
    flipped: bool,
    parts: tuple[Part, Part],
) -> None:
    """`names` maps renamed path parameters; `flipped`: the client is the one who is called."""
    counterpart = {
        key: (key[0], names.get(key[1], key[1])) if key[0] == "path" else key for key in old
    }
    stability = lifecycles.stability_of(parts[1].value)
    for key, parameter in old.items():
        if counterpart[key] in new:
            _both(api, parameter, new[counterpart[key]], operation, flipped, stability)
        elif not _ignored(parameter):
            _removed(api, parameter, parts[1], operation)
    for key, parameter in new.items():
        if key not in counterpart.values() and not _ignored(parameter):
            _added(api, parameter, parts[0], operation)


def _ignored(parameter: Parameter) -> bool:
    return parameter.place == "header" and parameter.name.lower() in IGNORED_HEADERS


def _words(parameter: Parameter) -> str:
    return f"{parameter.name!r} ({parameter.place})"


def _both(
    api: Api, old: Parameter, new: Parameter, operation: str, flipped: bool, stability: str
) -> None:
    places = old.part, new.part
    if old.required != new.required:
        turn = "required" if new.required else "optional"
        api.report(f"request-parameter-became-{turn}", *places, operation, name=_words(new))
    if old.style != new.style and _matters(api, old, new):
        words = {"name": _words(new), "old": old.style, "new": new.style}
        api.report("request-parameter-style-changed", *places, operation, **words)
    for identity, before, after in lifecycles.changes(
        old.part.value, new.part.value, lifecycles.PARAMETER, api.policy, stability
    ):
        words = {"name": _words(new), "old": before, "new": after}
        api.report(identity, *places, operation, **words)
    place = "response-property" if flipped else PLACE.get(old.place, "request-parameter")
    api.schemas(old.schema(), new.schema(), Context(place, loose=not flipped), operation)


def _matters(api: Api, old: Parameter, new: Parameter) -> bool:
    """Style tells only for lists and objects."""
    schema = old.schema()
    if schema is None or old.style.split(",")[0] != new.style.split(",")[0]:
        return True
    types = api.old.views.view(schema).types
    return types is None or bool(types & {"array", "object"})


def _removed(api: Api, parameter: Parameter, operation: Part, name: str) -> None:
    how, sunset = lifecycles.removal(parameter.part.value, api.policy)
    identity = {
        "without": "request-parameter-removed",
        "with": "request-parameter-removed-with-deprecation",
        "before": "request-parameter-removed-before-sunset",
        "parse": "request-parameter-sunset-parse",
    }[how]
    words = {"name": _words(parameter), "old": sunset, "new": sunset}
    api.report(identity, parameter.part, operation, name, **words)


def _added(api: Api, parameter: Parameter, operation: Part, name: str) -> None:
    state = "required" if parameter.required else "optional"
    identity = f"new-{state}-request-parameter"
    if parameter.place == "path":
        identity = "new-request-path-parameter"
    elif parameter.shared:
        identity = f"new-{state}-request-default-parameter-to-existing-path"
    api.report(identity, operation, parameter.part, name, name=_words(parameter))
