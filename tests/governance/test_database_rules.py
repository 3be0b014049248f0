"""What the database itself refuses, tried on whichever database runs the tests."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from governance.agreements.models import Agreement
from governance.audit import services as audit
from governance.audit.models import AuditEntry, Seal
from governance.authority.models import AuthorityAssignment
from governance.catalog.models import AttributeGroup, BusinessEntity, System
from governance.database import missing
from governance.ownership.lifecycle import Status
from governance.ownership.models import Domain
from governance.rules import RULES

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def domain() -> Domain:
    return Domain.objects.create(slug="finance", name="Finance")


@pytest.fixture
def assign(domain):
    entity = BusinessEntity.objects.create(slug="invoice", name="Invoice", domain=domain)
    group = AttributeGroup.objects.create(entity=entity, slug="money", name="Money")
    systems = {
        slug: System.objects.create(slug=slug, name=slug, kind="erp", domain=domain)
        for slug in ("erp", "billing")
    }

    def make(system: str, start: str, end: str | None, *, scope="*", status=Status.ACTIVE):
        return AuthorityAssignment.objects.create(
            slug=f"{system}-{start}-{scope}-{status}",
            name="x",
            domain=domain,
            entity=entity,
            group=group,
            system=systems[system],
            scope=scope,
            effective_from=date.fromisoformat(start),
            effective_to=date.fromisoformat(end) if end else None,
            status=status,
        )

    return make


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-01-01", None),
        ("2026-06-30", "2026-07-01"),
        ("2025-01-01", "2026-01-02"),
        ("2026-03-01", "2026-04-01"),
    ],
)
def test_two_active_authors_of_one_group_cannot_overlap(assign, start, end):
    assign("erp", "2026-01-01", "2026-07-01")
    with pytest.raises(DatabaseError), transaction.atomic():
        assign("billing", start, end)
    assert AuthorityAssignment.objects.count() == 1


def test_periods_that_meet_and_other_scopes_and_drafts_are_accepted(assign):
    assign("erp", "2026-01-01", "2026-07-01")
    assign("billing", "2026-07-01", None)
    assign("billing", "2026-01-01", None, scope="region:EMEA")
    assign("billing", "2026-02-01", None, status=Status.DRAFT)
    assert AuthorityAssignment.objects.count() == 4


def test_a_draft_cannot_become_active_into_an_overlap(assign):
    assign("erp", "2026-01-01", None)
    draft = assign("billing", "2026-02-01", None, status=Status.DRAFT)
    draft.status = Status.ACTIVE
    with pytest.raises(DatabaseError), transaction.atomic():
        draft.save()


def test_audit_entries_cannot_be_changed_or_deleted(domain):
    entry = audit.record("domain.touched", subject=domain, by=None, reason="test")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(reason="other")
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.delete()
    assert AuditEntry.objects.get().reason == "test"


def test_seals_cannot_be_changed_or_deleted(domain):
    Seal.objects.create(number=1, entry_ids=[], root="0", previous="0", digest="0", at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Seal.objects.update(root="1")
    with pytest.raises(DatabaseError), transaction.atomic():
        Seal.objects.all().delete()


def test_agreement_documents_cannot_be_changed(running_flow):
    with pytest.raises(DatabaseError), transaction.atomic():
        Agreement.objects.filter(flow=running_flow).update(document={"format": 2})
    assert Agreement.objects.get(flow=running_flow).document["format"] == 1


def test_no_trigger_is_missing_after_migration():
    assert missing(connection, RULES) == []
