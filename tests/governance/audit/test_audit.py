"""Seals find every kind of tampering."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from governance.audit import hashing, queries, services
from governance.audit.models import AuditEntry, Seal
from governance.database import install
from governance.ownership.models import Domain
from governance.rules import RULES

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
DIGEST = st.binary(min_size=32, max_size=32).map(bytes.hex)


@pytest.fixture
def log(transactional_db) -> Iterator[Domain]:
    """Two seals over five entries; the triggers are taken away, as a database owner could."""
    domain = Domain.objects.create(slug="finance", name="Finance")
    for number in range(3):
        services.record("domain.touched", subject=domain, by=None, reason=f"r{number}")
    services.seal(now=NOW)
    for number in range(3, 5):
        services.record("domain.touched", subject=domain, by=None, reason=f"r{number}")
    services.seal(now=NOW)
    with connection.cursor() as cursor:
        for rule in RULES:
            if rule.name.startswith(("audit", "seal")):
                if connection.vendor == "sqlite":
                    cursor.execute(f"DROP TRIGGER {rule.name}")
                else:
                    table = "seal" if rule.name.startswith("seal") else "auditentry"
                    cursor.execute(f"DROP TRIGGER {rule.name} ON governance_{table}")
    yield domain
    install(connection, RULES)


@pytest.fixture
def entries(log):
    return list(AuditEntry.objects.order_by("pk"))


def test_an_untouched_log_verifies_and_nothing_is_sealed_twice(log):
    assert services.verify() == []
    assert services.seal(now=NOW) is None
    assert list(Seal.objects.values_list("number", flat=True)) == [1, 2]
    assert queries.about(log).count() == 5


TAMPERING = {
    "reason": lambda e: AuditEntry.objects.filter(pk=e[0].pk).update(reason="other"),
    "actor": lambda e: AuditEntry.objects.filter(pk=e[1].pk).update(by_label="somebody"),
    "time": lambda e: AuditEntry.objects.filter(pk=e[1].pk).update(
        at=datetime(2020, 1, 1, tzinfo=UTC)
    ),
    "content": lambda e: AuditEntry.objects.filter(pk=e[2].pk).update(after={"x": 1}),
    "deleted": lambda e: AuditEntry.objects.filter(pk=e[3].pk).delete(),
    "leaf with content": lambda e: AuditEntry.objects.filter(pk=e[0].pk).update(leaf="0" * 64),
    "root": lambda e: Seal.objects.filter(number=1).update(root="0" * 64),
    "unchained": lambda e: Seal.objects.filter(number=2).update(previous="0" * 64),
    "seal deleted": lambda e: Seal.objects.filter(number=1).delete(),
    "entries dropped from a seal": lambda e: Seal.objects.filter(number=1).update(
        entry_ids=[e[0].pk]
    ),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_found(log, entries, how):
    TAMPERING[how](entries)
    assert services.verify() != []


def test_a_rewritten_entry_with_a_fitting_leaf_breaks_the_root(log, entries):
    entry = entries[0]
    entry.reason = "rewritten"
    AuditEntry.objects.filter(pk=entry.pk).update(reason="rewritten", leaf=hashing.leaf(entry))
    assert [problem.place for problem in services.verify()] == ["seal 1"]


@given(st.lists(DIGEST, min_size=1, max_size=20), st.data())
def test_the_root_depends_on_every_leaf_and_on_their_order(leaves, data):
    root = hashing.merkle_root(leaves)
    place = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves]
    changed[place] = data.draw(DIGEST.filter(lambda one: one != leaves[place]))
    assert hashing.merkle_root(changed) != root
