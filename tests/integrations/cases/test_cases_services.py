"""What people do to a case: each act has a person, a reason, a right and a record."""

from datetime import timedelta
from decimal import Decimal

import pytest

from governance.audit.models import AuditEntry
from integrations.cases import services
from integrations.cases.links import author_link
from integrations.cases.models import Case, Correction, SignOff
from integrations.cases.services import open_case
from integrations.connectors.models import Breaker
from integrations.connectors.services import trip
from integrations.errors import NeedsSecondPerson, PermissionRefused, Refused
from integrations.messages.models import ClosedAttempt, InboxMessage, Lane, Operation
from tests.firm import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)
WHY = "agreed with the project lead"


def fresh(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def mended(case_of):
    """A case whose record reads well: its hours can be corrected."""
    return case_of(hours=Decimal("80.0"))


def test_a_claim_is_one_persons_and_can_be_undone(case_of, person):
    case, stan, stella = case_of(), person("stan"), person("stella")
    services.claim(case=case, by=stan, now=LATER)
    assert fresh(case).claimed_by == stan
    with pytest.raises(Refused, match="Stan Steward has claimed this case"):
        services.claim(case=case, by=stella, now=LATER)
    services.release(case=case, by=stan, now=LATER)
    assert (fresh(case).claimed_by, fresh(case).claimed_at) == (None, None)
    assert list(case.events.order_by("pk").values_list("action", flat=True)) == [
        "opened",
        "claimed",
        "released",
    ]


def test_taking_a_claim_from_someone_asks_for_a_reason(case_of, person):
    case = case_of()
    services.claim(case=case, by=person("stan"), now=LATER)
    with pytest.raises(Refused, match="say why"):
        services.release(case=case, by=person("stella"), now=LATER)
    services.release(case=case, by=person("stella"), reason="Stan is on leave", now=LATER)
    assert fresh(case).claimed_by is None


@pytest.mark.parametrize("username", ["fred", "vera", "ada", "aude"])
def test_only_stewards_of_the_domain_work_on_its_cases(case_of, person, username):
    case = case_of()
    with pytest.raises(PermissionRefused, match="you may not work on cases of Delivery"):
        services.claim(case=case, by=person(username), now=LATER)
    with pytest.raises(PermissionRefused):
        services.dismiss(case=case, by=person(username), reason=WHY, now=LATER)
    assert fresh(case).state == "open"


@pytest.mark.parametrize("act", ["replay", "dismiss", "send_to_author"])
def test_an_act_without_a_reason_is_refused(case_of, person, act):
    with pytest.raises(Refused, match="say why"):
        getattr(services, act)(case=case_of(), by=person("stan"), reason=" ", now=LATER)


def test_nobody_mends_what_someone_else_has_claimed(case_of, person):
    case = case_of()
    services.claim(case=case, by=person("stan"), now=LATER)
    with pytest.raises(Refused, match="has claimed"):
        services.replay(case=case, by=person("stella"), reason=WHY, now=LATER)


def test_a_correction_of_a_plain_field_is_signed_at_once_and_planned_anew(mended, person):
    [made] = services.correct(
        case=mended, by=person("stan"), reason=WHY, changes={"/hours": "8.0"}, now=LATER
    )
    assert (made.before, made.after, made.state) == ("80.0", "8.0", "signed")
    assert made.content_hash == mended.message.content_hash
    assert fresh(mended).state == "replaying"
    assert fresh(mended.message).state == "accepted"
    entry = AuditEntry.objects.get(action="case.corrected")
    assert (entry.by_label, entry.reason) == ("Stan Steward", WHY)
    assert entry.after == {"/hours": {"before": "80.0", "after": "8.0"}}


def test_what_the_data_contract_refuses_is_never_stored(mended, person):
    with pytest.raises(Refused, match="the data contract refuses the corrected record: /hours"):
        services.correct(
            case=mended, by=person("stan"), reason=WHY, changes={"/hours": "-8"}, now=LATER
        )
    assert Correction.objects.count() == 0
    assert fresh(mended).state == "open"


def test_a_correction_of_money_waits_for_a_second_person(mended, person):
    services.correct(
        case=mended, by=person("stan"), reason=WHY, changes={"/amount": "1100.00"}, now=LATER
    )
    assert fresh(mended).state == "waiting_signature"
    assert fresh(mended.message).state == "rejected"
    with pytest.raises(NeedsSecondPerson, match="someone else has to sign it"):
        services.sign(case=mended, by=person("stan"), reason=WHY, now=LATER)
    with pytest.raises(PermissionRefused):
        services.sign(case=mended, by=person("fred"), reason=WHY, now=LATER)
    services.sign(case=mended, by=person("stella"), reason="checked the rate", now=LATER)
    one = Correction.objects.get()
    assert (one.state, one.proposed_by, one.signed_by) == (
        "signed",
        person("stan"),
        person("stella"),
    )
    assert fresh(mended).state == "replaying"


def test_a_refused_correction_has_no_effect(mended, person):
    services.correct(
        case=mended, by=person("stan"), reason=WHY, changes={"/amount": "1.00"}, now=LATER
    )
    services.refuse(
        case=mended, by=person("stella"), reason="the invoice says otherwise", now=LATER
    )
    assert Correction.objects.get().state == "refused"
    assert (fresh(mended).state, fresh(mended.message).state) == ("open", "rejected")


def test_a_correction_is_refused_once_the_source_has_sent_a_newer_version(mended, arrived, person):
    arrived(version="2", hours=Decimal("7.5"))
    with pytest.raises(Refused, match="newer version"):
        services.correct(
            case=mended, by=person("stan"), reason=WHY, changes={"/hours": "8"}, now=LATER
        )


def test_the_id_of_a_record_is_never_corrected(mended, person):
    with pytest.raises(Refused, match="the id of a record is never corrected"):
        services.correct(
            case=mended, by=person("stan"), reason=WHY, changes={"/id": "T-2"}, now=LATER
        )


def test_a_second_correction_of_a_field_takes_the_place_of_the_first(mended, person):
    stan = person("stan")
    services.correct(case=mended, by=stan, reason=WHY, changes={"/hours": "8"}, now=LATER)
    Case.objects.update(state="open")
    InboxMessage.objects.update(state="rejected")
    services.correct(case=mended, by=stan, reason=WHY, changes={"/hours": "7.5"}, now=LATER)
    assert list(Correction.objects.order_by("pk").values_list("after", "state")) == [
        ("8", "void"),
        ("7.5", "signed"),
    ]


def test_the_preview_shows_what_would_be_sent_and_stores_nothing(mended):
    shown = services.preview(mended, {"/hours": "8.25", "/role": None})
    assert (shown["hours"], shown.get("role")) == (Decimal("8.25"), None)
    assert Correction.objects.count() == 0


def test_an_unmapped_record_is_mended_by_a_change_not_by_a_correction(case_of, person):
    case = case_of(klass="mapping", role="partner")
    with pytest.raises(Refused, match="by a change request"):
        services.correct(
            case=case, by=person("stan"), reason=WHY, changes={"/role": "CON"}, now=LATER
        )


def test_dismissing_money_waits_for_a_second_person(case_of, person):
    case = case_of()
    services.dismiss(case=case, by=person("stan"), reason="test data", now=LATER)
    assert (fresh(case).state, fresh(case.message).state) == ("waiting_signature", "rejected")
    with pytest.raises(NeedsSecondPerson):
        services.sign(case=case, by=person("stan"), reason="yes", now=LATER)
    services.sign(case=case, by=person("stella"), reason="confirmed with sales", now=LATER)
    case = fresh(case)
    assert (case.state, case.closed_by, case.resolution) == (
        "dismissed",
        person("stella"),
        "confirmed with sales",
    )
    assert fresh(case.message).state == "dismissed"
    assert SignOff.objects.get().signed_by == person("stella")


def test_a_refused_dismissal_leaves_the_case_open_and_may_be_asked_again(case_of, person):
    case = case_of()
    for _ in range(2):
        services.dismiss(case=case, by=person("stan"), reason="test data", now=LATER)
        services.refuse(case=case, by=person("stella"), reason="it is real", now=LATER)
    assert fresh(case).state == "open"
    assert SignOff.objects.filter(refused_at=LATER).count() == 2


def test_what_is_worth_nothing_is_dismissed_by_one_person(case_of, person):
    case = case_of(money=False, amount=Decimal("0.00"))
    services.dismiss(case=case, by=person("stan"), reason="empty time entry", now=LATER)
    assert (fresh(case).state, fresh(case).closed_by) == ("dismissed", person("stan"))


def test_an_unreadable_amount_may_be_money_and_needs_two(case_of, person):
    case = case_of(money=False, amount="?")
    services.dismiss(case=case, by=person("stan"), reason="broken", now=LATER)
    assert fresh(case).state == "waiting_signature"


def test_what_is_being_tried_again_cannot_be_dismissed(case_of, person):
    case = case_of(money=False, amount=Decimal("0.00"))
    InboxMessage.objects.update(state="planned")
    with pytest.raises(Refused, match="being tried again"):
        services.dismiss(case=case, by=person("stan"), reason="empty", now=LATER)
    assert fresh(case).state == "open"


def test_a_dismissed_operation_releases_what_waited_behind_it(firm, failed_operation, person):
    operation = failed_operation(followers=2)
    Operation.objects.filter(pk=operation.pk).update(amount_minor=0)
    case = open_case(
        klass="data",
        title="x",
        detail={},
        agreement=firm,
        operation=Operation.objects.get(pk=operation.pk),
        now=NOW,
    )
    services.dismiss(case=case, by=person("stan"), reason="not billable", now=LATER)
    assert fresh(operation).state == "dismissed"
    lane = Lane.objects.get(pk=operation.lane_id)
    assert (lane.blocked_by, lane.due_at) == (None, LATER)


def test_a_replayed_operation_is_tried_again_not_copied(firm, failed_operation, person):
    operation = failed_operation()
    case = open_case(
        klass="data", title="x", detail={}, agreement=firm, operation=operation, now=NOW
    )
    services.replay(case=case, by=person("stan"), reason="the account is open now", now=LATER)
    assert (fresh(case).state, fresh(operation).state) == ("replaying", "planned")
    assert Operation.objects.count() == 1
    assert fresh(operation).lane.share == "replay"


def test_a_corrected_operation_is_planned_anew(firm, failed_operation, person):
    operation = failed_operation()
    case = open_case(
        klass="data", title="x", detail={}, agreement=firm, operation=operation, now=NOW
    )
    services.correct(case=case, by=person("stan"), reason=WHY, changes={"/hours": "2"}, now=LATER)
    assert (fresh(operation).state, fresh(operation.message).state) == ("failed", "accepted")


def test_what_the_target_may_hold_is_not_corrected_here(firm, failed_operation, person):
    operation = failed_operation()
    ClosedAttempt.objects.create(
        month=NOW.date().replace(day=1),
        operation=operation.pk,
        agreement=firm.pk,
        fence=1,
        started_at=NOW,
        finished_at=NOW,
        outcome="unknown",
        request_digest="0" * 64,
    )
    case = open_case(
        klass="unknown", title="x", detail={}, agreement=firm, operation=operation, now=NOW
    )
    with pytest.raises(Refused, match="the target may hold what was sent"):
        services.correct(
            case=case, by=person("stan"), reason=WHY, changes={"/hours": "2"}, now=LATER
        )


def test_a_case_sent_to_its_author_waits_for_the_next_version(case_of, person):
    case = case_of()
    link = services.send_to_author(case=case, by=person("stan"), reason=WHY, now=LATER)
    assert link == ""
    assert fresh(case).state == "waiting_source"
    assert fresh(case).detail["fix"] == {"act": "send_to_author", "link": link}


def test_the_link_to_the_author_is_what_the_description_says():
    source = {
        "object": "time",
        "base_url": "https://psa.example.com",
        "variables": {"realm": "emea"},
        "connector": {"objects": {"time": {"web": "{base_url}/{realm}/time/{id}"}}},
    }
    link = author_link({"source": source}, key="T 1/2")
    assert link == "https://psa.example.com/emea/time/T%201%2F2"
    source["connector"] = {"web": "javascript:{id}"}
    assert author_link({"source": source}, key="alert(1)") == ""


def test_a_case_may_wait_for_a_change_request(case_of, person):
    case = case_of(klass="mapping")
    services.wait_for_change(case=case, by=person("stan"), reason=WHY, change_request=7, now=LATER)
    assert (fresh(case).state, fresh(case).change_request) == ("waiting_change", 7)
    with pytest.raises(Refused, match="cannot dismiss"):
        services.dismiss(case=case, by=person("stan"), reason=WHY, now=LATER)


def test_replaying_a_connections_case_uses_the_connection_again(firm, person):
    trip(connection="psa-main", reason="401", now=NOW)
    case = open_case(klass="auth", title="x", detail={}, connection="psa-main", now=NOW)
    services.replay(case=case, by=person("stan"), reason="new key stored", now=LATER)
    assert Breaker.objects.get().state == "closed"
    assert fresh(case).state == "replaying"
    with pytest.raises(Refused, match="about a whole connection"):
        services.correct(
            case=open_case(
                klass="contract",
                title="x",
                detail={},
                connection="psa-main",
                agreement=firm,
                now=NOW,
            ),
            by=person("stan"),
            reason=WHY,
            changes={"/hours": "1"},
            now=LATER,
        )


def test_a_closed_case_takes_no_more_acts(case_of, person):
    case = case_of()
    services.settle(messages=[case.message_id], now=LATER, resolution="Planned")
    for act in ("replay", "dismiss", "send_to_author"):
        with pytest.raises(Refused, match="a case that is resolved cannot"):
            getattr(services, act)(case=case, by=person("stan"), reason=WHY, now=LATER)
