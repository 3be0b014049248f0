"""Every example of the pages about documents is a valid document, and together they run."""

from __future__ import annotations

import re
from typing import Any

import pytest

from governance.agreements.models import Agreement
from governance.approvals.kinds import KINDS
from governance.approvals.subjects import parse_items
from governance.catalog.specifications import store_specification
from portal.web.changes.forms import parse_items as read_items
from tests import firm
from tests.docs.pages import blocks, page

PAGES = ("documents.md", "flows.md")


def examples() -> list[dict[str, Any]]:
    texts = [text for name in PAGES for text in blocks(name, "yaml")]
    return [item for text in texts for item in read_items(text)]


def test_every_kind_has_an_example_under_its_own_name():
    assert {item["kind"] for item in examples()} == set(KINDS)
    shown = "".join(page(name) for name in PAGES)
    assert re.findall(r"^`(\w+)`:", shown, re.MULTILINE) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_kind_parses(kind):
    found = parse_items([item for item in examples() if item["kind"] == kind])
    assert {item.kind for item in found} == {kind}


def test_examples_stand_in_the_order_in_which_they_are_written():
    assert [item.kind for item in parse_items(examples())] == [i["kind"] for i in examples()]


@pytest.mark.django_db
def test_together_the_examples_make_a_flow_that_runs():
    firm.people()
    [specification] = blocks("documents.md", "json")
    held = store_specification(specification.strip().encode())
    [version] = [i["document"] for i in examples() if i["kind"] == "api_version"]
    assert version["specification"] == held.digest
    firm.register(examples())
    document = Agreement.objects.get(status="active").document
    assert document["flow"]["slug"] == "time-to-billing"
    assert document["contract"]["version"] == "1.0.0"
    assert document["escalation"]["slug"] == "within-the-day"
