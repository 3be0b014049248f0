"""Class R3: every impact is acknowledged, with a reason, by somebody who just signed in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance.approvals import services
from governance.approvals.impacts import impacts
from governance.approvals.lifecycle import Verdict
from governance.approvals.models import ChangeRequest, GateResult, Vote
from governance.approvals.steps import current
from governance.errors import InvalidDocument, StaleSignIn, Unacknowledged
from tests import firm as sample
from tests.firm import NOW, TIME_SCHEMA
from tests.governance.approvals.acts import noted, submitted

pytestmark = pytest.mark.django_db

GROSS = {
    "amount": {
        "kind": "money",
        "currency": "currency",
        "tax_basis": "gross",
        "meaning": "With tax",
    },
    "hours": {"unit": "HUR"},
}


@pytest.fixture
def gross(person) -> ChangeRequest:
    """The amount of the data contract becomes gross; its shape stays."""
    return submitted(person("ada"), sample.contract_version_item("1.1.0", fields=GROSS))


def findings(request: ChangeRequest) -> list[dict]:
    held = GateResult.objects.get(revision=current(request), gate="compatibility")
    return held.detail["time-entry@1.1.0"]["findings"]


def vote(request: ChangeRequest, by, **more) -> ChangeRequest:
    words = {"reason": "seen", **noted(request), **more}
    return services.vote(
        request=request,
        by=by,
        verdict=Verdict.APPROVE,
        seen=current(request).digest,
        now=NOW,
        **words,
    )


def test_a_meaning_that_changes_is_breaking_though_every_payload_stays_valid(gross):
    [basis, *_] = [one for one in findings(gross) if one["level"] == "breaking"]
    assert (gross.risk_class, basis["new_pointer"]) == ("R3", "/fields/amount/tax_basis")
    assert basis["message"] == "the tax basis (net or gross) changed from net to gross"
    assert basis["clause"] == "data contract time-entry 1.1.0, amount: With tax"
    assert basis["uses"] == [
        {"flow": "time-to-billing", "name": "Approved time PSA → Billing", "field": "amount"}
    ]


def test_a_finding_about_a_field_that_nobody_uses_reaches_nobody(person):
    schema = {
        **TIME_SCHEMA,
        "properties": {**TIME_SCHEMA["properties"], "note": {"type": "string"}},
    }
    request = submitted(person("ada"), sample.contract_version_item("1.1.0", schema=schema))
    about = [one for one in findings(request) if one["new_pointer"].endswith("/note")]
    assert {tuple(one["uses"]) for one in about} == {()}


def test_one_impact_left_out_refuses_the_vote(gross, person):
    keys = noted(gross)["acknowledged"]
    with pytest.raises(Unacknowledged, match="tax basis"):
        vote(gross, person("olga"), acknowledged=keys[1:])
    with pytest.raises(Unacknowledged):
        vote(gross, person("olga"), acknowledged=())
    assert Vote.objects.count() == 0


def test_the_keys_are_kept_with_the_vote_and_its_hash(gross, person):
    vote(gross, person("olga"), acknowledged=[*noted(gross)["acknowledged"], "of something else"])
    kept = Vote.objects.get()
    assert kept.acknowledged == [one.key for one in impacts(gross, current(gross))]
    assert kept.revision_hash == current(gross).digest


def test_a_vote_without_a_reason_or_a_fresh_sign_in_is_refused(gross, person):
    with pytest.raises(InvalidDocument, match="reason"):
        vote(gross, person("olga"), reason=" ")
    for age in (None, timedelta(minutes=10, seconds=1)):
        with pytest.raises(StaleSignIn, match="within 10 minutes"):
            vote(gross, person("olga"), sign_in_age=age)
    assert vote(gross, person("olga"), sign_in_age=timedelta(minutes=10)).votes.count() == 1


def test_lighter_classes_ask_for_none_of_it(person):
    request = submitted(person("ada"), sample.value_map_item(("partner", "PAR")))
    assert impacts(request, current(request)) == []
    vote(request, person("olga"), reason="", acknowledged=(), sign_in_age=None)
    assert Vote.objects.get().acknowledged == []


def test_asking_for_changes_needs_no_ticks(gross, person):
    services.vote(
        request=gross,
        by=person("olga"),
        verdict=Verdict.REQUEST_CHANGES,
        seen=current(gross).digest,
        reason="not yet",
        now=NOW,
    )
    assert ChangeRequest.objects.get(pk=gross.pk).state == "changes_requested"


def test_the_same_finding_keeps_its_key_in_the_next_revision(gross, person):
    before = {one.key for one in impacts(gross, current(gross))}
    items = [
        sample.contract_version_item("1.1.0", fields=GROSS, notes="Said better"),
        sample.value_map_item(("partner", "PAR")),
    ]
    seen = current(gross).digest
    services.revise(request=gross, by=person("ada"), items=items, seen=seen, now=NOW)
    gross.refresh_from_db()
    assert {one.key for one in impacts(gross, current(gross))} == before
