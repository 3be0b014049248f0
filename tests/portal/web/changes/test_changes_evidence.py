"""Who takes the evidence of a change along, by page, by REST and at a terminal."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.management import CommandError, call_command

from governance import clock
from governance.approvals.models import ChangeRequest
from governance.audit.models import AuditEntry
from tests.governance.approvals.acts import every, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_in_review(person) -> ChangeRequest:
    return submitted(person("olga"), every(5))


def names(content: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as held:
        return {name.partition("/")[0] for name in held.namelist()}


KINDS = {
    "README.txt",
    "entries",
    "manifest.json",
    "proofs.json",
    "requests",
    "revisions",
    "seals",
    "verify.py",
}


def test_an_auditor_takes_it_from_the_page(client, person, request_in_review):
    client.force_login(person("aude"))
    page = client.get(f"/changes/{request_in_review.pk}/")
    assert f'href="/changes/{request_in_review.pk}/evidence/"' in page.text
    answer = client.get(f"/changes/{request_in_review.pk}/evidence/")
    assert answer["Content-Disposition"] == (
        f'attachment; filename="evidence-CR-{request_in_review.pk:04d}.zip"'
    )
    assert names(answer.content) == KINDS


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("aude", 200),
        ("ada", 200),
        ("fiona", 200),
        ("paul", 200),
        ("olga", 200),
        ("stan", 403),
        ("vera", 403),
        ("fred", 403),
    ],
)
def test_those_with_the_right_export_and_others_see_no_button(
    client, person, request_in_review, username, status
):
    client.force_login(person(username))
    page = client.get(f"/changes/{request_in_review.pk}/")
    assert ("/evidence/" in page.text) == (status == 200)
    assert client.get(f"/changes/{request_in_review.pk}/evidence/").status_code == status


def test_rest_tells_the_manifest_that_the_log_keeps(client, person, request_in_review):
    client.force_login(person("aude"))
    answer = client.get(f"/api/v1/change-requests/{request_in_review.pk}/evidence")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    entry = AuditEntry.objects.get(action="evidence.export")
    assert (entry.by_label, entry.after["manifest"]) == ("Aude Auditor", answer["X-Manifest"])


def test_at_a_terminal_one_change_or_a_period(tmp_path, request_in_review):
    out = tmp_path / "one.zip"
    call_command(
        "export_evidence", change=request_in_review.pk, by="aude", out=out, stdout=io.StringIO()
    )
    assert names(out.read_bytes()) == KINDS
    today = clock.now().date().isoformat()
    call_command(
        "export_evidence", period=["2026-01-01", today], by="aude", out=out, stdout=io.StringIO()
    )
    assert {"population.json", "access.json"} <= names(out.read_bytes())


def test_a_wrong_day_and_a_wrong_person_are_told(tmp_path, request_in_review):
    wrong = {"by": "aude", "out": tmp_path / "x.zip"}
    with pytest.raises(CommandError, match="is no day"):
        call_command("export_evidence", period=["soon", "later"], **wrong)
    with pytest.raises(CommandError, match="there is no change request 99"):
        call_command("export_evidence", change=99, **wrong)
    with pytest.raises(CommandError, match="permission_refused"):
        call_command(
            "export_evidence", change=request_in_review.pk, by="vera", out=tmp_path / "x.zip"
        )
