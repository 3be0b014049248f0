"""Conditions in a system's own words: parameters, a JSON domain, OData or SQL text. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integrations.connectors.conditions import Condition
from integrations.connectors.encoding import coded, plain
from integrations.errors import NeedsAPerson

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from governance.catalog.connector_words import Filter, Select, Sort

SIGNS = {"eq": "=", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
Params = list[tuple[str, Any]]
"""Not yet text: a template may want the value itself."""


class Moment(str):
    """A moment spelled for the system: some languages write it without quotes."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class After:
    """Strictly after (at, last) in the order of (field, tie): ties are never skipped."""

    field: str
    at: Any
    tie: str
    last: Any


Clause = Condition | After


def filter_params(filters: Filter, clauses: Sequence[Clause]) -> Params:
    """The query parameters that ask for the records that meet every clause."""
    if filters.style == "params":
        return [_own_param(filters, clause) for clause in clauses]
    if filters.style == "domain":
        value = [_domain(clause) for clause in clauses]
        return [(filters.param, coded(value, filters.encode))] if clauses else []
    text = _text(filters, clauses)
    return [(filters.param, filters.template.replace("{filter}", text))] if text else []


def _own_param(filters: Filter, clause: Clause) -> tuple[str, Any]:
    if isinstance(clause, After):
        raise NeedsAPerson("own parameters cannot express ties", klass="contract")
    name = filters.names.get(clause.op) or ("{field}" if clause.op == "eq" else "")  # type: ignore[call-overload]
    if not name:
        raise NeedsAPerson(
            f"the description names no parameter for {clause.field} {clause.op}", klass="contract"
        )
    return name.replace("{field}", clause.field), clause.value


def _domain(clause: Clause) -> list[Any]:
    if isinstance(clause, Condition):
        return [clause.field, SIGNS[clause.op], clause.value]
    return [
        "OR",
        [[clause.field, ">", clause.at]],
        [[clause.field, "=", clause.at], [clause.tie, ">", clause.last]],
    ]


def _text(filters: Filter, clauses: Sequence[Clause]) -> str:
    write = _odata if filters.style == "odata" else _sql
    bare = filters.times == "bare"

    def one(field: str, op: str, value: Any) -> str:
        return write(field, op, value, bare)

    return " and ".join(_clause(clause, one) for clause in clauses) or filters.everything


def _clause(clause: Clause, one: Callable[[str, str, Any], str]) -> str:
    if isinstance(clause, Condition):
        return one(clause.field, clause.op, clause.value)
    later = one(clause.field, "gt", clause.at)
    tied = one(clause.field, "eq", clause.at), one(clause.tie, "gt", clause.last)
    return f"({later} or ({tied[0]} and {tied[1]}))"


def _odata(field: str, op: str, value: Any, bare: bool) -> str:
    return f"{field} {op} {literal(value, bare)}"


def _sql(field: str, op: str, value: Any, bare: bool) -> str:
    if value is None:
        return f"{field} IS {'NOT ' if op == 'ne' else ''}NULL"
    return f"{field} {SIGNS[op]} {literal(value, bare)}"


def literal(value: Any, bare: bool) -> str:
    """Text in single quotes, doubled inside; numbers and bare moments as they are."""
    if value is None:
        return "null"
    if isinstance(value, bool | int | Decimal) or (bare and isinstance(value, Moment)):
        return plain(value)
    return "'" + str(value).replace("'", "''") + "'"


def sort_params(sort: Sort, by: str) -> Params:
    """`by` is "field asc, other desc"; nothing where the order is fixed."""
    if not sort.param or not by:
        return []
    pairs = [[*part.split(), "asc"][:2] for part in by.split(",") if part.strip()]
    if sort.style == "pairs":
        value: Any = [[field, way.upper()] for field, way in pairs]
    elif sort.style == "minus":
        value = ",".join(("-" if way.lower() == "desc" else "") + field for field, way in pairs)
    else:
        value = ",".join(f"{field} {way}" for field, way in pairs)
    return [(sort.param, coded(value, sort.encode))]


def select_params(select: Select | None) -> Params:
    if select is None:
        return []
    if select.style == "comma":
        return [(select.param, ",".join(select.fields))]
    return [(select.param, field) for field in select.fields]
