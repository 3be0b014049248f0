"""Each guard of the state machine says no, with its own reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance.approvals import queries, services
from governance.approvals.models import Activation, ChangeRequest, GateResult
from governance.approvals.steps import current
from governance.audit.models import AuditEntry
from governance.errors import (
    Conflict,
    GateClosed,
    InvalidDocument,
    PermissionRefused,
    SeparationOfDuties,
    StaleRevision,
    TransitionRefused,
)
from governance.flows.models import Flow
from governance.ownership.models import Domain, RoleGrant
from tests import firm as sample
from tests.firm import NOW
from tests.governance.approvals.acts import (
    DOLLARS,
    EUROS,
    LATER,
    every,
    in_currency,
    opened,
    state,
    submitted,
    voted,
)


@pytest.fixture
def request_of_otto(person):
    return submitted(person("otto"), every(5))


def test_an_author_never_approves_even_as_the_owner(person, request_of_otto):
    with pytest.raises(SeparationOfDuties):
        voted(request_of_otto, person("otto"))


def test_an_author_of_an_earlier_revision_never_approves_a_later_one(person, request_of_otto):
    seen = current(request_of_otto).digest
    request = services.revise(
        request=request_of_otto, by=person("ada"), items=[every(7)], seen=seen, now=NOW
    )
    for author in ("otto", "ada"):
        with pytest.raises(SeparationOfDuties):
            voted(request, person(author))
    assert state(voted(request, person("olga"))) == "scheduled"


def test_who_holds_none_of_the_seats_cannot_vote(person, request_of_otto):
    for username in ("stan", "fiona", "paul", "vera", "fred"):
        with pytest.raises(PermissionRefused):
            voted(request_of_otto, person(username))


def test_a_vote_is_for_exactly_what_was_shown(person, request_of_otto):
    shown = current(request_of_otto).digest
    services.revise(
        request=request_of_otto, by=person("otto"), items=[every(7)], seen=shown, now=NOW
    )
    with pytest.raises(StaleRevision):
        services.vote(
            request=request_of_otto, by=person("olga"), verdict="approve", seen=shown, now=NOW
        )


def test_an_edit_voids_every_vote(person):
    items = [in_currency(EUROS)]
    request = submitted(person("otto"), *items)
    request = voted(request, person("fiona"))
    items = [in_currency(DOLLARS)]
    request = services.revise(
        request=request,
        by=person("otto"),
        items=items,
        seen=current(request).digest,
        now=NOW,
    )
    assert [len(one.votes) for one in queries.standings(request, now=NOW)] == [0, 0, 0]
    assert state(voted(request, person("ada"))) == "in_review"
    assert state(voted(request, person("olga"))) == "in_review"
    assert state(voted(request, person("fiona"))) == "scheduled"


def test_nobody_counts_twice(person):
    mapping = in_currency(EUROS)
    request = voted(submitted(person("otto"), mapping), person("ada"))
    with pytest.raises(SeparationOfDuties):
        voted(request, person("ada"))


def test_an_edit_that_changes_nothing_is_refused(person, request_of_otto):
    with pytest.raises(InvalidDocument):
        services.revise(
            request=request_of_otto,
            by=person("otto"),
            items=[every(5)],
            seen=current(request_of_otto).digest,
            now=NOW,
        )


def test_who_may_not_propose_in_a_domain_cannot_open_a_request_there(person):
    for username in ("fred", "vera", "fiona", "aude"):
        with pytest.raises(PermissionRefused):
            opened(person(username), every(5))
    assert ChangeRequest.objects.count() == 0


def test_a_broken_document_is_refused_with_its_place_and_saves_nothing(person):
    broken = sample.mapping_item(read={"rules": [{"to": "id", "from": "id ||"}]})
    with pytest.raises(InvalidDocument) as refused:
        opened(person("otto"), every(5), broken)
    assert refused.value.pointer.startswith("/items/1/document/read/")
    assert ChangeRequest.objects.count() == 0


def test_a_second_request_for_the_same_thing_waits_for_the_first(person, request_of_otto):
    rival = opened(person("ada"), every(9))
    with pytest.raises(Conflict):
        services.submit(request=rival, by=person("ada"), now=NOW)
    services.withdraw(request=request_of_otto, by=person("otto"), now=NOW)
    assert services.submit(request=rival, by=person("ada"), now=NOW).state == "in_review"


def test_what_was_written_against_yesterdays_content_has_to_be_edited_first(
    person, request_of_otto
):
    draft = opened(person("ada"), every(9))
    voted(request_of_otto, person("olga"))
    services.activate_due(now=LATER)
    with pytest.raises(StaleRevision):
        services.submit(request=draft, by=person("ada"), now=LATER)
    seen = current(draft).digest
    draft = services.revise(request=draft, by=person("ada"), items=[every(9)], seen=seen, now=LATER)
    assert (draft.state, draft.revision_number) == ("draft", 2)
    assert services.submit(request=draft, by=person("ada"), now=LATER).state == "in_review"


def test_a_base_that_moves_sends_an_approved_request_back_and_voids_its_votes(
    person, request_of_otto
):
    request = voted(request_of_otto, person("olga"))
    sample.register([every(30)])
    assert services.activate_due(now=LATER) == []
    request.refresh_from_db()
    assert (request.state, request.scheduled_for) == ("in_review", None)
    assert list(request.votes.filter(voided_at=None)) == []
    with pytest.raises(StaleRevision):
        voted(request, person("olga"), now=LATER)


def test_an_approver_who_lost_the_seat_sends_it_back(person, request_of_otto):
    request = voted(request_of_otto, person("olga"))
    Domain.objects.get(slug="delivery").seats.filter(person=person("olga")).delete()
    assert services.activate_due(now=LATER) == []
    assert (state(request), Activation.objects.count()) == ("in_review", 0)
    assert AuditEntry.objects.filter(action="change.invalidate").get().reason == (
        "olga may no longer approve this"
    )


def test_a_deactivated_approver_counts_no_more(person, request_of_otto):
    request = voted(request_of_otto, person("olga"))
    olga = person("olga")
    olga.is_active = False
    olga.save()
    services.activate_due(now=LATER)
    assert state(request) == "in_review"


def test_a_moment_may_be_moved_but_not_into_the_past(person, request_of_otto):
    request = voted(request_of_otto, person("olga"))
    with pytest.raises(InvalidDocument):
        services.schedule(request=request, by=person("otto"), at=NOW - LATER_BY, now=NOW)
    services.schedule(request=request, by=person("otto"), at=LATER, now=NOW)
    assert services.activate_due(now=NOW) == []
    assert len(services.activate_due(now=LATER)) == 1


LATER_BY = timedelta(hours=1)


def test_only_authors_withdraw_and_only_owners_reject(person, request_of_otto):
    with pytest.raises(PermissionRefused):
        services.withdraw(request=request_of_otto, by=person("olga"), now=NOW)
    with pytest.raises(PermissionRefused):
        services.reject(request=request_of_otto, by=person("stan"), reason="no", now=NOW)
    services.reject(request=request_of_otto, by=person("olga"), reason="not needed", now=NOW)
    assert state(request_of_otto) == "rejected"


def test_a_closed_request_stays_closed(person, request_of_otto):
    services.withdraw(request=request_of_otto, by=person("otto"), now=NOW)
    seen = current(request_of_otto).digest
    refused = [
        lambda: voted(request_of_otto, person("olga")),
        lambda: services.submit(request=request_of_otto, by=person("otto"), now=NOW),
        lambda: services.withdraw(request=request_of_otto, by=person("otto"), now=NOW),
        lambda: services.reject(request=request_of_otto, by=person("olga"), reason="n", now=NOW),
        lambda: services.schedule(request=request_of_otto, by=person("otto"), at=LATER, now=NOW),
        lambda: services.rollback(request=request_of_otto, by=person("otto"), reason="n", now=NOW),
        lambda: services.revise(
            request=request_of_otto, by=person("otto"), items=[every(6)], seen=seen, now=NOW
        ),
    ]
    for act in refused:
        with pytest.raises(TransitionRefused):
            act()
    assert services.scan(now=NOW + timedelta(days=30)) == []
    assert state(request_of_otto) == "withdrawn"


def test_fourteen_idle_days_end_a_review_and_a_remark_keeps_it_alive(person, request_of_otto):
    day = timedelta(days=1)
    services.comment(
        request=request_of_otto, by=person("stan"), text="still wanted", now=NOW + 10 * day
    )
    services.scan(now=NOW + 15 * day)
    assert state(request_of_otto) == "in_review"
    services.scan(now=NOW + 25 * day)
    assert state(request_of_otto) == "expired"


def test_nobody_left_to_review_is_told_before_anyone_is_asked(person):
    for username in ("petra", "paul"):
        RoleGrant.objects.filter(person=person(username)).delete()
    grant = {"kind": "role_grant", "document": {"person": "vera", "role": "viewer"}}
    request = opened(person("ada"), grant)
    with pytest.raises(TransitionRefused, match="platform admin"):
        services.submit(request=request, by=person("ada"), now=NOW)
    assert state(request) == "draft"


def test_a_red_gate_stops_submission_with_its_reason(person):
    draft = opened(person("otto"), sample.value_map_item(slug="regions"))
    rules = [*sample.READ_RULES[:-1], {"to": "currency", "from": "c", "value_map": "regions"}]
    mapping = opened(person("ada"), sample.mapping_item(read={"rules": rules}))
    with pytest.raises(GateClosed, match="value map regions is draft, not active"):
        services.submit(request=mapping, by=person("ada"), now=NOW)
    assert state(draft) == "draft"


def test_a_gate_that_turns_red_sends_an_approved_request_back(person, request_of_otto):
    request = voted(request_of_otto, person("olga"))
    mapping = Flow.objects.get().mapping
    mapping.status = "retired"
    mapping.save()
    assert services.activate_due(now=LATER) == []
    assert state(request) == "in_review"
    assert GateResult.objects.get(gate="references", revision=current(request)).verdict == "red"
