"""Planning what was accepted: states, cases and newer versions."""

from __future__ import annotations

import pytest

from integrations.cases.models import Case, Correction
from integrations.crossrefs.models import CrossReference
from integrations.messages.models import InboxMessage, Operation
from integrations.messages.services import requeue
from integrations.sync.planning import plan_waiting
from tests import firm as sample
from tests.integrations.messages import path

pytestmark = pytest.mark.django_db


def messages():
    return list(InboxMessage.objects.order_by("id").values_list("key", "sequence", "state"))


def test_good_records_get_operations_and_bad_ones_a_case_in_the_same_breath(firm):
    agreement = path.flow()
    path.put("a")
    path.put("b", currency="euro")
    path.put("c", role="gardener")
    path.read(agreement)
    assert path.plan(agreement) == (1, 2)
    assert messages() == [("a", 1, "planned"), ("b", 1, "rejected"), ("c", 1, "rejected")]
    assert path.open_cases() == [("contract", "b"), ("mapping", "c")]
    assert path.states() == ["planned"]


def test_a_refused_record_still_tells_its_money_and_its_business_key(firm):
    agreement = path.flow()
    path.put("a", hours="many-ish", amount="12.00", project="P-9")
    path.put("b", hours="-1", amount="12.00", project="P-9")
    path.read(agreement)
    path.plan(agreement)
    told = Case.objects.order_by("id").values_list("business_key", "amount_minor", "currency")
    assert list(told) == [("P-9", 1_200, "EUR")] * 2


def test_the_plan_keeps_the_digest_of_its_input(firm):
    agreement = path.flow()
    path.put("a")
    path.read(agreement)
    path.plan(agreement)
    row = InboxMessage.objects.get()
    assert (len(row.plan_hash), row.agreement_id, row.business_key, row.amount_minor) == (
        64,
        agreement.pk,
        "P-1",
        10_000,
    )


def test_planning_twice_changes_nothing(firm):
    agreement = path.flow()
    path.put("a")
    path.read(agreement)
    path.plan(agreement)
    before = list(Operation.objects.values())
    requeue(messages=[InboxMessage.objects.get().pk], now=sample.NOW)
    assert path.plan(agreement) == (1, 0)
    assert list(Operation.objects.values()) == before


def test_the_next_version_of_a_refused_record_closes_its_case(firm):
    agreement = path.flow()
    path.put("a", currency="euro")
    path.read(agreement)
    path.plan(agreement)
    path.put("a")
    path.read(agreement)
    path.plan(agreement)
    assert messages() == [("a", 1, "superseded"), ("a", 2, "planned")]
    assert path.open_cases() == []


def test_an_older_version_is_never_planned_after_a_newer_one(firm):
    agreement = path.flow()
    path.put("a", currency="euro")
    path.read(agreement)
    path.put("a")
    path.read(agreement)
    path.plan(agreement)
    first = InboxMessage.objects.first()
    InboxMessage.objects.filter(pk=first.pk).update(state="rejected")
    requeue(messages=[first.pk], now=sample.NOW)
    path.plan(agreement)
    assert InboxMessage.objects.get(pk=first.pk).state == "superseded"


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [
        ("latest_wins", ["superseded", "superseded", "planned"]),
        ("strict", ["planned", "planned", "planned"]),
        ("independent", ["planned", "planned", "planned"]),
    ],
)
def test_versions_that_arrive_together(firm, ordering, expected):
    agreement = path.flow(ordering=ordering)
    for cents in ("1.00", "2.00", "3.00"):
        path.put("a", amount=cents)
        path.read(agreement)
    path.plan(agreement)
    assert [state for _, _, state in messages()] == expected


def test_a_signed_correction_is_planned_and_a_changed_record_voids_it(firm, person):
    agreement = path.flow()
    path.put("a", currency="euro")
    path.read(agreement)
    path.plan(agreement)
    case, row = Case.objects.get(), InboxMessage.objects.get()
    shared = {"case": case, "field": "/currency", "after": "EUR", "reason": "typo"}
    fix = Correction.objects.create(
        **shared,
        message=row,
        content_hash="0" * 64,
        state="signed",
        proposed_by=person("stan"),
        proposed_at=sample.NOW,
    )
    requeue(messages=[row.pk], now=sample.NOW)
    assert path.plan(agreement) == (0, 1)
    Correction.objects.filter(pk=fix.pk).update(content_hash=row.content_hash)
    requeue(messages=[row.pk], now=sample.NOW)
    assert path.plan(agreement) == (1, 0)
    path.deliver()
    assert (path.amounts(), path.open_cases()) == ([("a", 10_000)], [])


@pytest.mark.parametrize("count", [1, 200])
def test_a_batch_costs_the_same_number_of_statements_at_any_size(
    firm, count, django_assert_max_num_queries
):
    agreement = path.flow()
    for number in range(count):
        path.put(f"a{number}")
    path.read(agreement)
    with django_assert_max_num_queries(24):
        plan_waiting(flow_id=agreement.flow_id, agreement=agreement, limit=1_000, now=sample.NOW)
    assert Operation.objects.count() == count


def known_here() -> dict[tuple[str, str, str], str]:
    rows = CrossReference.objects.filter(valid_to=None)
    return {(one.entity, one.canonical_id, one.system): one.source_id for one in rows}


def watched():
    """The flow, which only watches and learns which project of ours a record is."""
    read = {"rules": sample.READ_RULES, "known_as": {"entity": "time-entry", "key": "project"}}
    return path.flow(mapping={"read": read}, mode="observe")


def test_what_is_read_tells_which_record_it_is(firm):
    agreement = watched()
    path.put("a", project="P-1")
    path.put("b", project="")
    path.put("c", project="P-3", amount="many")
    path.read(agreement)
    path.plan(agreement)
    assert known_here() == {("time-entry", "P-1", "psa"): "a"}
    path.put("d", project="P-1")
    path.read(agreement)
    path.plan(agreement)
    assert known_here() == {("time-entry", "P-1", "psa"): "d"}


def test_a_flow_that_only_watches_needs_no_effect_and_writes_nothing(firm):
    agreement = path.flow(effects=[], mode="observe", target={"connection": "psa-main"})
    path.put("a")
    path.put("b", currency="euro")
    assert (path.read(agreement), path.plan(agreement)) == (2, (1, 1))
    assert Operation.objects.count() == 0
    assert [case.klass for case in Case.objects.all()] == ["contract"]
