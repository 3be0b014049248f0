"""One record side by side: as it arrived, as the data contract names it, as it was sent. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from governance.agreements.mapping import MappingError, compile_expression, compile_rules
from integrations.cases.wording import field_name

NOTHING = ""
CORRECTED, UNREADABLE = "corrected", "cannot be read"


@dataclass(frozen=True, slots=True)
class Row:
    """One canonical field; texts are empty where nothing stands."""

    name: str
    source: str
    canonical: str
    sent: str
    wrong: bool
    note: str = ""

    @property
    def differs(self) -> bool:
        """Worth a look: it changed on its way, or it is what failed."""
        sent_otherwise = self.sent not in (NOTHING, self.canonical)
        return bool(self.wrong or self.note or sent_otherwise or self.source != self.canonical)


def compare(
    document: Mapping[str, Any],
    source: Any,
    *,
    sent: Mapping[str, Any] | None,
    kind: str = "",
    pointer: str = "",
    corrections: Mapping[str, Any] | None = None,
) -> list[Row]:
    """A row per reading rule of the flow agreement, in its order."""
    written = _written(document, kind)
    return [
        _row(
            rule,
            document.get("value_maps", {}),
            source,
            sent=_value(written.get(rule["to"], ""), (sent or {}).get("body")),
            wrong=bool(pointer) and pointer.strip("/").split("/")[0] == _head(rule["to"]),
            held=dict(corrections or {}),
        )
        for rule in document["mapping"]["read"]["rules"]
    ]


def _row(
    rule: dict[str, Any],
    maps: Mapping[str, Any],
    source: Any,
    *,
    sent: Any,
    wrong: bool,
    held: dict[str, Any],
) -> Row:
    name, note = rule["to"], ""
    try:
        canonical = _value(name, compile_rules([rule], maps)(source))
    except MappingError:
        canonical, note = None, UNREADABLE
    if f"/{name}" in held:
        canonical, note = held[f"/{name}"], CORRECTED
    return Row(
        name=field_name(name.replace(".", "/")),
        source=shown(_value(rule.get("from") or rule.get("each") or "", source)),
        canonical=shown(canonical),
        sent=shown(sent),
        wrong=wrong,
        note=note,
    )


def _written(document: Mapping[str, Any], kind: str) -> dict[str, str]:
    """Canonical field → place in the body of the effect of that kind."""
    effects = document["mapping"].get("effects", [])
    chosen = next((one for one in effects if one["kind"] == kind), None)
    return {rule["from"]: rule["to"] for rule in (chosen or {}).get("body", []) if rule.get("from")}


def _value(path: str, record: Any) -> Any:
    if not path:
        return None
    try:
        return compile_expression(path)(record)
    except MappingError:
        return None


def _head(name: str) -> str:
    return name.split(".")[0].split("[")[0]


def shown(value: Any) -> str:
    """A value as people read it: text as it is, anything deeper as JSON."""
    if value is None:
        return NOTHING
    if isinstance(value, str | Decimal):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)
