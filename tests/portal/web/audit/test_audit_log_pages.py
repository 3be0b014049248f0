"""The audit log in the browser: who reads what, how it is filtered, checked and taken along."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.audit import hashing
from governance.audit import services as audit
from governance.audit.models import AuditEntry, Seal
from governance.database import install
from governance.flows.models import Flow
from governance.ownership.lifecycle import Role, Status
from governance.ownership.models import Domain, RoleGrant
from governance.rules import RULES
from portal.web.audit import exporting, reading

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def auditor(client, person) -> Client:
    client.force_login(person("aude"))
    return client


@pytest.fixture
def decide(firm, person):
    """`decide("flow.paused", …)`: an entry about the sample flow by Olga."""

    def record(action: str = "flow.touched", *, by: str | None = "olga", **more):
        given = {"subject": Flow.objects.get(), "at": NOON, **more}
        return audit.record(action, by=person(by) if by else None, **given)

    return record


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def shown(client: Client, query: str = "") -> list[int]:
    """Numbers of the entries on the page, top to bottom."""
    return [int(n) for n in re.findall(r">entry (\d+)<", text(client.get(f"/audit/log/?{query}")))]


def exported(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/audit/log/export/?{query}")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def auditor_of(person, domain: str, username: str = "vera"):
    """Somebody who may read the log of one domain only."""
    who, where = person(username), Domain.objects.get(slug=domain)
    row = RoleGrant(
        person=who, role=Role.AUDITOR, domain=where, slug=f"{username}.auditor.{domain}"
    )
    row.status, row.name = Status.ACTIVE, row.slug
    row.save()
    return who


def seal_all() -> Seal:
    """The first seal, over every entry.

    PostgreSQL's own sealing waits for whatever else runs on the same server, other tests included.
    """
    rows = list(AuditEntry.objects.order_by("pk"))
    ids, root = [row.pk for row in rows], hashing.merkle_root([row.leaf for row in rows])
    chain = {"number": 1, "root": root, "previous": hashing.GENESIS}
    digest = hashing.seal_digest(ids=ids, **chain)
    return Seal.objects.create(entry_ids=ids, digest=digest, at=NOON, **chain)


# Who reads what


@pytest.mark.parametrize("username", ["vera", "olga", "fiona"])
def test_nobody_without_the_permission_reads_verifies_or_exports(client, person, decide, username):
    decide()
    client.force_login(person(username))
    asked = (
        client.get("/audit/log/"),
        client.post("/audit/log/verify/"),
        client.get("/audit/log/export/"),
    )
    assert [answer.status_code for answer in asked] == [403, 403, 403]


def test_an_auditor_of_one_domain_reads_and_exports_that_domain_only(client, person, decide):
    ours, theirs = decide(), decide(subject=Domain.objects.get(slug="sales"))
    assert (ours.domain, theirs.domain) == ("delivery", "")
    client.force_login(auditor_of(person, "delivery"))
    assert shown(client) == [ours.pk]
    assert [row["id"] for row in exported(client)] == [str(ours.pk)]


def test_an_entry_tells_who_when_why_and_what_changed(auditor, decide):
    entry = decide(
        "flow.paused",
        reason="the ERP is closed <for> the month",
        before={"state": "active", "lane": "a"},
        after={"state": "paused", "lane": "a"},
        change_request=12,
        on_behalf_of="Otto Owner",
    )
    page = text(auditor.get("/audit/log/"))
    assert "flow.paused" in page
    assert "the ERP is closed &lt;for&gt; the month" in page
    assert "Olga Owner" in page
    assert "for Otto Owner" in page
    assert 'href="/changes/12/">CR-0012</a>' in page
    assert "1 place changed" in page
    told = reading.told(entry)
    assert told.places == [reading.Place("/state", "active", "paused")]


def test_what_is_new_or_gone_is_told_member_by_member(decide):
    made = reading.told(decide(after={"role": "steward", "rows": [1]}))
    gone = reading.told(decide(before={"role": "steward"}))
    assert made.places == [
        reading.Place("/role", None, "steward"),
        reading.Place("/rows", None, "[1]"),
    ]
    assert gone.places == [reading.Place("/role", "steward", None)]


def test_a_long_difference_is_cut_and_says_so(auditor, decide):
    decide(after={f"field{n}": n for n in range(reading.PLACES + 5)})
    page = text(auditor.get("/audit/log/"))
    assert f"{reading.PLACES + 5} places changed" in page
    assert "5 more; the export holds all." in page


# Filters


@pytest.fixture
def three(decide, person):
    """Olga's pause, Stan's start a day later, and what the system did a day after that."""
    return [
        decide("flow.paused", change_request=7),
        decide("flow.started", by="stan", at=NOON + timedelta(days=1)),
        decide(
            "domain.sealed",
            by=None,
            subject=Domain.objects.get(slug="sales"),
            at=NOON + timedelta(days=2),
        ),
    ]


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("", [2, 1, 0]),
        ("who=olga", [0]),
        ("who=Steward", [1]),
        ("who=the+system", [2]),
        ("action=flow.started", [1]),
        ("subject=sales", [2]),
        ("subject=domain", [2]),
        ("domain=delivery", [1, 0]),
        ("change=CR-0007", [0]),
        ("change=7", [0]),
        ("change=8", []),
        ("first=2026-03-03", [2, 1]),
        ("last=2026-03-03", [1, 0]),
        ("first=2026-03-03&last=2026-03-03", [1]),
        ("who=olga&action=flow.started", []),
    ],
)
def test_every_filter_narrows_the_page_and_the_export_alike(auditor, three, query, fits):
    wanted = [three[n].pk for n in fits]
    assert shown(auditor, query) == wanted
    assert [int(row["id"]) for row in exported(auditor, query)][: len(wanted)] == wanted[::-1]


def test_a_subject_is_followed_by_its_kind_and_id(auditor, three):
    flow = Flow.objects.get()
    assert f'href="?subject=flow%3A{flow.pk}"' in text(auditor.get("/audit/log/"))
    assert shown(auditor, f"subject=flow:{flow.pk}") == [three[1].pk, three[0].pk]


def test_days_are_those_of_the_reader(client, person, decide):
    entry = decide(at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    aude = person("aude")
    client.force_login(aude)
    assert shown(client, "first=2026-03-03") == []
    aude.time_zone = "Europe/Berlin"
    aude.save()
    assert shown(client, "first=2026-03-03") == [entry.pk]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("change=x", "Give a number such as CR-0012."),
        ("change=99999999999999999999", "Give a number such as CR-0012."),
        ("first=2026-02-31", "Enter a valid date."),
        ("first=2026-03-03&last=2026-03-02", "This day is before the first one."),
        ("action=nothing", "Select a valid choice."),
    ],
)
def test_a_wrong_filter_shows_and_exports_nothing_and_says_why(auditor, three, query, said):
    page = text(auditor.get(f"/audit/log/?{query}"))
    assert said in page
    assert shown(auditor, query) == []
    assert auditor.get(f"/audit/log/export/?{query}")["Location"] == f"/audit/log/?{query}"


def test_what_fits_nothing_says_so(auditor, three):
    assert "No decision fits this filter" in text(auditor.get("/audit/log/?change=99"))


def test_htmx_gets_the_rows_alone(auditor, three):
    answer = auditor.get("/audit/log/", headers={"HX-Request": "true"})
    assert ("<html" in text(answer), ">entry " in text(answer)) == (False, True)


def test_pages_follow_each_other_without_gap_or_repeat(auditor, decide):
    made = [decide().pk for _ in range(120)]
    seen, query = [], "action=flow.touched"
    while query:
        page = text(auditor.get(f"/audit/log/?{query}"))
        seen += [int(n) for n in re.findall(r">entry (\d+)<", page)]
        found = re.search(r'href="\?([^"]+)" rel="next"', page)
        query = found[1].replace("&amp;", "&") if found else ""
    assert seen == made[::-1]


def test_a_page_costs_the_same_for_any_length(auditor, decide):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert auditor.get("/audit/log/").status_code == 200
        return len(queries)

    decide()
    cost()
    few = cost()
    for _ in range(60):
        decide(before={"a": 1}, after={"a": 2})
    assert cost() == few <= 26


# Seals


def test_the_top_tells_the_last_seal_and_how_many_entries_wait(auditor, three, decide):
    before = AuditEntry.objects.count()
    made = seal_all()
    decide()
    found = reading.sealing()
    assert (found.last, found.size, found.sealed, found.waiting) == (made, before, before, 1)
    page = text(auditor.get("/audit/log/"))
    assert f"Seal 1</b> over {before} entries" in page
    assert "1 waits for the next seal" in page


def test_a_log_without_a_seal_says_that_all_of_it_waits(auditor, decide):
    decide()
    assert Seal.objects.count() == 0
    page = text(auditor.get("/audit/log/"))
    assert "Nothing is sealed yet." in page
    assert f"{AuditEntry.objects.count()} wait" in page


def test_an_untouched_log_verifies(auditor, three):
    seal_all()
    page = text(auditor.post("/audit/log/verify/"))
    assert "The audit log verifies" in page
    assert "nothing was altered, nothing is missing" in page


def test_verifying_is_asked_for_never_stumbled_upon(auditor):
    assert auditor.get("/audit/log/verify/").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_changed_entry_is_named(auditor, three):
    seal_all()
    with connection.cursor() as cursor:
        for rule in RULES:
            if rule.name.startswith("audit"):
                on = "" if connection.vendor == "sqlite" else " ON governance_auditentry"
                cursor.execute(f"DROP TRIGGER {rule.name}{on}")
    try:
        AuditEntry.objects.filter(pk=three[0].pk).update(reason="never mind")
        answer = auditor.post("/audit/log/verify/", headers={"HX-Request": "true"})
        page = text(answer)
        assert "Does not verify" in page
        assert f"entry {three[0].pk}" in page
        assert "was altered" in page
    finally:
        install(connection, RULES)


# Export


def test_the_export_holds_everything_and_hashes_to_its_leaf(auditor, decide):
    entry = decide("flow.paused", reason="month end", before={"a": 1}, after={"a": 2})
    [row] = exported(auditor, "action=flow.paused")
    assert list(row) == list(exporting.TITLES)
    assert row["id"] == str(entry.pk)
    assert row["at"] == "2026-03-02T12:00:00+00:00"
    assert (row["before"], row["after"]) == ('{"a":1}', '{"a":2}')
    assert row["leaf"] == hashing.leaf(entry)


def test_an_export_is_in_the_log_and_not_in_itself(auditor, three, person):
    rows = exported(auditor, "who=olga")
    entry = AuditEntry.objects.get(action="audit_log.exported")
    assert [row["action"] for row in rows] == ["flow.paused"]
    assert (entry.by_label, entry.subject_label) == ("Aude Auditor", "aude")
    assert entry.after == {"filter": {"who": "olga"}, "rows": 1, "up_to": entry.pk - 1}


def test_the_link_exports_what_is_filtered_whatever_the_page(auditor, decide):
    for _ in range(60):
        decide()
    page = text(auditor.get("/audit/log/?action=flow.touched"))
    cursor = re.search(r'href="\?([^"]+)" rel="next"', page)
    assert cursor is not None
    page = text(auditor.get("/audit/log/?" + cursor[1].replace("&amp;", "&")))
    assert 'href="/audit/log/export/?action=flow.touched&amp;as=xlsx"' in page


def test_a_formula_in_a_reason_stays_text(auditor, decide):
    decide("flow.paused", reason='=HYPERLINK("http://x.example")')
    [row] = exported(auditor, "action=flow.paused")
    assert row["reason"] == '\'=HYPERLINK("http://x.example")'


def test_an_export_of_any_length_takes_the_same_queries(auditor, decide):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            exported(auditor, "action=flow.touched")
        return len(queries)

    decide()
    cost()
    few = cost()
    for _ in range(50):
        decide()
    assert cost() == few


def test_the_crumb_leads_to_the_search_of_transactions_where_there_is_one(auditor):
    page = text(auditor.get("/audit/log/"))
    assert '<a href="/audit/">Audit</a>' in page
