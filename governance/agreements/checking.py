"""Refusing what could not run: every expression compiled, every object found, once. Pure."""

from __future__ import annotations

from typing import Any

from governance.agreements.mapping import (
    MappingError,
    compile_effect,
    compile_expression,
    compile_read,
)
from governance.agreements.sums import compile_sums
from governance.errors import InvalidDocument

MONEY = ("amount", "currency")


def refuse_unrunnable(document: dict[str, Any]) -> None:
    """Compile every expression and find every object once, so that a run never meets a surprise."""
    maps = document["value_maps"]
    refuse_bad_mapping(document["mapping"], maps)
    refuse_bad_sums(document["contract"].get("sums", []), place="/contract/sums")
    refuse_bad_expressions(document)
    if document["flow"]["mode"] == "replicate" and not document["mapping"]["effects"]:
        raise InvalidDocument(
            "a flow that replicates needs a mapping with an effect; one that only watches has the "
            "mode observe",
            pointer="/mapping",
        )
    if document["flow"]["pattern"] == "schedule":
        _refuse_unknown_object(document["source"], document["source"]["object"], "/source/object")
    for number, effect in enumerate(document["mapping"]["effects"]):
        place = f"/mapping/effects/{number}/object"
        _refuse_unknown_object(document["target"], effect["object"], place)


def _compile_told(document: dict[str, Any]) -> None:
    """Every expression of milestones, controls and reconciliations."""
    for number, told in enumerate(document.get("milestones", [])):
        texts = {name: told.get(name) for name in ("when", "each", "key", "at", *MONEY)}
        texts |= {f"attributes/{name}": text for name, text in told.get("attributes", {}).items()}
        _compile_all(texts, f"milestones/{number}")
    for number, one in enumerate(document.get("controls", [])):
        _compile_all({"when": one["when"]}, f"controls/{number}")
    for number, one in enumerate(document.get("reconciles", [])):
        texts = {name: one.get(name) for name in ("when", "when_other", "key", "key_other", *MONEY)}
        for place, field in enumerate(one["fields"]):
            texts |= {f"fields/{place}/{side}": field[side] for side in ("left", "right")}
        _compile_all(texts, f"reconciles/{number}")


def _compile_all(texts: dict[str, str | None], place: str) -> None:
    for name, text in texts.items():
        if text:
            compile_expression(text, pointer=f"{place}/{name}")


def refuse_bad_expressions(flow: dict[str, Any]) -> None:
    """InvalidDocument at the first expression of a flow, or of its agreement, that is none."""
    try:
        for name in ("lane", "business_key", "scope"):
            if flow.get(name):
                compile_expression(flow[name], pointer=name)
        for name, text in (flow.get("amount") or {}).items():
            compile_expression(text, pointer=f"amount/{name}")
        _compile_told(flow)
    except MappingError as error:
        raise InvalidDocument(str(error), pointer=f"/{error.pointer}") from error


def refuse_bad_mapping(mapping: dict[str, Any], value_maps: dict[str, Any]) -> None:
    """InvalidDocument at the first rule that does not compile."""
    try:
        compile_read(mapping["read"], value_maps)
    except MappingError as error:
        raise InvalidDocument(str(error), pointer=f"/read/{error.pointer}") from error
    for number, effect in enumerate(mapping["effects"]):
        try:
            compile_effect(effect, value_maps)
        except MappingError as error:
            place = f"/effects/{number}/{error.pointer}"
            raise InvalidDocument(str(error), pointer=place) from error


def refuse_bad_sums(sums: list[dict[str, Any]], *, place: str) -> None:
    """InvalidDocument at the first sum that does not compile."""
    for number, one in enumerate(sums):
        try:
            compile_sums([one])
        except MappingError as error:
            where = f"{place}/{number}/{error.pointer}"
            raise InvalidDocument(str(error), pointer=where) from error


def _refuse_unknown_object(side: dict[str, Any], name: str, place: str) -> None:
    known = side["connector"].get("objects", {})
    if side["kind"] == "http" and name not in known:
        raise InvalidDocument(
            f"the connector of {side['system']} describes no object {name!r}; it describes "
            f"{', '.join(known) or 'none'}",
            pointer=place,
        )
