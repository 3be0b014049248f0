"""docs/approvals.md is the table that runs, not a memory of it."""

from __future__ import annotations

from governance.approvals.gating import KNOWN
from governance.approvals.lifecycle import MOVES, GateVerdict, RiskClass, State, Who
from governance.ownership.lifecycle import Role, Seat
from tests.docs.pages import bare, page, table


def moves_table() -> str:
    """The table of moves as the page has to show it."""
    lines = ["| move | from | to | whose move | permission |", "|---|---|---|---|---|"]
    for name, move in MOVES.items():
        sources = ", ".join(str(state) for state in move.sources)
        permission = f"`{move.permission}`" if move.permission else ""
        lines.append(f"| `{name}` | {sources} | {move.target} | {move.who} | {permission} |")
    return "\n".join(lines).replace("|  |", "| |")


def first_column(head: str, after: str) -> list[str]:
    return [bare(row[0]) for row in table("approvals.md", head, after=after)]


def test_the_table_of_moves_is_the_one_that_runs():
    assert moves_table() in page("approvals.md")


def test_every_state_and_everybody_whose_move_it_can_be_is_told():
    assert first_column("state", "## States") == list(State)
    assert first_column("whose move", "## Moves") == list(Who)


def test_every_class_is_told_from_the_lightest_to_the_heaviest():
    assert first_column("class", "## Risk classes") == list(RiskClass)


def test_every_gate_that_a_page_shows_is_told():
    rows = table("approvals.md", "gate", after="## Gates")
    assert [(bare(row[0]), row[1]) for row in rows] == list(KNOWN.items())


def test_every_verdict_of_a_gate_role_and_seat_is_named():
    text = page("approvals.md")
    for one in (*GateVerdict, *Role, *Seat):
        assert f"*{one.replace('_', ' ')}*" in text, one
