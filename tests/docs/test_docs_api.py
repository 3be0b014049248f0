"""docs/api.md and routes.md: every example runs as it stands; every route is listed."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from string import Template
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from openapi_spec_validator import OpenAPIV31SpecValidator

from governance.approvals.kinds import KINDS
from integrations.cases.models import Case
from portal.access import tokens
from portal.api.urls import urlpatterns
from tests import pipeline
from tests.docs.pages import bare, blocks, table
from tests.firm import flow_item, register

PEOPLE = {"ARCHITECT": "ada", "OWNER": "olga", "STEWARD": "stan", "AUDITOR": "aude"}


def asked(command: str, names: dict[str, str]) -> dict[str, Any]:
    """What a curl command would send, as arguments of Django's client."""
    words = iter(Template(word).safe_substitute(names) for word in shlex.split(command)[1:])
    sent: dict[str, Any] = {"headers": {}, "method": "", "data": "", "path": ""}
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            sent["headers"][name] = value
        elif word == "-X":
            sent["method"] = next(words)
        elif word in {"-d", "--data-binary"}:
            sent["data"] = next(words)
        elif word != "-i":
            sent["path"] = word
    sent["content_type"] = sent["headers"].pop("Content-Type", "application/json")
    sent["method"] = sent["method"] or ("POST" if sent["data"] else "GET")
    return sent


def ask(client: Client, command: str, names: dict[str, str]) -> Any:
    """The answer to a curl command; it fills `$ETAG` and `$ID` for those that follow."""
    sent = asked(command, names)
    answer = client.generic(
        sent["method"],
        sent["path"],
        sent["data"],
        content_type=sent["content_type"],
        headers=sent["headers"],
    )
    if answer.status_code in {200, 201, 202}:
        told = answer.json()
        if "comments" not in sent["path"] and "id" in told:
            names["ID"] = str(told["id"])
        names["ETAG"] = answer.get("ETag", names.get("ETAG", ""))
    return answer


@pytest.fixture
def names(firm, person) -> dict[str, str]:
    """Variables of the page: tokens, and a case that is open."""
    now = timezone.now()
    found = {"CONCORDAT": ""}
    for name, username in PEOPLE.items():
        _, found[name] = tokens.create(
            by=person(username),
            name=name,
            scopes=list(tokens.Scope),
            domains=[],
            expires_at=now + timedelta(days=1),
            now=now,
        )
    pipeline.put(pipeline.time_entry("T-3", hours="-8"))
    pipeline.run(firm)
    found["CASE"] = str(Case.objects.get().pk)
    register([flow_item(slug="time-pushed", pattern="event", schedule={})])
    return found


@pytest.mark.django_db(transaction=True)
def test_every_example_answers_what_its_first_line_says(client, names):
    answered, said = [], []
    for block in blocks("api.md", "sh"):
        status, _, command = block.strip().partition("\n")
        said.append((int(status.removeprefix("# ")), command))
        answer = ask(client, command, names)
        answered.append((answer.status_code, command))
    assert answered == said
    assert len(said) > 12


def test_the_page_lists_every_route_with_its_scopes():
    plurals = {kind.plural for kind in KINDS.values()}
    routes: dict[str, list[str]] = {}
    for route in urlpatterns:
        allow = getattr(route.callback.cls, "allow", None)
        if allow is None:
            continue
        path = "/api/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(route.pattern))
        parts = ["{kind}" if part in plurals else part for part in path.split("/")]
        if parts[3] == "{kind}" and len(parts) > 5:
            parts[3] = "flows"
        has = {m: s for m, (s, _) in allow.items() if hasattr(route.callback.cls, m.lower())}
        read = {str(scope) for method, scope in has.items() if method == "GET"}
        write = {str(scope) for method, scope in has.items() if method != "GET"}
        routes["/".join(parts)] = ["".join(read), "".join(write)]
    listed = {bare(row[0]): [bare(cell) for cell in row[1:]] for row in _routes()}
    assert listed == routes


def _routes() -> list[list[str]]:
    return table("routes.md", "route")


@pytest.fixture(scope="module")
def schema(tmp_path_factory) -> Any:
    """The OpenAPI document; a warning of its generator fails here."""
    path = tmp_path_factory.mktemp("schema") / "schema.yaml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(path))
    return yaml.safe_load(path.read_text())


def test_the_schema_is_valid_openapi_3_1(schema):
    OpenAPIV31SpecValidator(schema).validate()
    assert schema["openapi"] == "3.1.0"


def test_the_schema_describes_every_route_and_names_each_operation_once(schema):
    routes = {"/api/" + re.sub(r"<\w+:(\w+)>", "{}", str(route.pattern)) for route in urlpatterns}
    described = {re.sub(r"\{\w+\}", "{}", path) for path in schema["paths"]}
    assert described == {path for path in routes if path.startswith("/api/v1/")}
    operations = [one["operationId"] for path in schema["paths"].values() for one in path.values()]
    assert len(operations) == len(set(operations)) > 50


@pytest.mark.django_db
def test_the_schema_is_served_to_everybody(client):
    answer = client.get("/api/schema/", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert "token" in answer.content.decode()
