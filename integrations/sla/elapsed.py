"""Seconds between two columns, told by the database."""

from __future__ import annotations

from typing import Any

from django.db.models import F, FloatField, Func, Q, Value
from django.db.models.lookups import GreaterThan


class Elapsed(Func):
    """From the second column until the first; NULL where one of them is."""

    arity = 2
    output_field = FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "((julianday(%(expressions)s)) * 86400.0)"
        return self.as_sql(
            compiler, connection, template=template, arg_joiner=") - julianday(", **more
        )

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "EXTRACT(EPOCH FROM (%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" - ", **more)


def longer(start: str, end: str, seconds: float) -> Q:
    """More than so many seconds passed; column names may lie behind a relation."""
    return Q(GreaterThan(Elapsed(F(end), F(start)), Value(seconds)))
