"""What an escalation path may say."""

from __future__ import annotations

from typing import Any

import pytest

from governance.errors import InvalidDocument
from governance.ownership.documents import EscalationPathDocument, as_plain, decode
from governance.ownership.models import EscalationPath
from tests.firm import register

HERE = {"slug": "hours", "name": "Hours", "domain": "delivery"}


def path(**step: Any) -> dict[str, Any]:
    return {**HERE, "steps": [{"after": "PT1H", "to": "seat:owner", **step}]}


@pytest.mark.django_db
@pytest.mark.parametrize("after", ["PT0S", "PT23H59M", "P1D", "P2DT4H"])
def test_a_step_waits_for_business_hours_or_days(firm, after):
    register([{"kind": "escalation_path", "document": path(after=after)}])
    assert EscalationPath.objects.get(slug="hours").document["steps"][0]["after"] == after


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("step", "where", "words"),
    [
        ({"after": "PT24H"}, "/steps/0/after", "write a business day as P1D"),
        ({"after": "P1DT1440M"}, "/steps/0/after", "write a business day as P1D"),
        ({"to": "seat:king"}, "/steps/0/to", "there is no seat 'king'"),
        ({"to": "person:nobody"}, "/steps/0/to", "there is no person 'nobody'"),
    ],
)
def test_what_means_nothing_is_refused_at_its_place(firm, step, where, words):
    with pytest.raises(InvalidDocument, match=words) as refused:
        register([{"kind": "escalation_path", "document": path(**step)}])
    assert refused.value.pointer.endswith(where)


@pytest.mark.parametrize(
    "step", [{"to": "everybody"}, {"when": "claimed"}, {"by": ["webhook"]}, {"after": "1h"}]
)
def test_what_no_step_can_say_is_refused(step):
    with pytest.raises(InvalidDocument):
        decode(path(**step), EscalationPathDocument)


def test_what_is_left_out_stays_out_of_the_digest():
    assert as_plain(decode(path(), EscalationPathDocument)) == path()
