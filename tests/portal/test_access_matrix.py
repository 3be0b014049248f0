"""Every route × method × role × own and foreign: who gets in, and what nobody may learn or do."""

from __future__ import annotations

import pytest
from django.test import Client

from governance.approvals.kinds import KINDS
from portal.access.tokens import Scope
from portal.api.registry import PLURALS
from tests.portal import access_rig as rig
from tests.portal.access_rows import CLOSED, ROWS, Row

pytestmark = pytest.mark.django_db
ROUTES = {route.name: route for route in rig.routes()}
REGISTRY = {f"api-{plural}" for plural in PLURALS.values()} | {
    f"api-{kind.replace('_', '-')}" for kind in PLURALS
}
"""One class serves them all; they have a test of their own."""


class House:
    """The people, signed in, and the addresses of what belongs to `delivery`."""

    def __init__(self, firm, admin) -> None:
        self.people = rig.people()
        self.things = rig.things(firm, admin)
        self.clients = {}
        for who, person in self.people.items():
            self.clients[who] = Client()
            self.clients[who].force_login(person)
        self.personal = {
            "token": {who: rig.token_of(person)[0] for who, person in self.people.items()},
            "notice": {who: rig.notice_of(person) for who, person in self.people.items()},
            "view": {who: rig.view_of(person) for who, person in self.people.items()},
        }

    def address(self, row: Row, who: tuple[str, str]) -> str:
        mine = self.personal.get(row.thing)
        given = {"pk": mine[who]} if mine else self.things[row.thing]
        return rig.address(row.name, given, ROUTES[row.name].places)


@pytest.fixture
def house(firm, person) -> House:
    return House(firm, person("paul"))


def is_rest(row: Row) -> bool:
    return hasattr(ROUTES[row.name].view, "cls")


def test_every_route_has_a_row_and_every_row_a_route():
    assert set(ROUTES) - REGISTRY - CLOSED == {row.name for row in ROWS}


def test_each_role_gets_in_where_its_row_says_and_nowhere_else(house):
    wrong = []
    for row in ROWS:
        for (letter, domain), client in house.clients.items():
            may = letter in (row.here if domain == rig.HERE else row.there)
            path = house.address(row, (letter, domain))
            found = rig.ask(client, row.method, path, row.body)
            if found.inside != may or found.status == 500:
                wrong.append(f"{row.method} {path} by {letter} of {domain}: {found.status}")
            if found.decided and not may:
                wrong.append(f"{row.method} {path} by {letter} of {domain} left a decision")
    assert wrong == []


def test_nobody_decides_about_or_reads_what_is_in_another_domain(house):
    wrong = []
    for row in ROWS:
        for letter in rig.ROLES:
            who = (letter, rig.ELSEWHERE)
            path, client = house.address(row, who), house.clients[who]
            found = rig.ask(client, row.method, path, row.body)
            if found.decided and not row.own and row.name not in DECIDED_ANYWHERE:
                wrong.append(f"{row.method} {path} by {letter} decided")
            if rig.CANARY in found.text.replace(path, ""):
                wrong.append(f"{row.method} {path} by {letter} shows a foreign record")
            if row.method == "get" and not is_rest(row) and not found.inside:
                piece = rig.ask(client, "get", path, HX_Request="true")
                if piece.inside:
                    wrong.append(f"the fragment of {path} by {letter}: {piece.status}")
    assert wrong == []


DECIDED_ANYWHERE = {
    "api-secret",
    "audit-export",
    "audit-verify",
}
"""Firm-wide by nature: a store of keys, and the log, whose reading is itself recorded."""


def test_strangers_get_in_nowhere_but_at_the_public_doors(house):
    doors = {
        row.name
        for row in ROWS
        if rig.ask(Client(), row.method, house.address(row, ("V", rig.HERE)), row.body).inside
    }
    assert doors == PUBLIC


PUBLIC = {
    "health_live",
    "health_ready",
    "preferences",
    "api-schema",
    "api-docs",
    "api-client",
}


def test_a_method_without_a_row_is_refused(house):
    known = {(row.name, row.method) for row in ROWS}
    who, wrong = ("P", rig.HERE), []
    for row in {row.name: row for row in ROWS}.values():
        for method in rig.VERBS:
            found = rig.ask(house.clients[who], method, house.address(row, who))
            if (row.name, method) not in known and found.status not in {403, 404, 405}:
                wrong.append(f"{method} {row.name}: {found.status}")
    assert wrong == []


def test_the_registry_is_metadata_for_every_role(house):
    for who in (("V", rig.HERE), ("V", rig.ELSEWHERE)):
        for kind, plural in PLURALS.items():
            client = house.clients[who]
            assert rig.ask(client, "get", f"/api/v1/{plural}").status == 200
            row = KINDS[kind].model.objects.first()
            if row is not None:
                assert rig.ask(client, "get", f"/api/v1/{plural}/{row.slug}").status == 200


def test_a_token_needs_the_scope_of_each_door_and_stays_in_its_domains(house):
    wrong, who = [], ("S", rig.HERE)
    bearers = {}
    for row in filter(is_rest, ROWS):
        allow = getattr(ROUTES[row.name].view.cls, "allow", {}).get(row.method.upper())
        if allow is None or not allow[0]:
            continue
        scope = str(allow[0])
        if scope not in bearers:
            others = [one for one in Scope if one != scope]
            bearers[scope] = rig.token_of(house.people[who], others)[1]
        path = house.address(row, who)
        given = {"Authorization": f"Bearer {bearers[scope]}"}
        found = rig.ask(Client(), row.method, path, row.body, **given)
        if (found.status, scope in found.text) != (403, True):
            wrong.append(f"{row.method} {path} without {scope}: {found.status}")
    abroad = rig.token_of(house.people[who], domains=[rig.ELSEWHERE])[1]
    for row in filter(is_rest, ROWS):
        given = {"Authorization": f"Bearer {abroad}"}
        found = rig.ask(Client(), row.method, house.address(row, who), row.body, **given)
        if found.decided or (not row.there and found.inside):
            wrong.append(f"{row.method} {row.name} by a token of another domain: {found.status}")
    assert wrong == []
