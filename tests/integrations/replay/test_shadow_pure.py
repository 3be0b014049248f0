"""Personal values never leave a sample, wherever they were mapped to."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from governance import canonical
from governance.agreements.models import Agreement
from integrations.replay.masking import MASK, masked, masked_fields, secrets
from integrations.replay.shadow import Answer, compare
from integrations.replay.tally import Tally, place_of
from integrations.sync.compiled import compile_agreement
from integrations.sync.plan import Arrived
from tests.pipeline import time_entry

pytestmark = pytest.mark.django_db


def arrived(**more) -> Arrived:
    return Arrived(1, "T-1", "#1", 1, "c" * 64, False, time_entry(**more), date(2026, 3, 2))


@pytest.fixture
def twice(firm: Agreement):
    """Compares one message under the firm's agreement and under an edited one."""

    def run(edit, **more):
        document = canonical.plain(firm.document)
        edit(document)
        candidate = compile_agreement("candidate", document)
        running = compile_agreement(firm.digest, firm.document)
        one = compare(arrived(**more), {}, running=running, candidate=candidate)
        tally = Tally(document)
        tally.add(one)
        return one, tally.plain()

    return run


def gross(document) -> None:
    rules = document["mapping"]["read"]["rules"]
    next(one for one in rules if one["to"] == "amount")["from"] = "gross"


def test_an_unchanged_agreement_makes_the_same_of_a_message(twice):
    one, told = twice(lambda document: None)
    assert (one.answer, one.differences) == (Answer.SAME, [])
    assert told["money"] == {
        "EUR": Counter(before=120_000, after=120_000, same_before=120_000, same_after=120_000)
    }
    assert (told["places"], told["samples"]) == ({}, [])


def test_net_that_becomes_gross_is_priced_and_shown_field_by_field(twice):
    one, told = twice(gross, gross="1428.00")
    assert one.answer == Answer.DIFFERENT
    assert told["money"]["EUR"]["after"] - told["money"]["EUR"]["before"] == 22_800
    assert told["places"] == {"/record/amount": 1, "/writes/create_item/body/amount_minor": 1}
    [sample] = told["samples"]
    assert (sample["before"], sample["after"]) == ([120_000, "EUR"], [142_800, "EUR"])
    assert sample["fields"] == [
        {"place": "/record/amount", "before": "1200.00", "after": "1428.00"},
        {
            "place": "/writes/create_item T-1/body/amount_minor",
            "before": "120000",
            "after": "142800",
        },
    ]


def test_what_would_be_refused_fails_with_its_money_as_it_is_now(twice):
    def stricter(document):
        document["contract"]["schema"]["required"].append("cost_centre")

    one, told = twice(stricter)
    assert one.answer == Answer.FAILS
    assert told["money"] == {"EUR": Counter(before=120_000, fails_before=120_000)}
    assert told["reasons"] == {"The record breaks the data contract time-entry 1.0.0": 1}
    assert told["samples"][0]["fields"] == []


def test_what_is_refused_now_and_would_go_through_is_different(twice):
    def knows_partners(document):
        document["value_maps"]["role-codes"]["rows"]["partner"] = "PAR"

    one, told = twice(knows_partners, role="partner")
    assert one.answer == Answer.DIFFERENT
    assert "partner" in told["samples"][0]["was"]


def test_what_is_refused_either_way_is_the_same_and_moves_no_money(twice):
    one, told = twice(gross, role="partner", gross="1428.00")
    assert (one.answer, bool(one.before.refusal), bool(one.after.refusal)) == ("same", True, True)
    assert (told["money"], told["samples"]) == ({}, [])


def test_a_personal_field_hides_its_group_and_its_text_in_every_write(twice):
    def personal(document):
        document["contract"]["fields"]["customer"] = {"classification": "personal"}
        body = document["mapping"]["effects"][0]["body"]
        body.append({"to": "note", "from": "[project, customer]", "transforms": [
            {"name": "concat", "by": " for "}]})  # fmt: skip

    _, told = twice(personal, customer="Jane Doe", project="P-77")
    [sample] = told["samples"]
    assert sample["fields"][0]["after"] == f"{MASK} for {MASK}"
    assert "Jane" not in str(told)
    assert "P-77" not in str(told)


def test_money_is_shown_even_beside_a_person():
    agreement = {
        "contract": {
            "fields": {"buyer": {"classification": "personal"}, "amount": {"kind": "money"}}
        },
        "entity": {
            "groups": [
                {"slug": "a", "attributes": ["buyer", "amount", "phone"]},
                {"slug": "b", "attributes": ["number"]},
            ]
        },
    }
    assert masked_fields(agreement) == {"buyer", "phone"}


def test_longer_secrets_go_first_and_short_ones_are_left_alone():
    hidden = secrets({"a": ["Ann Lee", "Ann"], "b": "X"}, {"a", "b"})
    assert masked("Ann Lee met Ann at X", hidden) == f"{MASK} met {MASK} at X"


def test_places_of_many_messages_fall_together():
    assert place_of("/writes/posting INV-1/body/lines/3/tax") == "/writes/posting/body/lines/*/tax"
