"""After a lost answer of a system that cannot tell repeats, one person's word sends nothing."""

from datetime import timedelta

import pytest

from governance.audit.models import AuditEntry
from integrations.cases import bulk, services
from integrations.cases.models import Case
from integrations.cases.requeueing import wake
from integrations.crossrefs.queries import resolve
from integrations.errors import NeedsSecondPerson, Refused, UnknownOutcome
from integrations.messages.models import Operation
from integrations.messages.services import requeue
from tests.firm import NOW
from tests.integrations.messages import path

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
WHY = "looked in the list of charges"


def lost(effect: str = "none", *, followers: int = 0, **more) -> Case:
    """The answer to the first write was lost, and nothing is found there afterwards."""
    agreement = path.flow(effect, lane="project", **more)
    path.put("a")
    path.billing().fail_next(1, UnknownOutcome("reset"))
    path.settle(agreement)
    for number in range(followers):
        path.put(f"b{number}")
    path.read(agreement)
    path.plan(agreement)
    return Case.objects.get()


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def test_one_person_cannot_have_it_sent_again(firm, person):
    case = lost()
    with pytest.raises(Refused, match="it takes repeats for new ones; look there and say"):
        services.replay(case=case, by=person("stan"), reason=WHY, now=LATER)
    path.deliver(now=LATER)
    assert (path.amounts(), fresh(case).state) == ([], "open")


def test_bulk_replay_leaves_it_out_and_says_why(firm, person):
    case = lost()
    report = bulk.replay_all(ids=[case.pk], by=person("stan"), reason=WHY, now=LATER)
    assert report.done == []
    assert report.refused[case.pk].startswith("it is unknown whether billing did this")


def test_however_it_comes_back_to_the_ledger_it_is_looked_up_and_never_sent(firm):
    case = lost()
    requeue(operations=[case.operation_id], now=LATER)
    path.deliver(now=LATER)
    Case.objects.update(state="waiting_change")
    wake(cases=[fresh(case)], now=LATER)
    path.deliver(now=LATER)
    assert (path.amounts(), path.states(), path.open_cases()) == (
        [],
        ["failed"],
        [("unknown", "a")],
    )


def test_not_there_is_sent_again_once_after_a_second_person_says_so_too(firm, person):
    case = lost(followers=1)
    services.resend(case=case, by=person("stan"), reason=WHY, now=LATER)
    with pytest.raises(NeedsSecondPerson):
        services.sign(case=case, by=person("stan"), reason=WHY, now=LATER)
    path.deliver(now=LATER)
    assert path.amounts() == []
    services.sign(case=case, by=person("stella"), reason="I looked, too", now=LATER)
    path.deliver(now=LATER)
    assert (path.amounts(), path.open_cases()) == ([("a", 10_000), ("b0", 10_000)], [])
    asked, signed = AuditEntry.objects.filter(action__in=SENT).order_by("pk")
    assert (asked.by_label, signed.by_label) == ("Stan Steward", "Stella Steward")


SENT = ["case.asked to send again", "case.sent again"]


def test_a_second_lost_answer_asks_two_people_again(firm, person):
    case = lost()
    services.resend(case=case, by=person("stan"), reason=WHY, now=LATER)
    services.sign(case=case, by=person("stella"), reason=WHY, now=LATER)
    path.billing().fail_next(1, UnknownOutcome("reset again"))
    path.deliver(now=LATER)
    path.deliver(now=LATER + timedelta(days=1))
    assert (path.amounts(), fresh(case).state, path.states()) == ([], "open", ["failed"])


def test_found_there_is_applied_and_known_and_the_followers_go_on(firm, person):
    case = lost(followers=1)
    with pytest.raises(Refused, match="say under which id billing has it"):
        services.found(case=case, by=person("stan"), reason=WHY, reference=" ", now=LATER)
    services.found(case=case, by=person("stan"), reason=WHY, reference="ch_77", now=LATER)
    assert fresh(case).state == "waiting_signature"
    services.sign(case=case, by=person("stella"), reason="there it is", now=LATER)
    done = fresh(case)
    assert (done.state, done.resolution, done.closed_by) == (
        "resolved",
        "Found at billing as ch_77",
        person("stella"),
    )
    operation = Operation.objects.get(pk=case.operation_id)
    assert (operation.state, operation.target_id, operation.settled_at) == (
        "applied",
        "ch_77",
        LATER,
    )
    assert resolve([("time-entry", "a", "billing")]) == {("time-entry", "a", "billing"): "ch_77"}
    path.deliver(now=LATER)
    assert path.amounts() == [("b0", 10_000)]


def test_where_no_money_is_in_it_one_person_confirms(firm, person):
    case = lost()
    Case.objects.update(amount_minor=0)
    services.found(case=case, by=person("stan"), reason=WHY, reference="ch_77", now=LATER)
    assert (fresh(case).state, fresh(case).closed_by) == ("resolved", person("stan"))


@pytest.mark.parametrize("effect", ["idempotency_key", "lookup"])
def test_where_the_target_tells_repeats_one_person_may_replay(firm, person, effect):
    case = lost(effect, retry={"limit": 1})
    services.replay(case=case, by=person("stan"), reason=WHY, now=LATER)
    path.deliver(now=LATER)
    assert (path.amounts(), path.open_cases()) == ([("a", 10_000)], [])
