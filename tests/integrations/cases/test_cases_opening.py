"""What the machine does to the queue: opens once, tells again, closes what settled."""

from datetime import timedelta

import pytest

from integrations.cases.fingerprints import fingerprint, shape
from integrations.cases.models import Case, CaseEvent, Correction
from integrations.cases.opening import Opening, open_case, open_cases
from integrations.cases.settling import mark_breached, mend, settle
from integrations.messages.models import InboxMessage, Operation
from tests.firm import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def test_a_case_knows_whose_it_is_what_it_costs_and_when_it_is_due(case_of):
    case = case_of()
    assert (case.domain.slug, case.flow.slug, case.system, case.connection) == (
        "delivery",
        "time-to-billing",
        "psa",
        "psa-main",
    )
    assert (case.amount_minor, case.currency, case.priority) == (120_000, "EUR", -120_000)
    assert (case.business_key, case.due_at) == ("P-1", NOW + timedelta(hours=4))


def test_a_record_that_could_not_be_planned_is_priced_from_what_it_tells(case_of):
    case = case_of(money=False, role="partner", hours="many")
    assert (case.amount_minor, case.currency, case.business_key) == (120_000, "EUR", "P-1")


def test_an_unreadable_amount_is_unknown_not_zero(case_of):
    case = case_of(money=False, amount="12,00")
    assert (case.amount_minor, case.priority) == (None, 0)


def test_the_same_failure_told_twice_is_one_case(firm, arrived):
    message = arrived()
    tell = {"klass": "data", "title": "Bad", "detail": {}, "agreement": firm, "message": message}
    first, second = open_case(**tell, now=NOW), open_case(**tell, now=LATER)
    assert first.pk == second.pk
    assert Case.objects.count() == 1


def test_a_batch_opens_with_the_same_number_of_queries_at_any_size(
    firm, arrived, django_assert_max_num_queries
):
    openings = [
        Opening(klass="data", title="Bad", agreement=firm, message=arrived(f"T-{n}"))
        for n in range(20)
    ]
    with django_assert_max_num_queries(13):
        made = open_cases(openings, now=NOW)
    assert [case.message_id for case in made] == [one.message.pk for one in openings]
    Case.objects.update(state="replaying")
    with django_assert_max_num_queries(13):
        open_cases(openings, now=LATER)
    assert set(Case.objects.values_list("state", flat=True)) == {"open"}


def test_a_replay_that_fails_again_reopens_the_case_with_the_newest_failure(firm, case_of):
    case = case_of()
    Case.objects.filter(pk=case.pk).update(state="replaying")
    open_case(
        klass="data",
        title="Hours are missing",
        detail={"message": "missing"},
        agreement=firm,
        message=case.message,
        now=LATER,
    )
    case.refresh_from_db()
    assert (case.state, case.title) == ("open", "Hours are missing")
    assert list(case.events.values_list("action", flat=True)) == ["opened", "failed again"]


def test_a_replay_that_fails_for_another_reason_leaves_one_open_case(firm, case_of):
    case = case_of()
    Case.objects.filter(pk=case.pk).update(state="replaying")
    other = open_case(
        klass="mapping", title="No row", detail={}, agreement=firm, message=case.message, now=LATER
    )
    case.refresh_from_db()
    assert (case.state, other.state) == ("resolved", "open")


def test_a_settled_message_closes_its_case(case_of):
    case = case_of()
    other = case_of("T-2")
    assert settle(messages=[case.message_id], now=LATER, resolution="Planned") == 1
    case.refresh_from_db()
    other.refresh_from_db()
    assert (case.state, case.closed_at, case.resolution) == ("resolved", LATER, "Planned")
    assert other.state == "open"


def test_the_next_version_that_settles_closes_the_older_ones_case_and_voids_its_correction(
    case_of, arrived, person
):
    case = case_of()
    Case.objects.filter(pk=case.pk).update(state="waiting_source")
    bound = Correction.objects.create(
        case=case,
        message=case.message,
        field="/role",
        content_hash=case.message.content_hash,
        reason="typo",
        state="signed",
        proposed_by=person("stan"),
        proposed_at=NOW,
    )
    newer = arrived(version="2", role="architect")
    assert settle(messages=[newer.pk], now=LATER, resolution="Planned") == 1
    case.refresh_from_db()
    bound.refresh_from_db()
    assert (case.state, bound.state) == ("resolved", "void")
    assert case.resolution == "The author system sent a newer version, and it settled"


def test_an_older_version_that_settles_leaves_the_newer_ones_case(case_of, arrived):
    older = arrived(version="1")
    case = case_of(version="2", role="architect")
    settle(messages=[older.pk], now=LATER, resolution="Planned")
    case.refresh_from_db()
    assert case.state == "open"


def test_a_settled_operation_closes_its_case(firm, failed_operation):
    operation = failed_operation()
    case = open_case(
        klass="data", title="x", detail={}, agreement=firm, operation=operation, now=NOW
    )
    assert (case.system, case.connection, case.message_id) == (
        "billing",
        "billing-main",
        operation.message_id,
    )
    settle(operations=[operation.pk], now=LATER, resolution="Applied")
    case.refresh_from_db()
    assert case.state == "resolved"


def test_a_down_connection_is_one_case_and_belongs_to_its_domain(firm):
    for _ in range(3):
        case = open_case(klass="auth", title="Refused", detail={}, connection="psa-main", now=NOW)
    assert (Case.objects.count(), case.domain.slug, case.system) == (1, "delivery", "psa")
    assert settle(connection="psa-main", klass="auth", now=LATER, resolution="Works again") == 1


def test_a_closed_case_does_not_keep_the_next_failure_from_being_seen(firm, case_of):
    case = case_of()
    settle(messages=[case.message_id], now=NOW, resolution="Planned")
    again = open_case(
        klass="data", title="x", detail={}, agreement=firm, message=case.message, now=LATER
    )
    assert again.pk != case.pk


def test_a_case_whose_time_is_up_moves_to_the_head_of_the_queue(case_of):
    case = case_of()
    assert mark_breached(now=case.due_at - timedelta(seconds=1)) == 0
    assert mark_breached(now=case.due_at) == 1
    assert mark_breached(now=case.due_at) == 0


def test_a_replay_that_nothing_carries_on_is_open_again(firm, failed_operation):
    case = open_case(
        klass="data", title="x", detail={}, agreement=firm, operation=failed_operation(), now=NOW
    )
    Case.objects.filter(pk=case.pk).update(state="replaying")
    assert mend(now=LATER) == 1
    case.refresh_from_db()
    assert case.state == "open"


def test_a_replay_that_settled_unheard_is_closed(firm, failed_operation, case_of):
    operation = failed_operation()
    one = open_case(
        klass="data", title="x", detail={}, agreement=firm, operation=operation, now=NOW
    )
    two = case_of("T-3")
    Case.objects.update(state="replaying")
    Operation.objects.filter(pk=operation.pk).update(state="applied")
    InboxMessage.objects.filter(pk=two.message_id).update(state="planned")
    assert mend(now=LATER) == 2
    assert set(Case.objects.filter(pk__in=[one.pk, two.pk]).values_list("state", flat=True)) == {
        "resolved"
    }
    assert CaseEvent.objects.filter(action="resolved").count() == 2


def test_records_with_the_same_problem_share_a_fingerprint(case_of):
    assert case_of("T-1").fingerprint == case_of("T-2").fingerprint
    assert case_of("T-3", pointer="/role").fingerprint != case_of("T-1x").fingerprint


def test_a_message_is_compared_without_what_differs_from_record_to_record():
    assert shape("'T-1' is no number, row 12") == shape("'T-77' is no number, row 3")


def test_an_unmapped_value_is_part_of_the_problem_but_an_amount_is_not():
    def mark(value):
        return fingerprint(klass="mapping", flow="f", detail={"rule": "role", "value": value})

    assert mark("partner") != mark("intern")
    assert mark("12.50") == mark("99.00")
