"""The command line against a live portal, as CI runs it: one file, isolated from every package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from governance.approvals import services
from governance.approvals.models import ChangeRequest
from portal.access import tokens
from portal.client.packing import packed
from tests.firm import TIME_SCHEMA, contract_version_item, value_map_item

pytestmark = pytest.mark.django_db(transaction=True)
FINE, BREAKS, NOT_CHECKED, REFUSED, PENDING, UNREACHABLE = range(6)
SPECIFICATION = "openapi: 3.1.0\ninfo: {title: Time, version: 1.0.0}\npaths: {}\n"


@pytest.fixture
def concordat(firm, person, live_server, tmp_path):
    """`concordat("status", "1")`: exit code, standard output and error; `ada` is calling."""
    file = tmp_path / "concordat.pyz"
    file.write_bytes(packed())
    now = timezone.now()
    _, secret = tokens.create(
        by=person("ada"),
        name="ci",
        scopes=list(tokens.Scope),
        domains=[],
        expires_at=now + timedelta(days=1),
        now=now,
    )

    def run(*words: str, **env: str):
        told = subprocess.run(
            [sys.executable, "-I", "-S", str(file), *words],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "CDT_URL": live_server.url, "CDT_TOKEN": secret} | env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in told.stderr, told.stderr
        assert secret.split("_")[2] not in told.stdout + told.stderr
        return told.returncode, told.stdout, told.stderr

    return run


def write(folder, name: str, value) -> str:
    (folder / name).write_text(value if isinstance(value, str) else json.dumps(value))
    return name


def test_the_gate_lets_through_what_breaks_nobody(concordat, tmp_path):
    same = write(tmp_path, "same.json", TIME_SCHEMA)
    assert concordat("gate", "--contract", "time-entry", same) == (
        FINE,
        "same.json: compatible\n",
        "",
    )


def test_the_gate_stops_what_breaks_and_says_where(concordat, tmp_path):
    harder = {**TIME_SCHEMA, "required": [*TIME_SCHEMA["required"], "customer"]}
    file = write(tmp_path, "harder.json", harder)
    code, out, _ = concordat("gate", "--contract", "time-entry", "--mode", "full", file)
    assert (code, out.splitlines()[0]) == (BREAKS, "harder.json: incompatible")
    assert "/required" in out
    code, out, _ = concordat("gate", "--contract", "time-entry", "--mode", "full", "--json", file)
    assert (code, json.loads(out)["verdict"]) == (BREAKS, "incompatible")
    assert ChangeRequest.objects.count() == 0


def test_the_gate_compares_two_files_too(concordat, tmp_path):
    old = write(tmp_path, "old.yaml", SPECIFICATION)
    assert concordat("gate", "--against", old, old)[0] == FINE


def test_a_proposal_is_one_request_however_often_it_is_sent(concordat, tmp_path):
    file = write(tmp_path, "map.json", value_map_item(("partner", "PAR")))
    first = concordat("propose", "--title", "Partners", file)
    again = concordat("propose", "--title", "Partners", file)
    request = ChangeRequest.objects.get()
    assert first == again
    assert (first[0], first[1].splitlines()[0]) == (
        FINE,
        f"change request {request.pk}: in_review, RV: Partners",
    )


def test_status_waits_for_people_and_the_agreement_changes(concordat, tmp_path, person, firm):
    file = write(tmp_path, "map.json", value_map_item(("partner", "PAR")))
    assert concordat("agreement", "time-to-billing", "--digest") == (FINE, f"{firm.digest}\n", "")
    assert concordat("agreement", "time-to-billing", "--known", firm.digest)[0] == PENDING
    concordat("propose", "--title", "Partners", file)
    request = ChangeRequest.objects.get()
    number = str(request.pk)
    assert concordat("status", number)[0] == PENDING
    seen = request.revisions.get().digest
    services.vote(request=request, by=person("olga"), verdict="approve", seen=seen)
    services.activate_due(now=timezone.now())
    code, out, _ = concordat("status", number, "--wait", "5")
    assert (code, out.splitlines()[0]) == (FINE, f"change request {number}: active, RV: Partners")
    agreed = concordat(
        "agreement", "time-to-billing", "--known", firm.digest, "--output", "agreed.json"
    )
    assert agreed[0] == FINE
    assert f"agreement {agreed[1].strip()}" in out
    document = json.loads((tmp_path / "agreed.json").read_text())
    assert document["value_maps"]["role-codes"]["rows"]["partner"] == "PAR"


def test_a_request_that_was_withdrawn_stops_the_pipeline(concordat, tmp_path, person):
    file = write(tmp_path, "map.json", [value_map_item(("partner", "PAR"))])
    concordat("propose", "--draft", "--title", "Partners", file)
    request = ChangeRequest.objects.get()
    services.withdraw(request=request, by=person("ada"), reason="no")
    code, out, _ = concordat("status", str(request.pk))
    assert (code, "withdrawn" in out) == (BREAKS, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["gate", "--contract", "time-entry", "nothing.json"], "nothing.json"),
        (["gate", "--contract", "no-such", "same.json"], "no-such has no active version"),
        (["gate", "same.json"], "--api --contract --against"),
        (["propose", "--title", "T", "same.json"], "give items with `kind` and `document`"),
        (["status", "999999"], "there is nothing here that you may see (not_found)"),
        (["agreement", "no-such"], "(not_found)"),
        (["dance"], "dance"),
    ],
)
def test_bad_input_ends_with_a_sentence(concordat, tmp_path, words, says):
    write(tmp_path, "same.json", TIME_SCHEMA)
    code, out, err = concordat(*words)
    assert (code, out, says in err) == (REFUSED, "", True), err


def test_a_refused_document_is_named_by_its_place(concordat, tmp_path):
    broken = contract_version_item("2.0.0", schema={"type": "objekt"})
    code, _, err = concordat("propose", "--title", "T", write(tmp_path, "c.json", broken))
    assert (code, "at /items/0/document/schema/type" in err) == (REFUSED, True), err


def test_without_a_portal_or_a_token_nothing_is_asked(concordat):
    assert concordat("status", "1", CDT_URL="")[0] == REFUSED
    assert concordat("status", "1", CDT_TOKEN="")[0] == REFUSED
    assert concordat("status", "1", CDT_TOKEN="cdt_no_no")[0] == REFUSED
    assert concordat("status", "1", CDT_URL="file:///etc/passwd")[0] == REFUSED
    assert concordat("status", "1", CDT_URL="http://127.0.0.1:1")[0] == UNREACHABLE


def test_the_portal_serves_the_file(client, db):
    answer = client.get("/api/concordat.pyz")
    assert (answer.status_code, answer.content) == (200, packed())
