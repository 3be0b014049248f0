"""What the pages and lists of change requests are told."""

from __future__ import annotations

import pytest

from governance.approvals import queries, services
from governance.approvals.steps import current
from governance.audit.models import AuditEntry
from governance.errors import (
    StaleRevision,
)
from tests import firm as sample
from tests.firm import NOW
from tests.governance.approvals.acts import LATER, every, submitted, voted


@pytest.fixture
def request_of_otto(person):
    return submitted(person("otto"), every(5))


def test_the_page_of_a_flow_tells_that_it_is_in_review_and_later_who_changed_it(
    person, running_flow, request_of_otto
):
    assert queries.open_for(running_flow) == request_of_otto
    voted(request_of_otto, person("olga"))
    services.activate_due(now=LATER)
    assert queries.open_for(running_flow) is None
    assert list(queries.about(running_flow)) == [request_of_otto]
    entry = AuditEntry.objects.get(action="registry.activate")
    assert (entry.subject_id, entry.by_label, entry.after["schedule"]["every"]) == (
        str(running_flow.pk),
        "Otto Owner",
        "PT5M",
    )


def test_an_edit_of_an_old_page_is_refused(person, request_of_otto):
    with pytest.raises(StaleRevision):
        services.revise(
            request=request_of_otto, by=person("otto"), items=[every(7)], seen="0" * 64, now=NOW
        )


def test_each_move_of_the_state_has_one_audit_entry_and_they_rebuild_it(person, request_of_otto):
    voted(request_of_otto, person("olga"))
    services.activate_due(now=LATER)
    steps = [
        (entry.action, entry.before["state"], entry.after["state"])
        for entry in queries.history(request_of_otto).filter(action__startswith="change.")
    ]
    assert steps == [
        ("change.open", "", "draft"),
        ("change.submit", "draft", "in_review"),
        ("change.approve", "in_review", "approved"),
        ("change.schedule", "approved", "scheduled"),
        ("change.activate", "scheduled", "active"),
    ]


def test_each_person_is_offered_exactly_their_own_moves(person, request_of_otto):
    offers = {
        name: [one.name for one in queries.allowed_moves(request_of_otto, person(name), now=NOW)]
        for name in ("otto", "olga", "stan", "vera", "ada")
    }
    assert offers == {
        "otto": ["edit", "withdraw", "reject"],
        "olga": ["edit", "approve", "request_changes", "reject"],
        "stan": ["edit"],
        "vera": [],
        "ada": ["edit"],
    }


def test_my_approvals_are_those_that_wait_for_me(person, request_of_otto):
    waiting = {
        name: queries.pending_for(person(name), now=NOW) for name in ("otto", "olga", "stan")
    }
    assert waiting == {"otto": [], "olga": [request_of_otto], "stan": []}
    voted(request_of_otto, person("olga"))
    assert queries.pending_for(person("olga"), now=NOW) == []


def test_the_page_shows_what_differs_and_who_is_waited_for(person, request_of_otto):
    shown = queries.detail(request_of_otto, now=NOW)
    [item] = shown.items
    [standing] = shown.standings
    assert [(one.pointer, one.before, one.after) for one in item.differences] == [
        ("/schedule/every", "PT1M", "PT5M")
    ]
    assert (standing.met, [one.username for one in standing.waiting]) == (False, ["olga"])
    assert [(one.gate, one.verdict) for one in shown.gates] == [
        ("lint", "green"),
        ("references", "green"),
        ("compatibility", "not_applicable"),
        ("authority_overlap", "not_applicable"),
        ("shadow_replay", "not_applicable"),
        ("freeze", "green"),
        ("policies", "not_applicable"),
        ("coverage", "not_applicable"),
    ]


def test_after_activation_the_page_still_shows_what_it_changed(person, request_of_otto):
    voted(request_of_otto, person("olga"))
    services.activate_due(now=LATER)
    request_of_otto.refresh_from_db()
    [item] = queries.detail(request_of_otto, now=LATER).items
    assert [(one.before, one.after) for one in item.differences] == [("PT1M", "PT5M")]


@pytest.mark.parametrize("count", [1, 6])
def test_one_request_costs_the_same_for_any_number_of_items(
    person, count, django_assert_num_queries
):
    items = [sample.value_map_item(slug=f"map-{number}") for number in range(count)]
    request = submitted(person("otto"), *items)
    with django_assert_num_queries(10):
        queries.detail(request, now=NOW)


@pytest.mark.parametrize("count", [1, 5])
def test_my_approvals_cost_the_same_for_any_number(person, count, django_assert_num_queries):
    for number in range(count):
        submitted(person("otto"), sample.value_map_item(slug=f"map-{number}"))
    olga = person("olga")
    with django_assert_num_queries(5):
        assert len(queries.pending_for(olga, now=NOW)) == count


def test_an_authors_changes_between_two_revisions_can_be_read(person, request_of_otto):
    first = current(request_of_otto)
    request = services.revise(
        request=request_of_otto, by=person("otto"), items=[every(7)], seen=first.digest, now=NOW
    )
    [view] = queries.between(first, current(request))
    assert [(one.pointer, one.before, one.after) for one in view.differences] == [
        ("/schedule/every", "PT5M", "PT7M")
    ]


def test_requests_are_found_by_number_and_words(person, request_of_otto):
    other = services.open_request(
        by=person("ada"), title="Regions", items=[sample.value_map_item(slug="regions")], now=NOW
    )
    assert list(queries.listing(text=f"CR-{request_of_otto.pk:04d}")) == [request_of_otto]
    assert list(queries.listing(text="regions")) == [other]
    assert list(queries.listing(group="in_review")) == [request_of_otto]
