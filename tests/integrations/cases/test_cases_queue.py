"""The queue as people read it: ordered, searched, grouped, counted, at constant cost."""

from datetime import timedelta

import pytest
from django.db.models import F

from integrations.cases import bulk, queries, services
from integrations.cases.models import Case
from integrations.cases.queries import ORDER, Money
from integrations.cases.search import parse
from integrations.cases.services import open_case
from integrations.cases.settling import mark_breached
from integrations.errors import Refused
from integrations.messages.models import InboxMessage
from tests.firm import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def priced(case_of):
    """A case worth so many minor units, in a currency."""

    def make(key, minor, currency="EUR", **more):
        case = case_of(key, **more)
        Case.objects.filter(pk=case.pk).update(
            amount_minor=minor, priority=-abs(minor or 0), currency=currency if minor else ""
        )
        return Case.objects.get(pk=case.pk)

    return make


def keys(rows):
    return [case.message.key for case in rows]


def found(search, **more):
    return sorted(keys(queries.queue(Case.objects.all(), search=search, now=LATER, **more)))


def test_breached_first_then_exposure_then_due(priced):
    priced("small", 100)
    priced("credit", -5_000)
    priced("large", 9_000)
    late = priced("late", 1)
    early = priced("early", 100)
    Case.objects.filter(pk=late.pk).update(due_at=NOW)
    Case.objects.filter(pk=early.pk).update(due_at=NOW + timedelta(hours=1))
    mark_breached(now=LATER)
    rows = queries.queue(Case.objects.all(), now=LATER)
    assert keys(rows) == ["late", "large", "credit", "early", "small"]


def test_the_order_is_total_and_without_nulls_so_that_pages_never_repeat(priced):
    for number in range(7):
        priced(f"T-{number}", 100 * (number % 2))
    rows = queries.queue(Case.objects.all(), now=LATER)
    whole = list(rows.values_list(*ORDER))
    assert whole == sorted(set(whole))
    assert all(None not in row for row in whole)


def test_tokens_narrow_by_what_they_name(priced, firm):
    priced("T-1", 1_000_001)
    priced("T-2", 1_000_000)
    priced("T-3", 1_000_001, "JPY", klass="mapping")
    priced("T-4", None)
    assert found("amount>10k") == ["T-1", "T-3"]
    assert found("amount<10001") == ["T-1", "T-2"]
    assert found("amount>10k class:data") == ["T-1"]
    assert found("system:PSA class:mapping") == ["T-3"]
    assert found("system:billing") == []
    assert found("flow:time-to-billing currency:jpy") == ["T-3"]


def test_age_counts_from_the_opening(case_of):
    old, new = case_of("old"), case_of("new")
    Case.objects.filter(pk=old.pk).update(opened_at=LATER - timedelta(days=3))
    assert found("age>2d") == ["old"]
    assert found("age<2d") == [new.message.key]


def test_words_are_looked_for_in_title_business_key_and_record(case_of):
    case_of("T-1")
    other = case_of("X-2")
    Case.objects.filter(pk=other.pk).update(title="Tax code missing", business_key="INV-77")
    assert found("tax") == ["X-2"]
    assert found("inv-77 code") == ["X-2"]
    assert found("T-1") == ["T-1"]
    assert found("P-1 hours") == ["T-1"]


def test_closed_cases_are_shown_only_when_asked_for(case_of):
    case_of("T-1")
    closed = case_of("T-2")
    services.settle(messages=[closed.message_id], now=LATER, resolution="Planned")
    assert found("") == ["T-1"]
    assert found("state:resolved") == ["T-2"]


@pytest.mark.parametrize("text", ["amount:10", "amount>ten", "age>soon", "age:2d", "class>data"])
def test_an_unreadable_token_says_what_to_write(text):
    with pytest.raises(Refused, match="write "):
        parse(text, now=NOW)


def test_an_unknown_token_is_a_word_to_look_for():
    assert parse("http://x colour:red", now=NOW).words == ("http://x", "colour:red")


def test_views_hold_what_they_say(case_of, person, firm, failed_operation):
    mine, free = case_of("mine"), case_of("free")
    services.claim(case=mine, by=person("stan"), now=LATER)
    services.dismiss(case=free, by=person("stella"), reason="test", now=LATER)
    root = open_case(
        klass="data",
        title="x",
        detail={},
        agreement=firm,
        operation=failed_operation(followers=3),
        now=NOW,
    )
    Case.objects.filter(pk=mine.pk).update(due_at=LATER + timedelta(hours=1))
    counts = queries.view_counts(Case.objects.all(), person=person("stan").pk, now=LATER)
    assert counts == {
        "open": 3,
        "mine": 1,
        "unclaimed": 2,
        "role": 3,
        "breached": 0,
        "breaching": 1,
        "blocking": 1,
        "waiting_signature": 1,
        "waiting_source": 0,
        "waiting_change": 0,
        "snoozed": 0,
    }
    assert found("", view="mine", person=person("stan").pk) == ["mine"]
    [blocking] = queries.queue(Case.objects.all(), view="blocking", now=LATER)
    assert (blocking.pk, blocking.followers) == (root.pk, 3)
    assert queries.followers(root) == 3


def test_problems_are_counted_and_summed_per_currency(priced):
    priced("T-1", 1_000)
    priced("T-2", 2_500)
    priced("T-3", 700, "USD")
    priced("M-1", 99_000, klass="mapping")
    problems = queries.problems(Case.objects.all())
    assert [(one.sample.klass, one.count, one.at_risk) for one in problems] == [
        ("mapping", 1, [Money("EUR", 99_000)]),
        ("data", 3, [Money("EUR", 3_500), Money("USD", 700)]),
    ]


def test_totals_never_add_currencies(priced):
    priced("T-1", 1_000)
    priced("T-2", 700, "USD")
    priced("T-3", None)
    told = queries.totals(Case.objects.all(), now=LATER)
    assert (told.open, told.breached, told.oldest) == (3, 0, NOW)
    assert told.at_risk == [Money("EUR", 1_000), Money("USD", 700)]


@pytest.mark.parametrize("count", [1, 12])
def test_lists_cost_the_same_at_any_length(case_of, count, django_assert_num_queries):
    for number in range(count):
        case_of(f"T-{number}", pointer=f"/field{'abcdefghijkl'[number]}")
    with django_assert_num_queries(1):
        rows = list(queries.queue(Case.objects.all(), now=LATER))
        assert {(c.flow.slug, c.domain.slug, c.message.flow_id > 0) for c in rows} == {
            ("time-to-billing", "delivery", True)
        }
    with django_assert_num_queries(3):
        assert len(queries.problems(Case.objects.all())) == count
    with django_assert_num_queries(2):
        assert queries.totals(Case.objects.all(), now=LATER).open == count
    with django_assert_num_queries(1):
        assert queries.view_counts(Case.objects.all(), person=1, now=LATER)["open"] == count


def test_similar_problems_show_how_they_ended(case_of):
    solved, still = case_of("T-1"), case_of("T-2")
    services.settle(messages=[solved.message_id], now=LATER, resolution="Corrected at the source")
    assert [case.resolution for case in queries.similar_solved(still)] == [
        "Corrected at the source"
    ]


def test_a_bulk_act_touches_the_frozen_selection_only(case_of, person):
    for number in range(3):
        case_of(f"T-{number}")
    chosen = bulk.freeze(
        Case.objects.all(), fingerprint=Case.objects.first().fingerprint, by=person("stan")
    )
    assert (chosen.count, chosen.at_risk) == (3, [Money("EUR", 360_000)])
    case_of("T-late")
    report = bulk.replay_all(ids=chosen.ids, by=person("stan"), reason="hours fixed", now=LATER)
    assert (sorted(report.done), report.refused) == (chosen.ids, {})
    assert keys(Case.objects.filter(state="open")) == ["T-late"]
    assert InboxMessage.objects.filter(state="accepted").count() == 3


def test_a_bulk_act_reports_what_it_could_not_do(case_of, person):
    mine, hers = case_of("T-1"), case_of("T-2")
    services.claim(case=hers, by=person("stella"), now=LATER)
    report = bulk.claim_all(ids=[mine.pk, hers.pk, 999_999], by=person("stan"), now=LATER)
    assert report.done == [mine.pk]
    assert report.refused == {
        hers.pk: "Stella Steward has claimed this case; ask them to release it",
        999_999: "there is no such case",
    }
    undone = bulk.release_all(ids=report.done, by=person("stan"), now=LATER)
    assert undone.done == [mine.pk]


def test_a_selection_leaves_out_what_the_person_may_not_work_on(case_of, person):
    case = case_of()
    for username, count in (("stan", 1), ("fred", 0), ("vera", 0)):
        chosen = bulk.freeze(Case.objects.all(), fingerprint=case.fingerprint, by=person(username))
        assert chosen.count == count


def test_a_group_waits_for_one_change_request(case_of, person):
    ids = [case_of(f"T-{number}", klass="mapping").pk for number in range(2)]
    bulk.wait_all(ids=ids, by=person("stan"), reason="new role", change_request=4, now=LATER)
    assert set(Case.objects.values_list("state", "change_request")) == {("waiting_change", 4)}


def test_the_stored_priority_is_the_exposure_negated(priced):
    priced("T-1", -700)
    assert Case.objects.filter(priority=-F("amount_minor")).count() == 0
    assert Case.objects.get().priority == -700


def test_the_buttons_are_what_this_person_may_do_now(case_of, person):
    case = case_of()
    open_to_all = [
        "claim",
        "assign",
        "snooze",
        "correct",
        "send_to_author",
        "wait_for_change",
        "replay",
        "dismiss",
    ]
    assert list(queries.allowed_moves(case, person("stan"))) == open_to_all
    assert queries.allowed_moves(case, person("fred")) == {}
    case = services.claim(case=case, by=person("stan"), now=LATER)
    assert next(iter(queries.allowed_moves(case, person("stan")))) == "release"
    assert list(queries.allowed_moves(case, person("stella"))) == ["release", "assign"]


def test_who_asked_has_no_button_to_sign(case_of, person):
    case = services.dismiss(case=case_of(), by=person("stan"), reason="test", now=LATER)
    assert "sign" not in queries.allowed_moves(case, person("stan"))
    assert "sign" in queries.allowed_moves(case, person("stella"))
    assert [(line.action, line.by and line.by.username) for line in queries.history(case)] == [
        ("opened", None),
        ("asked to dismiss", "stan"),
    ]
