"""A firm with a story: open, late, posted and blocked work in three currencies."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance import clock
from integrations.cases.models import Case
from integrations.sla import terms as agreed
from tests.integrations.sla import story
from tests.integrations.sla.story import NOW, TERMS, told

GB = {"region": "UKI", "business_unit": "Advisory", "contract": "CC-1", "customer": "Halden"}
DE = {"region": "DACH", "business_unit": "Technology", "legal_entity": "MC-DE", "currency": "EUR",
      "customer": "Ostermann", "contract_type": "fixed_fee"}  # fmt: skip
FOREIGN = 9_999
"""A flow of a domain where nobody holds a role."""


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(agreed, "current", lambda: TERMS)
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def tale(firm):
    """The sample firm's flow told most of it, a foreign one the rest."""
    flow = firm.flow_id

    def line(key: str, when: str, money: int, *, flow: int = flow, **more: str) -> None:
        story.tell(key, told("line", key, "time-approved", when, money, **more), flow=flow)

    line("T-1", "2026-10-28T10:00", 100_01, **GB)
    line("T-2", "2026-09-20T10:00", 200_03, project="PRJ-1", **GB)
    line("T-3", "2026-10-27T10:00", 300_00, **DE)
    line("T-4", "2026-10-20T10:00", 50_00, billable_on="2026-11-02", **GB)
    line("T-5", "2026-10-01T10:00", 70_00, **GB)
    line("T-6", "2026-10-01T10:00", 80_00, **DE)
    line("T-7", "2026-10-02T10:00", 90_00, **DE)
    line("T-8", "2026-07-01T10:00", 77_77, project="PRJ-1", **GB)
    line("T-99", "2026-10-02T10:00", 999_00, flow=FOREIGN, **DE)
    story.invoiced("INV-5", "2026-10-05T08:00", ("T-5", 70_00), **GB)
    story.invoiced("INV-6", "2026-10-06T08:00", ("T-6", 80_00), **DE)
    story.invoiced("INV-7", "2026-10-20T08:00", ("T-7", 90_00), **DE)
    story.posted("INV-6", "2026-10-07T08:00", 80_00, **DE)
    story.posted("INV-7", "2026-10-22T08:00", 90_00, **DE)
    story.paid("PAY-7", "INV-7", "2026-10-26T08:00", 90_00)
    for version, other in (("1", 7), ("2", 8)):
        signed = told("contract", "CC-1", "contract-signed", "2026-01-02", 1, version=version)
        story.tell("CC-1", signed, flow=other)
    project = told("project", "PRJ-1", "project-activated", "2026-01-01", 1, **GB)
    story.tell("PRJ-1", project, flow=flow)
    return firm


@pytest.fixture
def blocked(tale):
    """The project is unknown in the ERP, one invoice is refused, and what waited is free again."""
    problem(tale, "T-1", "Blocked for a while", hours=30)
    story.exposed(NOW - timedelta(hours=20))
    Case.objects.filter(business_key="T-1").update(state="resolved", closed_at=NOW)
    problem(tale, "PRJ-1", "Project unknown in ERP", hours=50, klass="reference")
    problem(tale, "INV-5", "Tax code missing", hours=10)
    story.exposed(NOW)
    return tale


def problem(firm, key: str, title: str, *, hours: int, klass: str = "mapping") -> Case:
    opened = NOW - timedelta(hours=hours)
    return Case.objects.create(
        klass=klass,
        title=title,
        fingerprint=f"f-{key}",
        domain=firm.flow.domain,
        system="erp",
        connection=key,
        business_key=key,
        opened_at=opened,
        due_at=opened + timedelta(hours=4),
    )


@pytest.fixture
def fiona(client, person):
    client.force_login(person("fiona"))
    return client
