"""A flow agreement as functions, compiled once per digest and process. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import jsonschema_rs

from governance.agreements.mapping import (
    CompiledEffect,
    CompiledRead,
    Read,
    compile_effect,
    compile_expression,
    compile_read,
)
from governance.agreements.sums import Check, compile_sums
from integrations.connectors.port import ConnectionSpec

EVERYWHERE = ("", "*")
KEPT = 256
"""Agreements that one process keeps compiled."""


@dataclass(frozen=True)
class Compiled:
    """What planning and delivery need of one agreement; nothing of it changes."""

    digest: str
    document: dict[str, Any]
    schema: dict[str, Any]
    validator: jsonschema_rs.Validator
    sums: Check
    """The first amount that does not add up, beyond what the schema can say."""
    read: CompiledRead
    controls: tuple[tuple[str, Read], ...]
    """Slug, and whether a canonical record breaks it."""
    effects: tuple[CompiledEffect, ...]
    lane: Read
    business_key: Read
    scope: Read
    amount: tuple[Read, Read] | None
    foreign: Callable[[str, date], Mapping[str, str]]
    """(scope, day) → attributes that another system authors, and which."""
    ordering: str
    retry: dict[str, Any]
    source_system: str
    target: ConnectionSpec


_kept: dict[str, Compiled] = {}


def compiled(digest: str, document: dict[str, Any]) -> Compiled:
    """Digests name their content, so a process never compiles the same one twice."""
    found = _kept.get(digest)
    if found is None:
        if len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)))
        found = _kept[digest] = compile_agreement(digest, document)
    return found


def known(digest: str) -> Compiled | None:
    """Without the document, where it is compiled already."""
    return _kept.get(digest)


def compile_agreement(digest: str, document: dict[str, Any]) -> Compiled:
    """Raises MappingError or ValueError where the document cannot run."""
    maps, schema = document["value_maps"], document["contract"]["schema"]
    mode = document["flow"]["mode"]
    replicated = mode == "replicate"
    effects = document["mapping"]["effects"] if replicated else []
    independent = document["ordering"] == "independent"
    return Compiled(
        digest=digest,
        document=document,
        schema=schema,
        validator=jsonschema_rs.validator_for(schema, validate_formats=True),
        sums=compile_sums(document["contract"].get("sums", ())),
        read=compile_read(document["mapping"]["read"], maps),
        controls=tuple(
            (one["slug"], compile_expression(one["when"])) for one in document.get("controls", ())
        ),
        effects=tuple(compile_effect(effect, maps) for effect in effects),
        lane=_path("" if independent else document["lane"], "id"),
        business_key=_path(document["business_key"], "id"),
        scope=_path(document["scope"], "") if document["scope"] else _everywhere,
        amount=_amount(document["amount"]),
        foreign=_nobody
        if mode == "observe"
        else _authors(document["authority"], document["source"]["system"]),
        ordering=document["ordering"],
        retry=document["retry"],
        source_system=document["source"]["system"],
        target=ConnectionSpec.from_agreement(document["target"]),
    )


def _path(text: str, default: str) -> Read:
    return compile_expression(text or default)


def _everywhere(record: Any) -> str:
    return ""


def _nobody(scope: str, day: date) -> Mapping[str, str]:
    """What is only watched may be a copy: it tells nobody what holds."""
    return {}


def _amount(amount: dict[str, str] | None) -> tuple[Read, Read] | None:
    if not amount:
        return None
    return compile_expression(amount["value"]), compile_expression(amount["currency"])


def _authors(rows: list[dict[str, Any]], source: str) -> Callable[[str, date], Mapping[str, str]]:
    """A row for the scope outranks one for everywhere; a group without a row binds nobody."""

    @lru_cache(maxsize=1024)
    def foreign(scope: str, day: date) -> Mapping[str, str]:
        authors: dict[str, str] = {}
        for row in sorted(rows, key=lambda row: row["scope"] not in EVERYWHERE):
            if _applies(row, scope, day):
                authors |= dict.fromkeys(row["attributes"], row["system"])
        return {name: system for name, system in authors.items() if system != source}

    return foreign


def _applies(row: dict[str, Any], scope: str, day: date) -> bool:
    starts, ends = row["effective_from"], row["effective_to"]
    within = starts <= day.isoformat() and (not ends or day.isoformat() < ends)
    return within and (row["scope"] in EVERYWHERE or row["scope"] == scope)
