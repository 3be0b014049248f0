"""The registry and agreements by REST."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from governance.ownership.models import RoleGrant
from portal.access import tokens
from portal.access.tokens import Scope
from portal.accounts.models import ApiToken
from portal.api.registry import PLURALS

pytestmark = pytest.mark.django_db

SPECIFICATION = json.dumps(
    {
        "openapi": "3.1.0",
        "info": {"title": "Time", "version": "1.0.0"},
        "paths": {
            "/time": {
                "get": {"operationId": "listTime", "responses": {"200": {"description": "ok"}}}
            }
        },
    }
)


def test_a_registered_row_is_answered_with_its_digest_as_etag(caller, firm):
    client = caller("vera")
    answer = client.get("/api/v1/flows/time-to-billing")
    assert answer.json()["document"] == firm.flow.document
    assert answer["ETag"] == f'"{firm.flow.digest}"'
    again = client.get("/api/v1/flows/time-to-billing", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_agreement_of_a_flow_is_fetched_once(caller, firm):
    client = caller("vera")
    answer = client.get("/api/v1/flows/time-to-billing/agreement")
    assert (answer.json()["digest"], answer.json()["number"]) == (firm.digest, 1)
    etag = {"If-None-Match": answer["ETag"]}
    assert client.get("/api/v1/flows/time-to-billing/agreement", headers=etag).status_code == 304
    by_digest = client.get(f"/api/v1/agreements/{firm.digest}")
    assert by_digest.json()["document"] == firm.document


@pytest.mark.parametrize("plural", PLURALS.values())
def test_every_kind_has_a_list_that_costs_the_same_for_any_length(
    caller, plural, django_assert_max_num_queries
):
    client = caller("ada")
    with django_assert_max_num_queries(5):
        answer = client.get(f"/api/v1/{plural}?limit=200")
    assert answer.status_code == 200
    assert all(row["kind"] in PLURALS for row in answer.json()["items"])


def test_a_list_is_walked_page_by_page_without_gap_or_repeat(caller):
    client, slugs = caller("ada"), []
    address = "/api/v1/role-grants?limit=4"
    while address:
        page = client.get(address).json()
        slugs += [row["slug"] for row in page["items"]]
        address = page["next"]
    assert slugs == sorted(RoleGrant.objects.values_list("slug", flat=True))


@pytest.mark.parametrize(
    ("query", "code"), [("limit=0", 400), ("limit=x", 400), ("cursor=%21", 400), ("status=x", 400)]
)
def test_a_bad_query_is_a_problem_not_a_crash(caller, query, code):
    answer = caller("ada").get(f"/api/v1/flows?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (code, "application/problem+json")


def test_without_a_token_or_with_a_wrong_one_nothing_is_told(firm):
    bare = Client().get("/api/v1/flows")
    assert (bare.status_code, bare["WWW-Authenticate"]) == (401, 'Bearer realm="concordat"')
    for text in ("cdt_x_y", "", "cdt_", "zzz_a_b"):
        wrong = Client().get("/api/v1/flows", headers={"Authorization": f"Bearer {text}"})
        assert wrong.status_code == 401


def test_a_token_is_limited_to_its_scopes(caller):
    client = caller("ada", scopes=[Scope.RUNS_READ])
    answer = client.get("/api/v1/flows")
    assert (answer.status_code, answer.json()["detail"]) == (
        403,
        "this token lacks the scope registry:read",
    )


def test_revoked_and_expired_tokens_end_with_the_next_request(caller, person):
    client = caller("ada")
    assert client.get("/api/v1/me").json()["username"] == "ada"
    token = ApiToken.objects.get()
    tokens.revoke(token=token, by=person("ada"), now=timezone.now())
    assert client.get("/api/v1/me").status_code == 401
    ApiToken.objects.update(revoked_at=None, expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/api/v1/me").status_code == 401


def test_a_token_cannot_make_tokens(caller):
    answer = caller("ada").send("/api/v1/tokens", {"name": "more"})
    assert answer.status_code == 403


def test_a_session_makes_a_token_whose_secret_is_shown_once(client, person):
    client.force_login(person("ada"))
    body = {
        "name": "ci",
        "scopes": ["changes:write"],
        "domains": ["delivery"],
        "expires_at": (timezone.now() + timedelta(days=30)).isoformat(),
    }
    made = client.post("/api/v1/tokens", body, content_type="application/json")
    secret = made.json()["token"]
    assert tokens.recognise(secret, now=timezone.now()).name == "ci"
    assert "token" not in client.get("/api/v1/tokens").json()["items"][0]
    assert secret.split("_")[2] not in str(ApiToken.objects.values())
    for wrong in ({"scopes": ["all"]}, {"domains": ["nowhere"]}, {"expires_at": "2020-01-01"}):
        refused = client.post("/api/v1/tokens", {**body, **wrong}, content_type="application/json")
        assert refused.status_code in {400, 409}


def test_a_specification_is_kept_byte_for_byte(caller):
    client = caller("olga")
    made = client.post("/api/v1/specifications", SPECIFICATION, content_type="application/json")
    assert made.status_code == 201
    held = client.get(f"/api/v1/specifications/{made.json()['digest']}")
    assert held.content == SPECIFICATION.encode()
    assert made.json()["summary"]["title"] == "Time"


def test_a_broken_specification_is_refused_with_its_place(caller):
    broken = SPECIFICATION.replace('"version"', '"versio"')
    answer = caller("olga").post("/api/v1/specifications", broken, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["code"] == "invalid_document"


def test_the_schema_describes_every_route(client, firm):
    schema = client.get("/api/schema/?format=json").json()
    assert schema["openapi"].startswith("3.1")
    assert set(schema["paths"]) >= {f"/api/v1/{plural}" for plural in PLURALS.values()}
