"""What the compatibility engine found stands on the page: badge, class, witness, place."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import asdict
from html import unescape

import pytest
from jsonschema_rs import is_valid

from governance.approvals import services, verdicts
from governance.approvals.models import ChangeRequest, GateResult
from tests.firm import TIME_SCHEMA, contract_version_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def version_with(person):
    def make(**properties) -> ChangeRequest:
        required = properties.pop("required", [])
        schema = copy.deepcopy(TIME_SCHEMA)
        schema["required"] += required
        schema["properties"].update(properties)
        item = contract_version_item("1.1.0", schema=schema)
        return services.propose(by=person("ada"), title="Approved time 1.1.0", items=[item])

    return make


@pytest.fixture
def read(client, person):
    client.force_login(person("olga"))

    def text(row: ChangeRequest, query: str = "") -> str:
        answer = client.get(f"/changes/{row.pk}/?tab=diff{query}")
        return unescape(" ".join(answer.content.decode().split()))

    return text


def badges(page: str) -> list[str]:
    return re.findall(r"badge--verdict\">.*?</svg>([A-Z ]+)</span>", page)


WITNESS = re.compile(r'Witness</dt><dd>\s*<span class="val val--bad">(.*?)</span> (.*?)</dd>')


def test_a_breaking_version_shows_its_badge_its_class_and_payloads_that_prove_it(
    version_with, read
):
    row = version_with(cost_centre={"type": "string"}, required=["cost_centre"])
    page = read(row)
    assert row.risk_class == "R3"
    assert re.search(r'badge--breaking" >(<svg.*?</svg>)R3</span>', page)
    assert badges(page)[0] == "BREAKING"
    assert "'cost_centre' became required" in page
    new = row.revisions.get().content[0]["document"]["schema"]
    proofs = [(json.loads(payload), said.strip()) for payload, said in WITNESS.findall(page)]
    assert "was valid before and is refused now" in [said for _, said in proofs]
    for payload, said in proofs:
        valid = (is_valid(TIME_SCHEMA, payload), is_valid(new, payload))
        assert valid == (said == "was valid before and is refused now", "valid now" in said)


def test_what_could_not_be_compared_says_so_once(version_with, read):
    """Such a schema is refused at the door today; an older portal may have let it in."""
    row = version_with(note={"type": "string"})
    new = copy.deepcopy(TIME_SCHEMA)
    new["properties"]["customer"]["pattern"] = "^(?=A).*$"
    old_text, new_text = (json.dumps(one).encode() for one in (TIME_SCHEMA, new))
    detail = {"time-entry@1.1.0": asdict(verdicts._schemas(old_text, new_text))}
    GateResult.objects.filter(gate="compatibility").update(detail=detail)
    page = read(row)
    assert badges(page)[0] == "NOT CHECKED"
    shown = page.partition("<dialog")[0]
    assert shown.count("The pattern ^(?=A).*$ needs backtracking") == 1


def test_findings_are_filtered_by_verdict(version_with, read):
    row = version_with(cost_centre={"type": "string"}, required=["cost_centre"])
    assert set(badges(read(row, "&show=breaking"))) == {"BREAKING"}
    assert badges(read(row, "&show=safe")) == ["SAFE"]
    assert badges(read(row, "&show=nonsense")) == badges(read(row))


def test_a_comment_about_a_place_stands_in_its_finding(version_with, read, client, person):
    row = version_with(cost_centre={"type": "string"}, required=["cost_centre"])
    place = re.search(r"anchor=([^#\"]+)#comment", read(row))[1]
    form = client.get(f"/changes/{row.pk}/?tab=conversation&anchor={place}").content.decode()
    anchor = unescape(re.search(r'name="anchor" value="([^"]+)"', form)[1])
    client.post(f"/changes/{row.pk}/comment/", {"text": "Agreed with sales?", "anchor": anchor})
    assert "Agreed with sales?" in read(row)
