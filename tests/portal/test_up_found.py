"""`manage.py found`: an empty portal begins with what two platform administrators signed."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.approvals.models import ChangeRequest
from governance.ownership.models import Domain
from portal.accounts.models import User
from portal.management import signing

DOCUMENTS = """
- domain:
    slug: delivery
    name: Delivery
    owners: [devon]
- role_grant: {person: devon, role: architect}
- system: {slug: psa, name: PSA, domain: delivery, kind: psa}
"""
PASSWORDS = {"ada": "ada signs with this", "ben": "ben signs with that"}


@pytest.fixture
def people(db):
    User.objects.create_user("devon")
    for name, password in PASSWORDS.items():
        User.objects.create_user(name, password=password)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    path = tmp_path / "foundation.yaml"
    path.write_text(DOCUMENTS)
    return path


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    """What the terminal gives, by the name in its question."""
    answers = dict(PASSWORDS)
    monkeypatch.setattr(signing, "getpass", lambda question: answers[question.split()[0]])
    return answers


def _found(path: Path, *names: str) -> str:
    said = StringIO()
    signers = [part for name in names for part in ("--signer", name)]
    call_command("found", str(path), "--by", "devon", *signers, stdout=said)
    return said.getvalue()


def test_two_signatures_make_the_foundation_active(people, documents, typed):
    said = _found(documents, "ada", "ben")
    number = ChangeRequest.objects.get().pk
    assert said.splitlines()[-1] == f"CR-{number:04d} Foundation: active"
    assert Domain.objects.get(slug="delivery").status == "active"
    request = ChangeRequest.objects.get()
    assert sorted(vote.person.username for vote in request.votes.all()) == ["ada", "ben"]
    assert User.objects.get(username="ada").has_perm("integrations.manage_secrets")


def test_a_wrong_password_saves_nothing(people, documents, typed):
    typed["ben"] = "a guess"
    with pytest.raises(CommandError, match="not the password"):
        _found(documents, "ada", "ben")
    assert (ChangeRequest.objects.count(), Domain.objects.count()) == (0, 0)


def test_the_author_does_not_sign(people, documents, typed):
    typed["devon"] = ""
    with pytest.raises(CommandError, match="does not sign"):
        _found(documents, "devon", "ben")


def test_a_portal_is_founded_once(people, documents, typed):
    _found(documents, "ada", "ben")
    with pytest.raises(CommandError, match="has its foundation"):
        _found(documents, "ada", "ben")


def test_a_broken_document_is_refused_with_its_place(people, documents, typed):
    documents.write_text(DOCUMENTS.replace("name: Delivery", "nam: Delivery"))
    with pytest.raises(CommandError, match="/items/0/document"):
        _found(documents, "ada", "ben")
    assert ChangeRequest.objects.count() == 0


def test_an_unknown_signer_is_told(people, documents, typed):
    with pytest.raises(CommandError, match="no account 'zoe'"):
        _found(documents, "ada", "zoe")
