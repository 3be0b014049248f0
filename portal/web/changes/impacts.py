"""What a voter of class R3 ticks, and whether their sign-in is fresh enough to vote."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from governance.approvals.impacts import ASKED, of_gates
from governance.approvals.lifecycle import FRESH_SIGN_IN

if TYPE_CHECKING:
    from governance.approvals.impacts import Impact
    from governance.approvals.queries import Detail


def to_acknowledge(found: Detail) -> list[Impact]:
    """Empty for classes that ask for none."""
    asked = found.request.risk_class in ASKED and not found.request.is_foundation
    return of_gates(found.gates) if asked else []


def is_fresh(age: timedelta | None) -> bool:
    """Whether somebody signed in shortly before."""
    return age is not None and age <= FRESH_SIGN_IN
