"""From a proposal to what runs, as people experience it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance.agreements import queries as agreements
from governance.approvals import services
from governance.approvals.models import Activation
from governance.contracts.models import DataContractVersion
from governance.errors import (
    InvalidDocument,
    PermissionRefused,
    SeparationOfDuties,
    TransitionRefused,
)
from governance.flows.models import ValueMap
from governance.ownership.models import Domain, RoleGrant
from tests import firm as sample
from tests.firm import NOW
from tests.governance.approvals.acts import LATER, every, opened, state, submitted, voted


@pytest.fixture
def request_of_otto(person):
    return submitted(person("otto"), every(5))


def test_an_approved_change_makes_a_new_agreement_and_nothing_before_it_does(person, running_flow):
    before = agreements.active(running_flow.pk)
    request = opened(person("otto"), every(5))
    assert agreements.active(running_flow.pk) == before
    request = services.submit(request=request, by=person("otto"), now=NOW)
    assert [(one["seat"], one["domain"]) for one in request.rules] == [("owner", "delivery")]
    assert services.activate_due(now=LATER) == []
    request = voted(request, person("olga"))
    assert state(request) == "scheduled"
    assert agreements.active(running_flow.pk) == before
    assert services.activate_due(now=LATER) == [Activation.objects.get().pk]
    after = agreements.active(running_flow.pk)
    assert (after.number, after.document["schedule"]["every"]) == (before.number + 1, "PT5M")
    assert (state(request), list(Activation.objects.get().agreements.all())) == ("active", [after])
    assert services.activate_due(now=LATER) == []


def test_a_later_moment_is_waited_for_and_its_ground_watched(person, request_of_otto):
    tomorrow = NOW + timedelta(days=1)
    services.schedule(request=request_of_otto, by=person("otto"), at=tomorrow, now=NOW)
    request = voted(request_of_otto, person("olga"))
    assert (request.state, request.scheduled_for) == ("scheduled", tomorrow)
    assert services.scan(now=LATER) == []
    assert state(request) == "scheduled"
    Domain.objects.get(slug="delivery").seats.filter(person=person("olga")).delete()
    services.scan(now=LATER)
    request.refresh_from_db()
    assert (request.state, request.scheduled_for) == ("in_review", tomorrow)


def test_changes_are_requested_with_words_and_a_new_submission_starts_over(person, request_of_otto):
    with pytest.raises(InvalidDocument):
        voted(request_of_otto, person("olga"), "request_changes", reason=" ")
    request = voted(request_of_otto, person("olga"), "request_changes", reason="too often")
    assert request.state == "changes_requested"
    request = services.submit(request=request, by=person("otto"), now=NOW)
    assert state(voted(request, person("olga"))) == "scheduled"


def test_a_rollback_is_a_request_like_any_other_and_brings_the_old_agreement_back(
    person, running_flow, request_of_otto
):
    before = agreements.active(running_flow.pk)
    voted(request_of_otto, person("olga"))
    services.activate_due(now=LATER)
    back = services.rollback(
        request=request_of_otto, by=person("olga"), reason="too fast", now=LATER
    )
    assert (back.state, back.rollback_of) == ("in_review", request_of_otto)
    with pytest.raises(SeparationOfDuties):
        voted(back, person("olga"), now=LATER)
    voted(back, person("otto"), now=LATER)
    services.activate_due(now=LATER)
    assert agreements.active(running_flow.pk) == before
    assert (state(back), state(request_of_otto)) == ("active", "superseded")


def test_a_new_version_supersedes_the_one_of_its_line_and_a_rollback_revives_it(person):
    first = DataContractVersion.objects.get()
    version = sample.contract_version_item("1.1.0", sla={"settle_within": "PT2H"})
    request = submitted(person("ada"), version)
    voted(request, person("olga"))
    services.activate_due(now=LATER)
    assert statuses() == {"1.0.0": "superseded", "1.1.0": "active"}
    back = services.rollback(request=request, by=person("ada"), reason="wrong", now=LATER)
    voted(back, person("olga"), now=LATER)
    services.activate_due(now=LATER)
    assert statuses() == {"1.0.0": "active", "1.1.0": "superseded"}
    assert DataContractVersion.objects.get(version="1.0.0").pk == first.pk
    assert (state(back), state(request)) == ("active", "superseded")


def statuses() -> dict[str, str]:
    return dict(DataContractVersion.objects.values_list("version", "status"))


def test_what_only_registered_new_things_has_nothing_to_return_to(person):
    item = sample.value_map_item(slug="regions")
    request = submitted(person("otto"), item)
    voted(request, person("olga"))
    services.activate_due(now=LATER)
    assert ValueMap.objects.get(slug="regions").status == "active"
    with pytest.raises(TransitionRefused):
        services.rollback(request=request, by=person("otto"), reason="no", now=LATER)


def test_a_steward_approves_added_rows_and_the_flow_runs_with_them(person, running_flow):
    request = submitted(person("otto"), sample.value_map_item(("partner", "PAR")))
    assert (request.risk_class, [one["seat"] for one in request.rules]) == ("RV", ["steward"])
    voted(request, person("stan"))
    services.activate_due(now=LATER)
    rows = agreements.active(running_flow.pk).document["value_maps"]["role-codes"]["rows"]
    assert rows["partner"] == "PAR"


def test_rows_that_touch_tax_need_two_people(person):
    sample.register([sample.value_map_item(touches="tax")])
    request = submitted(person("otto"), sample.value_map_item(("partner", "PAR"), touches="tax"))
    assert state(voted(request, person("stan"))) == "in_review"
    assert state(voted(request, person("stella"))) == "scheduled"


def test_moving_a_thing_to_another_domain_asks_both_owners(person):
    moved = sample.value_map_item(domain="sales")
    request = submitted(person("ada"), moved)
    assert state(voted(request, person("fred"))) == "in_review"
    assert state(voted(request, person("olga"))) == "scheduled"


def test_a_grant_in_the_whole_firm_is_not_the_matter_of_a_domain(person):
    grant = {"kind": "role_grant", "document": {"person": "vera", "role": "platform_admin"}}
    with pytest.raises(PermissionRefused):
        opened(person("olga"), grant)
    request = submitted(person("paul"), grant)
    with pytest.raises(PermissionRefused):
        voted(request, person("olga"))
    voted(request, person("petra"))
    services.activate_due(now=LATER)
    assert RoleGrant.objects.get(person=person("vera"), role="platform_admin").status == "active"


def test_a_new_domain_is_approved_by_the_platform_admin_and_one_more(person):
    domain = {"kind": "domain", "document": {"slug": "legal", "name": "Legal", "owners": ["vera"]}}
    request = submitted(person("ada"), domain)
    with pytest.raises(PermissionRefused):
        voted(request, person("vera"))
    assert state(voted(request, person("paul"))) == "in_review"
    assert state(voted(request, person("petra"))) == "scheduled"
