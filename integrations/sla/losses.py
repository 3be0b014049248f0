"""What money at risk is expected to cost: the approved loss table and the cost of capital. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

DAYS_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Risk:
    """Money in minor units; `age` in business days, `late` in elapsed days."""

    money: int
    klass: str
    contract_type: str
    age: float
    late: float


def expected(risk: Risk, table: Mapping[str, Any] | None) -> int:
    """Minor units; the first row of the table that matches gives the probability, none gives 0."""
    for row in (table or {}).get("rows", []):
        if _matches(row, risk):
            return _rounded(risk.money * Decimal(row["probability"]))
    return 0


def _matches(row: Mapping[str, Any], risk: Risk) -> bool:
    until = row.get("age_up_to_days")
    return (
        row.get("class", "") in ("", risk.klass)
        and row.get("contract_type", "") in ("", risk.contract_type)
        and (until is None or risk.age <= until)
    )


def delay(risk: Risk, table: Mapping[str, Any] | None) -> int:
    """Minor units that waiting has cost so far."""
    yearly = Decimal((table or {}).get("cost_of_capital", "0"))
    return _rounded(risk.money * yearly * Decimal(str(risk.late)) / DAYS_A_YEAR)


def _rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
