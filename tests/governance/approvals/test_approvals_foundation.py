"""How an empty portal comes to have its first people with a say."""

from __future__ import annotations

import pytest

from governance.agreements.models import Agreement
from governance.approvals import queries, services
from governance.approvals.models import ChangeRequest
from governance.approvals.steps import current
from governance.errors import (
    Conflict,
    GateClosed,
    PermissionRefused,
    SeparationOfDuties,
    StaleRevision,
)
from governance.ownership.models import Domain, RoleGrant
from portal.accounts.models import User
from tests import firm as sample
from tests.firm import NOW
from tests.governance.approvals.acts import LATER, state, voted


@pytest.fixture
def people(db: None) -> dict[str, User]:
    return sample.people()


def laid(people, *, by="ada", signers=("paul", "petra"), items=None):
    return services.open_foundation(
        by=people[by],
        title="Foundation",
        items=[*sample.base_items(), *sample.grant_items()] if items is None else items,
        signers=[people[name] for name in signers],
        now=NOW,
    )


def test_two_admins_named_at_set_up_sign_and_the_whole_firm_becomes_active(people):
    request = laid(people)
    assert (request.state, request.domain) == ("in_review", None)
    assert state(voted(request, people["paul"])) == "in_review"
    assert services.activate_due(now=LATER) == []
    assert state(voted(request, people["petra"])) == "scheduled"
    assert len(services.activate_due(now=LATER)) == 1
    assert state(request) == "active"
    assert set(Domain.objects.values_list("slug", "status")) == {
        ("delivery", "active"),
        ("sales", "active"),
    }
    assert Agreement.objects.get().flow.slug == "time-to-billing"


def test_only_its_signers_sign_and_its_author_does_not(people):
    request = laid(people)
    with pytest.raises(SeparationOfDuties):
        voted(request, people["ada"])
    for username in ("olga", "vera"):
        with pytest.raises(PermissionRefused):
            voted(request, people[username])
    assert [one.username for one in queries.standings(request, now=NOW)[0].waiting] == [
        "paul",
        "petra",
    ]
    assert queries.pending_for(people["paul"], now=NOW) == [request]
    assert queries.pending_for(people["olga"], now=NOW) == []


@pytest.mark.parametrize(
    ("by", "signers"),
    [("paul", ("paul", "petra")), ("ada", ("paul", "paul")), ("ada", ("paul",))],
    ids=["author signs", "one signs twice", "one signer"],
)
def test_it_takes_two_signers_who_did_not_write_it(people, by, signers):
    with pytest.raises(SeparationOfDuties):
        laid(people, by=by, signers=signers)


def test_both_signers_become_platform_admins_whether_it_says_so_or_not(people):
    request = laid(people, signers=("olga", "otto"), items=sample.base_items())
    voted(request, people["olga"])
    voted(request, people["otto"])
    services.activate_due(now=LATER)
    grants = RoleGrant.objects.filter(role="platform_admin", domain=None, status="active")
    assert {one.person.username for one in grants} == {"olga", "otto"}


def test_there_is_one_foundation_at_a_time_and_none_after_it(people):
    request = laid(people)
    with pytest.raises(Conflict):
        laid(people)
    services.withdraw(request=request, by=people["ada"], now=NOW)
    again = laid(people)
    voted(again, people["paul"])
    voted(again, people["petra"])
    services.activate_due(now=LATER)
    with pytest.raises(Conflict):
        laid(people)
    assert ChangeRequest.objects.filter(state="active").count() == 1


def test_a_foundation_that_could_not_run_is_refused_whole(people):
    items = [one for one in sample.base_items() if one["kind"] != "data_contract_version"]
    with pytest.raises(GateClosed, match="no active version of line 1"):
        laid(people, items=items)
    assert (ChangeRequest.objects.count(), Domain.objects.count()) == (0, 0)


def test_a_signer_who_left_before_the_moment_sends_it_back(people):
    request = laid(people)
    voted(request, people["paul"])
    voted(request, people["petra"])
    people["petra"].is_active = False
    people["petra"].save()
    assert services.activate_due(now=LATER) == []
    assert (state(request), Domain.objects.filter(status="active").count()) == ("in_review", 0)


def test_an_edited_foundation_is_signed_anew(people):
    request = laid(people)
    voted(request, people["paul"])
    shown = current(request).digest
    with pytest.raises(PermissionRefused):
        services.revise(
            request=request, by=people["olga"], items=sample.base_items(), seen=shown, now=NOW
        )
    request = services.revise(
        request=request, by=people["ada"], items=sample.base_items(), seen=shown, now=NOW
    )
    with pytest.raises(StaleRevision):
        services.vote(request=request, by=people["petra"], verdict="approve", seen=shown, now=NOW)
    voted(request, people["petra"])
    assert state(request) == "in_review"
    assert state(voted(request, people["paul"])) == "scheduled"
