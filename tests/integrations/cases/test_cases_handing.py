"""Assigning, snoozing, business-time clocks, and what a case is about."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.cases import queries, services
from integrations.cases.clocks import Clocks
from integrations.cases.handing import wake_snoozed
from integrations.cases.models import Case
from integrations.cases.problems import blocked, problems
from integrations.cases.services import open_case
from integrations.errors import PermissionRefused, Refused
from tests.firm import NOW
from tests.integrations.cases import calendars

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)
EVENING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""Monday, four in Berlin: an hour is left, and Tuesday is a holiday."""


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def seen(view="", person=0):
    rows = queries.queue(Case.objects.all(), view=view, person=person, now=LATER)
    return [case.message.key for case in rows]


def test_a_case_is_given_to_a_colleague_who_may_work_on_it(case_of, person):
    case = case_of()
    services.assign(case=case, to=person("stella"), by=person("stan"), reason="knows it", now=LATER)
    assert fresh(case).claimed_by == person("stella")
    with pytest.raises(Refused, match="Fred Foreign may not work on cases of Delivery"):
        services.assign(case=case, to=person("fred"), by=person("stan"), reason="x", now=LATER)
    with pytest.raises(PermissionRefused):
        services.assign(case=case, to=person("stan"), by=person("fred"), reason="x", now=LATER)
    told = [(line.action, line.text) for line in queries.history(case)]
    assert told[-1] == ("assigned", "knows it")


def test_a_snoozed_case_is_out_of_sight_until_its_time_and_comes_back_by_itself(case_of, person):
    case, until = case_of("T-1"), LATER + timedelta(hours=2)
    services.snooze(case=case, until=until, by=person("stan"), reason="call at two", now=LATER)
    assert (seen(), seen("snoozed")) == ([], ["T-1"])
    counts = queries.view_counts(Case.objects.all(), person=0, now=LATER)
    assert (counts["open"], counts["unclaimed"], counts["snoozed"]) == (0, 0, 1)
    assert wake_snoozed(now=until - timedelta(seconds=1)) == 0
    assert wake_snoozed(now=until) == 1
    assert (fresh(case).snoozed_until, seen()) == (None, ["T-1"])
    assert [line.action for line in queries.history(case)] == ["opened", "snoozed", "woken"]


def test_a_snooze_is_undone_by_hand(case_of, person):
    case = case_of("T-1")
    until = LATER + timedelta(hours=2)
    services.snooze(case=case, until=until, by=person("stan"), reason="call", now=LATER)
    services.unsnooze(case=case, by=person("stella"), now=LATER)
    assert seen() == ["T-1"]


@pytest.mark.parametrize("span", [timedelta(0), timedelta(days=32)])
def test_a_snooze_ends_within_a_month(case_of, person, span):
    with pytest.raises(Refused, match="until a time within 31 days"):
        services.snooze(
            case=case_of(), until=LATER + span, by=person("stan"), reason="x", now=LATER
        )


def test_a_case_is_due_in_business_time_of_whoever_owns_it(firm, arrived):
    calendars.keep()
    message = arrived()
    message.accepted_at = EVENING
    case = open_case(
        klass="data", title="x", detail={}, agreement=firm, message=message, now=EVENING
    )
    assert case.due_at == datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
    clocks = Clocks.load()
    assert clocks.left(case, EVENING) == (4 * 3600, 8 * 3600)
    assert clocks.after(case, EVENING, timedelta(days=1)) == datetime(2026, 3, 4, 15, tzinfo=UTC)
    assert clocks.opens(case, EVENING) == datetime(2026, 3, 4, 8, tzinfo=UTC)


def test_the_legal_entitys_calendar_comes_before_the_domains(firm, case_of):
    calendars.keep(legal_entities=["DE"])
    calendars.keep(slug="tokyo", time_zone="Asia/Tokyo", legal_entities=["JP"], holidays=[])
    case = case_of()
    clocks = Clocks.load()
    assert clocks.calendar(case).zone.key == "Europe/Berlin"
    case.legal_entity = "JP"
    assert clocks.calendar(case).zone.key == "Asia/Tokyo"


def test_a_case_knows_what_it_is_about(case_of, failed_operation, firm):
    case = case_of(customer="ACME UK", project="P-7")
    assert (case.customer, case.project) == ("ACME UK", "P-7")
    operation = failed_operation()
    other = open_case(
        klass="data", title="x", detail={}, agreement=firm, operation=operation, now=NOW
    )
    assert (other.customer, other.project, other.amount_minor) == ("ACME", "P-1", 50_000)


def test_cases_are_found_by_what_they_are_about(case_of, person):
    case_of("T-1", customer="ACME UK")
    mine = case_of("T-2", customer="")
    services.claim(case=mine, by=person("stan"), now=LATER)

    def found(search):
        rows = queries.queue(Case.objects.all(), search=search, now=LATER)
        return [case.message.key for case in rows]

    assert found('customer:"acme uk"') == ["T-1"]
    assert found("customer:-") == ["T-2"]
    assert found("project:p-1 owner:stan") == ["T-2"]
    assert found("region:emea") == []


@pytest.mark.parametrize("count", [1, 12])
def test_groups_by_customer_add_up_at_constant_cost(
    case_of, firm, failed_operation, count, django_assert_num_queries
):
    for number in range(count):
        case_of(f"A-{number}", customer=f"C-{number}")
        case_of(f"B-{number}", customer=f"C-{number}")
    operation = failed_operation(followers=3)
    open_case(klass="data", title="x", detail={}, agreement=firm, operation=operation, now=NOW)
    rows = queries.queue(Case.objects.all(), now=LATER)
    with django_assert_num_queries(4):
        held = problems(rows, by="customer")
        behind = blocked(rows, by="customer", values=[one.value for one in held])
    told = {one.value: (one.count, [(m.currency, m.minor) for m in one.at_risk]) for one in held}
    assert told["C-0"] == (2, [("EUR", 240_000)])
    assert told["ACME"] == (1, [("EUR", 50_000)])
    assert (len(held), behind) == (count + 1, {"ACME": 3})
