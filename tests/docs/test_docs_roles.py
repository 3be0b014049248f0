"""docs/roles/ and docs/automation.md say what the code does: permissions, places, scopes, exits."""

from __future__ import annotations

import pytest

from governance.ownership.lifecycle import Role
from portal.access.roles import ROLES
from portal.access.tokens import Scope
from portal.client.exits import Exit
from portal.client.main import COMMANDS
from portal.web.shell.navigation import NAV
from tests.docs.pages import DOCS, bare, page, table

PAGES = {
    "architect": Role.ARCHITECT,
    "steward": Role.STEWARD,
    "finance": Role.FINANCE_LEADER,
    "auditor": Role.AUDITOR,
}


def first_column(name: str, head: str) -> list[str]:
    return [bare(row[0]) for row in table(name, head)]


@pytest.mark.parametrize(("name", "role"), PAGES.items())
def test_a_page_lists_what_its_role_may_do(name, role):
    assert sorted(first_column(f"roles/{name}.md", "permission")) == sorted(ROLES[role])


@pytest.mark.parametrize(("name", "role"), PAGES.items())
def test_a_page_lists_the_places_that_its_role_sees(name, role):
    seen = [one.label for one in NAV if not one.permission or one.permission in ROLES[role]]
    assert first_column(f"roles/{name}.md", "place") == seen


def test_automation_lists_every_scope_command_and_exit():
    assert first_column("roles/automation.md", "scope") == [str(scope) for scope in Scope]
    assert first_column("automation.md", "command") == list(COMMANDS)
    exits = [(int(row[0]), row[1]) for row in table("automation.md", "exit")]
    assert exits == [(int(one), one.name) for one in Exit]


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")) + sorted(DOCS.glob("roles/*.md")))
def test_a_page_has_a_size_that_is_read(path):
    assert 40 <= len(path.read_text().splitlines()) <= 150


def test_the_readme_leads_to_every_role():
    readme = (DOCS.parent / "README.md").read_text()
    assert [name for name in (*PAGES, "automation") if f"docs/roles/{name}.md" not in readme] == []
    assert "docs/automation.md" in readme
    assert "registry" not in page("automation.md").split("```sh")[2].lower()
