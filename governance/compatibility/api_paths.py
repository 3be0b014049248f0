"""Paths and operations: which there are, and what becomes of each."""

import re
from typing import NamedTuple

from governance.compatibility import (
    api_bodies,
    api_parameters,
    api_security,
    lifecycles,
)
from governance.compatibility.api import Api, Part, Side
from governance.compatibility.validity import METHODS

TEMPLATE = re.compile(r"\{[^{}]*\}")


class Place(NamedTuple):
    """A path on both sides."""

    old_path: str
    new_path: str
    old: Part
    new: Part


def paths_of(side: Side, key: str = "paths") -> dict[str, Part]:
    return {name: side.follow(part) for name, part in side.root.children(key)}


def operations_of(item: Part) -> dict[str, Part]:
    found = {}
    for method in METHODS:
        part = item.child(method)
        if part is not None:
            found[method] = part
    return found


def compare_paths(api: Api) -> None:
    old, new = paths_of(api.old), paths_of(api.new)
    places, gone, come = match(old, new)
    for place in places:
        _path(api, place)
    for path in gone:
        for method, part in operations_of(old[path]).items():
            _removed(api, "api-path-removed", part, None, f"{method.upper()} {path}")
    for path in come:
        for method, part in operations_of(new[path]).items():
            name = f"{method.upper()} {path}"
            api.report("endpoint-added", None, part, name, name=name)


def match(old: dict[str, Part], new: dict[str, Part]) -> tuple[list[Place], list[str], list[str]]:
    """Paths by text, then by shape: the name of a path parameter is no part of the path."""
    places = [Place(path, path, part, new[path]) for path, part in old.items() if path in new]
    gone = [path for path in old if path not in new]
    come = [path for path in new if path not in old]
    shapes = {TEMPLATE.sub("{}", path): path for path in come}
    for path in list(gone):
        other = shapes.get(TEMPLATE.sub("{}", path))
        if other in come:
            places.append(Place(path, other, old[path], new[other]))
            gone.remove(path)
            come.remove(other)
    return places, gone, come


def _path(api: Api, place: Place) -> None:
    shared = api.crawl.sameness.same_values(
        place.old.value.get("parameters"), place.new.value.get("parameters")
    )
    old, new = operations_of(place.old), operations_of(place.new)
    for method, part in old.items():
        name = f"{method.upper()} {place.new_path}"
        if method not in new:
            _removed(api, "api-removed", part, place.new, name)
        elif not (
            shared
            and api.crawl.sameness.enabled
            and place.old_path == place.new_path
            and api.crawl.sameness.same_values(part.value, new[method].value)
        ):
            compare_operation(api, place, part, new[method], name)
    for method, part in new.items():
        if method not in old:
            name = f"{method.upper()} {place.new_path}"
            api.report("endpoint-added", place.old, part, name, name=name)


def _removed(api: Api, base: str, part: Part, new: Part | None, name: str) -> None:
    how, sunset = lifecycles.removal(part.value, api.policy)
    ending = {"without": "without-deprecation", "with": "with-deprecation",
              "before": "before-sunset"}  # fmt: skip
    identity = "api-path-sunset-parse" if how == "parse" else f"{base}-{ending[how]}"
    if lifecycles.stability_of(part.value) in lifecycles.EXPERIMENTAL:
        api.experimental.add(name)
    api.report(identity, part, new, name, name=name, old=sunset, new=sunset)


def compare_operation(
    api: Api, place: Place, old: Part, new: Part, name: str, *, flipped: bool = False
) -> None:
    """`flipped`: a callback or webhook, where the client is the one who is called."""
    _stability(api, old, new, name)
    _names(api, old, new, name)
    before = api_parameters.gather(api, api.old, place.old, old)
    after = api_parameters.gather(api, api.new, place.new, new)
    renamed = api_parameters.renamed(place.old_path, place.new_path)
    api_parameters.compare(api, before, after, renamed, name, flipped, (old, new))
    api_bodies.compare_request(api, old, new, name, flipped=flipped)
    api_bodies.compare_responses(api, old, new, name, flipped=flipped)
    api_security.compare_demands(api, old, new, name)
    _callbacks(api, old, new, name)


def _stability(api: Api, old: Part, new: Part, name: str) -> None:
    stability = lifecycles.stability_of(new.value)
    if lifecycles.stability_of(old.value) in lifecycles.EXPERIMENTAL:
        api.experimental.add(name)
    for step, before, after in lifecycles.stability_change(old.value, new.value):
        identity = "api-invalid-stability-level" if step == "invalid" else f"api-stability-{step}"
        api.report(identity, old, new, name, old=before, new=after)
    for identity, before, after in lifecycles.changes(
        old.value, new.value, lifecycles.OPERATION, api.policy, stability
    ):
        api.report(identity, old, new, name, name=name, old=before, new=after)


def _names(api: Api, old: Part, new: Part, name: str) -> None:
    before, after = old.value.get("operationId"), new.value.get("operationId")
    if before and before != after:
        api.report("api-operation-id-removed", old, new, name, old=before)
    if after and before != after:
        api.report("api-operation-id-added", old, new, name, new=after)
    had, has = (part.value.get("tags") or [] for part in (old, new))
    for tag in had:
        if tag not in has:
            api.report("api-tag-removed", old, new, name, old=tag)
    for tag in has:
        if tag not in had:
            api.report("api-tag-added", old, new, name, new=tag)


def _callbacks(api: Api, old: Part, new: Part, name: str) -> None:
    before, after = dict(old.children("callbacks")), dict(new.children("callbacks"))
    for key, written in before.items():
        if key not in after:
            api.report("callback-removed", written, new, name, name=key)
            continue
        callback, other = api.old.follow(written), api.new.follow(after[key])
        for expression in callback.value:
            item, match = callback.child(expression), other.child(expression)
            if item is not None and match is not None:
                _called(api, item, match, f"{name} calls back {key}", "callback")
            elif item is not None:
                api.report("callback-removed", item, other, name, name=f"{key} {expression}")
    for key, part in after.items():
        if key not in before:
            api.report("callback-added", old, part, name, name=key)


def _called(api: Api, old: Part, new: Part, label: str, kind: str) -> None:
    before, after = operations_of(old), operations_of(new)
    for method in before.keys() - after.keys():
        api.report(f"{kind}-removed", before[method], new, label, name=f"{label} ({method})")
    for method in before.keys() & after.keys():
        place = Place("", "", old, new)
        compare_operation(api, place, before[method], after[method], label, flipped=True)


def compare_webhooks(api: Api) -> None:
    old, new = paths_of(api.old, "webhooks"), paths_of(api.new, "webhooks")
    for name, part in old.items():
        if name in new:
            _called(api, part, new[name], f"webhook {name}", "webhook")
        else:
            api.report("webhook-removed", part, None, f"webhook {name}", name=name)
    for name, part in new.items():
        if name not in old:
            api.report("webhook-added", None, part, f"webhook {name}", name=name)
