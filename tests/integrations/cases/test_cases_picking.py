"""Picking the matching record: who is offered and why, who signs, and what goes on afterwards."""

from datetime import timedelta

import pytest

from governance.audit.models import AuditEntry
from integrations.cases import services
from integrations.cases.likeness import Reason, likenesses
from integrations.cases.matching import offer, wanted
from integrations.cases.models import Case, SignOff
from integrations.crossrefs.models import CrossReference
from integrations.crossrefs.queries import resolve
from integrations.errors import NeedsSecondPerson, PermissionRefused, Refused
from integrations.messages.models import Operation
from integrations.sync.matches import look_ahead_match
from integrations.sync.planning import plan_all
from integrations.sync.sweep import sweep
from tests.integrations.cases import ledger
from tests.integrations.messages import path

pytestmark = pytest.mark.django_db
LATER = ledger.LONG_AFTER + timedelta(minutes=5)
NAME = ("project", "P-2041", "erp")
WHY = "same customer and name, checked with the ledger's clerk"

OURS = {"id": "P-2041", "name": "Timetable platform", "customer": "C-26"}
THEIRS = {"id": "70999", "psa_number": None, "name": "Timetable platfrm", "customer": "C-26"}
OTHERS = [
    {"id": "70001", "psa_number": "P-1955", "name": "Grid planning", "customer": "C-27"},
    {"id": "70002", "psa_number": None, "name": "Branch network", "customer": "C-28"},
    {"id": "70003", "psa_number": None, "name": "Depot survey", "customer": "C-28"},
]


@pytest.fixture
def time(firm):
    """The flow of time, in a firm whose ledger writes one project's name wrongly."""
    agreement = ledger.found()
    ledger.holds("psa", OURS)
    ledger.holds("erp", THEIRS, *OTHERS)
    return agreement


@pytest.fixture
def case(time):
    return ledger.waiting(time, "T-1", "T-2", "T-3")


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def picked(case, person, source_id="70999", by="stan"):
    return services.pick(case=case, by=person(by), reason=WHY, source_id=source_id, now=LATER)


def go_on(time):
    plan_all(agreement=time, now=LATER)
    path.deliver(now=LATER)
    sweep(now=LATER)
    path.deliver(now=LATER)


def ledger_projects():
    return [one.body["ledger_project"] for one in path.billing().effects]


def test_the_likeliest_record_comes_first_and_says_why(case):
    told = offer(case, wanted(case))
    assert (told.name, told.label, told.compared) == (NAME, "Timetable platform", 4)
    [best] = told.candidates
    assert (best.source_id, best.label, best.taken_by) == ("70999", "Timetable platfrm", "")
    assert best.reasons == (
        Reason("equal", "customer", "C-26"),
        Reason("alike", "name", "Timetable platfrm", 97),
    )


def test_a_search_finds_by_id_or_name_and_tells_whose_a_record_is_already(case):
    assert [one.source_id for one in offer(case, NAME, words="70001").candidates] == ["70001"]
    [grid] = offer(case, NAME, words="grid plan").candidates
    assert grid.taken_by == "P-1955"
    assert offer(case, NAME, words="nothing like it").candidates == []


@pytest.mark.parametrize("count", [1, 200])
def test_an_offer_costs_the_same_at_any_number_of_records(time, count, django_assert_num_queries):
    case = ledger.waiting(time)
    ledger.holds("erp", *({"id": f"8{n:04}", "name": f"No {n}"} for n in range(count)))
    with django_assert_num_queries(9):
        offer(case, NAME)


def test_a_value_that_many_have_says_nothing():
    many = [(str(n), {"status": "active", "customer": f"C-{n}"}) for n in range(20)]
    found = likenesses("P-1", {"status": "active", "customer": "C-7"}, many)
    assert [one.score for one in found].index(max(one.score for one in found)) == 7
    assert found[7].reasons == (Reason("equal", "customer", "C-7"),)
    assert found[0].score == 0


def test_names_that_differ_in_a_number_are_not_alike():
    [found] = likenesses("A-1", {"name": "Phase 2 rollout"}, [("x", {"name": "Phase 3 rollout"})])
    assert found.reasons == ()


def test_a_number_written_otherwise_is_the_same_number():
    [found] = likenesses("PRJ-2041", {}, [("P2041", {})])
    assert found.reasons == (Reason("number", "", "2041"),)


def test_the_dry_run_shows_what_is_sent_and_what_goes_on_and_does_nothing(case):
    told = look_ahead_match(case, NAME, "70999", now=LATER)
    [effect] = told.outlook.effects
    assert effect.write["body"]["ledger_project"] == "70999"
    assert [(one.pointer, one.before, one.after) for one in effect.differences] == [
        ("/body/ledger_project", None, "70999")
    ]
    assert (told.cases, told.followers, told.still_unknown) == (1, 2, [])
    assert [(one.currency, one.minor) for one in told.money] == [("EUR", 30_000)]
    assert (resolve([NAME]), fresh(case).state) == ({}, "open")


def test_money_hangs_on_it_so_a_second_person_signs_and_then_everything_goes_on(case, time, person):
    done = picked(case, person)
    assert (done.state, resolve([NAME])) == ("waiting_signature", {})
    with pytest.raises(NeedsSecondPerson):
        services.sign(case=case, by=person("stan"), reason="mine", now=LATER)
    services.sign(case=case, by=person("stella"), reason="checked", now=LATER)
    assert resolve([NAME]) == {NAME: "70999"}
    go_on(time)
    assert ledger_projects() == ["70999", "70999", "70999"]
    assert (fresh(case).state, path.open_cases()) == ("resolved", [])
    assert set(Operation.objects.values_list("state", flat=True)) == {"applied"}


def test_the_match_is_dated_a_persons_and_audited(case, person):
    picked(case, person)
    services.sign(case=case, by=person("stella"), reason="checked", now=LATER)
    row = CrossReference.objects.get(origin="person")
    assert (row.entity, row.canonical_id, row.system, row.source_id) == (*NAME, "70999")
    assert (row.valid_from, row.valid_to) == (LATER, None)
    entry = AuditEntry.objects.get(action="crossref.matched")
    assert (entry.by_label, entry.reason) == ("Stella Steward", "checked")
    assert entry.subject_id == str(row.pk)
    assert entry.after == {"source_id": "70999", "asked_by": "Stan Steward"}


def test_a_pick_is_taken_back_before_it_is_signed(case, person):
    picked(case, person)
    services.refuse(case=case, by=person("stan"), reason="the wrong one", now=LATER)
    assert (fresh(case).state, resolve([NAME])) == ("open", {})
    assert SignOff.objects.get().refused_at == LATER


def test_another_pick_takes_the_place_of_a_signed_one(case, time, person):
    picked(case, person)
    services.sign(case=case, by=person("stella"), reason="checked", now=LATER)
    go_on(time)
    again = LATER + timedelta(hours=1)
    services.pick(case=case, by=person("stan"), reason="was mistaken", source_id="70002", now=again)
    assert fresh(case).state == "waiting_signature"
    services.sign(case=case, by=person("stella"), reason="right", now=again)
    assert (fresh(case).state, resolve([NAME])) == ("resolved", {NAME: "70002"})
    ended = CrossReference.objects.get(source_id="70999")
    assert ended.valid_to == again


def test_refusing_another_pick_leaves_the_case_resolved(case, time, person):
    picked(case, person)
    services.sign(case=case, by=person("stella"), reason="checked", now=LATER)
    go_on(time)
    picked(case, person, "70002")
    services.refuse(case=case, by=person("stella"), reason="it was right", now=LATER)
    assert (fresh(case).state, resolve([NAME])) == ("resolved", {NAME: "70999"})


def test_what_was_never_read_or_is_anothers_is_refused(case, person):
    with pytest.raises(Refused, match="erp has told of no project 'made-up'"):
        picked(case, person, "made-up")
    picked(case, person, "70001")
    with pytest.raises(Refused, match="70001 of erp is project P-1955 already"):
        services.sign(case=case, by=person("stella"), reason="x", now=LATER)
    assert (fresh(case).state, SignOff.objects.get().signed_at) == ("waiting_signature", None)


def test_only_a_case_about_an_unknown_record_is_matched(case_of, person):
    with pytest.raises(Refused, match="a data case that is open cannot pick"):
        picked(case_of(), person)


def test_who_is_foreign_matches_nothing(case, person):
    with pytest.raises(PermissionRefused):
        picked(case, person, by="fred")


def test_what_waits_in_another_flow_for_the_same_record_goes_on_too(case, time, person):
    other = Case.objects.get(pk=case.pk)
    later = ledger.waiting(time, "T-8", project="P-2041-B")
    later.detail = {**later.detail, "refers": other.detail["refers"]}
    later.save(update_fields=["detail"])
    picked(case, person)
    services.sign(case=case, by=person("stella"), reason="checked", now=LATER)
    sweep(now=LATER)
    assert fresh(later).state == "replaying"
