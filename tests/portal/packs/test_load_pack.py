"""`manage.py load_pack`: founds an empty portal, and proposes what is missing to any other."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.approvals.lifecycle import State
from governance.approvals.models import ChangeRequest
from governance.authority.models import AuthorityAssignment
from governance.catalog.models import BusinessEntity, System
from governance.contracts.models import DataContractVersion
from governance.ownership.models import Domain
from portal.accounts.models import User
from portal.management import signing
from tests.firm import NOW

PASSWORDS = {"ada": "ada signs with this", "ben": "ben signs with that"}
FOUNDING = ("--by", "devon", "--signer", "ada", "--signer", "ben")
OWN = """
- domain: {slug: delivery, name: Services, owners: [otto]}
- role_grant: {person: otto, role: architect}
- role_grant: {person: devon, role: architect}
- system: {slug: planner, name: Planner, domain: delivery, kind: psa, vendor: Workplan}
"""


@pytest.fixture
def people(db, monkeypatch):
    for name in ("devon", "olga", "otto", "stan"):
        User.objects.create_user(name)
    for name, password in PASSWORDS.items():
        User.objects.create_user(name, password=password)
    monkeypatch.setattr(signing, "getpass", lambda question: PASSWORDS[question.split()[0]])


def load(*words: str) -> str:
    said = StringIO()
    call_command("load_pack", "canonical", *words, stdout=said)
    return said.getvalue()


def active(model) -> int:
    return model.objects.filter(status="active").count()


def test_an_empty_portal_is_founded_with_the_pack(people):
    said = load(*FOUNDING, "--owner", "olga", "--steward", "stan", "--psa", "workplan")
    assert "25 business entities" in said or "25 entities" in said
    assert said.splitlines()[-1].endswith(": active")
    request = ChangeRequest.objects.get()
    assert (request.is_foundation, request.state) == (True, State.ACTIVE)
    assert sorted(vote.person.username for vote in request.votes.all()) == ["ada", "ben"]
    assert active(BusinessEntity) == 25
    assert active(DataContractVersion) == 18
    assert set(System.objects.values_list("slug", flat=True)) == {
        "crm",
        "workplan",
        "billing",
        "erp",
    }
    held = AuthorityAssignment.objects.get(entity__slug="time-entry", group__slug="money")
    assert held.system.slug == "workplan"
    sales = Domain.objects.get(slug="sales")
    assert {(one.seat, one.person.username) for one in sales.seats.all()} == {
        ("owner", "olga"),
        ("steward", "stan"),
    }
    assert User.objects.get(username="olga").has_perm("governance.review_change", sales)


def test_the_firms_own_documents_come_before_the_packs(people, tmp_path: Path):
    path = tmp_path / "own.yaml"
    path.write_text(OWN)
    load(*FOUNDING, "--owner", "olga", "--with", str(path), "--psa", "planner")
    assert Domain.objects.get(slug="delivery").name == "Services"
    assert System.objects.get(slug="planner").name == "Planner"
    assert Domain.objects.get(slug="sales").seats.get().person.username == "olga"


def test_an_empty_portal_needs_an_owner(people):
    with pytest.raises(CommandError, match="name the --owner"):
        load(*FOUNDING)
    assert ChangeRequest.objects.count() == 0


def test_loaded_again_there_is_nothing_to_propose(people, tmp_path: Path):
    path = tmp_path / "own.yaml"
    path.write_text(OWN)
    load(*FOUNDING, "--owner", "olga", "--with", str(path))
    said = load("--by", "devon", "--from", "2030-01-01")
    assert said.splitlines()[-1] == "Nothing to propose"
    assert ChangeRequest.objects.count() == 1


@pytest.fixture
def devon(firm) -> User:
    """Author in a firm that has two domains, two systems and one entity of its own."""
    return User.objects.get(username="ada")


DOMAINS = ("--domain", "billing=delivery", "--domain", "finance=delivery")


def test_a_founded_portal_is_asked_by_an_ordinary_request(devon):
    said = load("--by", "ada", *DOMAINS)
    request = ChangeRequest.objects.get()
    assert (request.is_foundation, request.state) == (False, State.IN_REVIEW)
    assert {one["domain"] for one in request.rules if one["seat"] == "owner"} == {
        "delivery",
        "sales",
    }
    assert f"{request}: in_review, class R3; asks 1 owner of" in said
    assert active(BusinessEntity) == 1


def test_what_the_firm_defined_otherwise_stays_and_is_said(devon):
    said = load("--by", "ada", *DOMAINS)
    assert "Different here and left so (--replace): entity time-entry" in said
    proposed = {item.subject.slug for item in ChangeRequest.objects.get().items.all()}
    assert "time-entry" not in proposed
    assert "time-entry@1.0.0" not in proposed
    assert "customer" in proposed
    groups = {slug for slug in proposed if slug.startswith("time-entry.")}
    assert groups == set()
    assert "Fits no group of yours" in said


def test_a_domain_that_is_missing_is_told_with_what_to_do(devon):
    with pytest.raises(CommandError, match="no domain billing here: name one with --domain"):
        load("--by", "ada")
    with pytest.raises(CommandError, match="--domain billing names no domain"):
        load("--by", "ada", "--domain", "billing")


def test_a_new_domain_gets_the_owner_that_was_named_and_old_ones_keep_theirs(devon):
    load("--by", "ada", "--owner", "olga", "--steward", "stan")
    documents = ChangeRequest.objects.get().revisions.latest("number").content
    seats = {one["slug"]: one["document"]["owners"] for one in documents if one["kind"] == "domain"}
    assert seats == {"billing": ["olga"], "finance": ["olga"]}
    granted = {one["document"]["domain"] for one in documents if one["kind"] == "role_grant"}
    assert granted == {"billing", "finance"}


def test_who_may_not_propose_is_refused(devon):
    with pytest.raises(CommandError, match="nothing was saved"):
        load("--by", "vera", *DOMAINS)
    assert (ChangeRequest.objects.count(), NOW.year) == (0, 2026)
