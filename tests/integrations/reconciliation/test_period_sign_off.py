"""Answering for a period: one person where all agrees, two where breaks remain."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from governance.audit.models import AuditEntry
from integrations.errors import NeedsSecondPerson, PermissionRefused, Refused
from integrations.reconciliation import services
from integrations.reconciliation.models import PeriodSignOff, Reconciliation
from integrations.reconciliation.queries import comparisons, standings
from tests.firm import NOW, register
from tests.integrations.reconciliation import story

pytestmark = pytest.mark.django_db
BEGIN, END, LATER = date(2026, 2, 1), date(2026, 2, 28), NOW + timedelta(hours=1)


@pytest.fixture
def compared(firm) -> Reconciliation:
    both = story.agreed()
    story.here("T-1")
    story.there("T-1")
    story.here("T-2")
    story.looked(both)
    return Reconciliation.objects.get()


def signed(row: Reconciliation, by, **more) -> PeriodSignOff:
    given = {"begin": BEGIN, "end": END, "reason": "looked at each", "now": LATER, **more}
    return services.sign(reconciliation=row, by=by, **given)


@pytest.fixture
def second(person):
    """Another finance leader."""
    grant = {"person": "petra", "role": "finance_leader"}
    register([{"kind": "role_grant", "document": grant}])
    return person("petra")


def test_the_figures_of_a_comparison(compared):
    [found] = standings(comparisons())
    assert (found.records, found.matched, found.breaks, found.under_way) == (2, 1, 1, 0)
    euros = found.money["EUR"]
    assert (euros.compared, euros.matched, euros.rate) == (20_000, 10_000, 50.0)
    assert (euros.disputed, euros.net) == (10_000, 10_000)


def test_where_breaks_remain_another_person_signs_too(compared, person, second):
    made = signed(compared, person("fiona"))
    assert (made.state, made.breaks) == ("waiting", 1)
    with pytest.raises(NeedsSecondPerson):
        services.countersign(sign_off=made, by=person("fiona"), reason="I again", now=LATER)
    done = services.countersign(sign_off=made, by=second, reason="known, in transit", now=LATER)
    assert (done.state, done.second_by) == ("signed", second)
    told = AuditEntry.objects.filter(action__startswith="reconciliation.").order_by("pk")
    assert [one.action for one in told] == ["reconciliation.asked", "reconciliation.countersigned"]
    assert told[0].after["figures"]["money"][0]["disputed_minor"] == 10_000


def test_without_breaks_one_person_is_enough_and_once(compared, person):
    story.there("T-2")
    both = story.agreed()
    story.looked(both, minute=5)
    assert signed(compared, person("fiona")).state == "signed"
    with pytest.raises(Refused, match="already"):
        signed(compared, person("fiona"))


def test_what_was_refused_may_be_signed_anew(compared, person, second):
    services.refuse(
        sign_off=signed(compared, person("fiona")), by=second, reason="T-2 first", now=LATER
    )
    assert signed(compared, second).state == "waiting"


def test_only_finance_signs_with_a_reason_a_period_that_is_over(compared, person):
    with pytest.raises(PermissionRefused):
        signed(compared, person("stan"))
    with pytest.raises(Refused, match="say what"):
        signed(compared, person("fiona"), reason=" ")
    with pytest.raises(Refused, match="is over"):
        signed(compared, person("fiona"), end=date(2026, 12, 31))
