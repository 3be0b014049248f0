"""Evidence that is taken along verifies with nothing but Python, and any forgery is named."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from governance import clock
from governance.approvals import services
from governance.approvals.evidence.services import export_period, export_request
from governance.approvals.models import ChangeRequest
from governance.audit.models import AuditEntry
from governance.errors import PermissionRefused
from tests.governance.approvals.acts import EUROS, every, in_currency, opened, voted

Folder = dict[str, Any]
"""Path → parsed JSON (files of JSON) or bytes."""


@pytest.fixture
def changed(person) -> ChangeRequest:
    """An R3 change of money, written twice, approved by three different people and active."""
    now = clock.now()
    request = opened(person("otto"), in_currency(EUROS))
    services.submit(request=request, by=person("otto"), now=now)
    request.refresh_from_db()
    revise(request, person)
    for name in ("olga", "ada", "fiona"):
        voted(ChangeRequest.objects.get(pk=request.pk), person(name), now=clock.now())
    services.activate_due(now=clock.now())
    request.refresh_from_db()
    assert request.state == "active", request.rules
    return request


def revise(request: ChangeRequest, person) -> None:
    seen = request.revisions.latest("number").digest
    items = [in_currency(EUROS), every(5)]
    services.revise(request=request, by=person("otto"), items=items, seen=seen, note="and sooner")


@pytest.fixture
def folder(changed, person, tmp_path) -> Path:
    made = export_request(request=changed, by=person("aude"))
    return unpacked(made.content, tmp_path / "pack")


def unpacked(content: bytes, place: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as held:
        held.extractall(place)
    return place


def verified(folder: Path, *more: str) -> tuple[int, list[str]]:
    """Exit status and lines of the pack's own program, with no access to this project."""
    told = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify.py"), *more],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stderr == ""
    return told.returncode, told.stdout.splitlines()


def failures(folder: Path) -> list[str]:
    status, lines = verified(folder)
    found = [line[5:] for line in lines if line.startswith("FAIL")]
    assert status == (1 if found else 0)
    return found


def test_untouched_evidence_verifies_check_by_check(folder):
    status, lines = verified(folder)
    assert (status, [line[5:] for line in lines if line.startswith("ok")]) == (
        0,
        [
            "files are those of the manifest",
            "contents hash to their digests",
            "authors are those of the audit log",
            "votes are bound to the hash that was shown",
            "no author approved and nobody counts twice",
            "every seat was held by right at that moment",
            "every quorum was complete",
            "activations are tied to their agreements",
            "seals are chained",
            "audit entries lead to their seals",
            "the population is complete",
        ],
    )


def test_the_hash_of_the_manifest_stands_in_the_audit_log(folder, changed):
    entry = AuditEntry.objects.get(action="evidence.export")
    assert entry.after["manifest"] == sha((folder / "manifest.json").read_bytes())
    assert verified(folder, "--manifest", entry.after["manifest"])[0] == 0
    status, lines = verified(folder, "--manifest", "0" * 64)
    assert (status, lines[0].split(" hashes")[0]) == (1, "FAIL manifest.json")


def test_who_votes_sits_by_a_row_of_that_moment(folder):
    [path] = (folder / "requests").iterdir()
    votes = json.loads(path.read_text())["votes"]
    told = {vote["person"]: [one["slug"] for one in vote["sits_by"]] for vote in votes}
    assert told["olga"] == ["delivery"]
    assert told["fiona"] == ["delivery", "fiona-finance-leader"] or told["fiona"][0] == "delivery"


def sha(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def request_file(folder: Path) -> Path:
    [path] = (folder / "requests").iterdir()
    return path


def edited(path: Path, change: Callable[[Any], Any]) -> None:
    held = json.loads(path.read_text())
    change(held)
    path.write_text(json.dumps(held, separators=(",", ":"), sort_keys=True))


def entry_of(folder: Path, action: str) -> Path:
    found = [
        one
        for one in sorted((folder / "entries").iterdir())
        if json.loads(one.read_text())["action"] == action
    ]
    return found[-1]


def content_changed(folder: Path) -> str:
    digest = json.loads(request_file(folder).read_text())["revisions"][-1]["digest"]
    path = folder / "revisions" / f"{digest}.json"
    path.write_text(path.read_text().replace("EUR", "USD"))
    return f"contents hash to their digests: revisions/{digest}.json does not hash to its name"


def vote_removed(folder: Path) -> str:
    path = request_file(folder)
    edited(path, lambda held: held["votes"].pop())
    gone = entry_of(folder, "change.approve").name
    return (
        f"votes are bound to the hash that was shown: requests/{path.name} /votes: the vote of "
        f"entries/{gone} is missing"
    )


def vote_moved(folder: Path) -> str:
    def move(held: Any) -> None:
        held["votes"][0]["revision"] = held["revisions"][0]["digest"]

    edited(request_file(folder), move)
    name = request_file(folder).name
    return (
        f"votes are bound to the hash that was shown: requests/{name} /votes/0: the audit log saw "
        "no such vote"
    )


def author_votes(folder: Path) -> str:
    def seat(held: Any) -> None:
        one = held["revisions"][0]
        held["votes"][0].update(person=one["author"], person_id=one["author_id"])

    edited(request_file(folder), seat)
    name = request_file(folder).name
    return (
        f"no author approved and nobody counts twice: requests/{name} /votes/0: otto wrote a "
        "revision"
    )


def seal_altered(folder: Path) -> str:
    path = sorted((folder / "seals").iterdir())[-1]
    edited(path, lambda held: held.update(root="f" * 64))
    return f"seals are chained: seals/{path.name}: its hash is not the one that was exported"


def entry_deleted(folder: Path) -> str:
    path = entry_of(folder, "registry.activate")
    path.unlink()
    return f"audit entries lead to their seals: entries/{path.name} is missing"


def entry_rewritten(folder: Path) -> str:
    path = entry_of(folder, "change.submit")
    edited(path, lambda held: held.update(reason="nothing to see"))
    number = max(int(one.stem) for one in (folder / "seals").iterdir())
    return (
        f"audit entries lead to their seals: entries/{path.name}: its hash does not lead to the "
        f"root of seal {number}"
    )


def agreement_changed(folder: Path) -> str:
    [path] = (folder / "agreements").iterdir()
    edited(path, lambda held: held["schedule"].update(every="PT99M"))
    return f"contents hash to their digests: agreements/{path.name} does not hash to its name"


def agreement_swapped(folder: Path) -> str:
    """Consistently: file, name and request say another agreement than was activated."""
    [path] = (folder / "agreements").iterdir()
    edited(path, lambda held: held["schedule"].update(every="PT99M"))
    digest = sha(path.read_bytes())
    path.rename(path.with_name(f"{digest}.json"))

    def point(held: Any) -> None:
        held["activations"][0]["agreements"][0]["digest"] = digest

    edited(request_file(folder), point)
    name = request_file(folder).name
    return (
        f"activations are tied to their agreements: requests/{name} /activations/0/agreements: "
        "the audit log names others"
    )


def right_forged(folder: Path) -> str:
    def swap(held: Any) -> None:
        held["votes"][0]["sits_by"] = held["votes"][-1]["sits_by"][-1:]

    edited(request_file(folder), swap)
    name = request_file(folder).name
    held = json.loads(request_file(folder).read_text())
    row, rule = held["votes"][0]["sits_by"][0], held["rules"]
    return (
        f"every seat was held by right at that moment: requests/{name} /votes/0/sits_by: "
        f"{row['slug']} gives olga no seat as {rule[row['rule']]['seat']}"
    )


FORGERIES = [
    content_changed,
    vote_removed,
    vote_moved,
    author_votes,
    seal_altered,
    entry_deleted,
    entry_rewritten,
    agreement_changed,
    agreement_swapped,
    right_forged,
]


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda one: one.__name__)
def test_a_forger_who_mends_the_manifest_is_still_found_and_the_place_named(folder, forge):
    expected = forge(folder)
    mended(folder)
    assert expected in failures(folder)


def mended(folder: Path) -> None:
    """The manifest as somebody would rewrite it who knows how it is made."""

    def count(held: Any) -> None:
        files = [one for one in folder.rglob("*") if one.is_file() and one.stem != "manifest"]
        held["files"] = {one.relative_to(folder).as_posix(): sha(one.read_bytes()) for one in files}

    edited(folder / "manifest.json", count)


def test_without_mending_the_manifest_any_touched_file_is_named(folder):
    name = request_file(folder).name
    edited(request_file(folder), lambda held: held.update(title="Something else"))
    assert failures(folder) == [
        f"files are those of the manifest: requests/{name} is not what manifest.json says"
    ]


def test_a_missing_and_an_extra_file_are_named(folder):
    (folder / "README.txt").unlink()
    (folder / "entries" / "notes.txt").write_text("hello")
    assert failures(folder)[:2] == [
        "files are those of the manifest: README.txt is missing",
        "files are those of the manifest: entries/notes.txt is in no manifest",
    ]


def test_a_manifest_that_is_no_json_is_named(folder):
    (folder / "manifest.json").write_text("{")
    assert failures(folder)[0] == "files are those of the manifest: manifest.json is not JSON"


def test_the_program_is_written_in_the_grammar_of_python_3_9(folder):
    ast.parse((folder / "verify.py").read_text(), feature_version=(3, 9))


def test_a_zip_verifies_without_unpacking(changed, person, tmp_path, folder):
    made = export_request(request=changed, by=person("aude"))
    (tmp_path / "evidence.zip").write_bytes(made.content)
    assert verified(folder, str(tmp_path / "evidence.zip"))[0] == 0


def test_a_period_holds_every_activation_and_every_decision_between(changed, person, tmp_path):
    begin, end = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
    made = export_period(begin=begin, end=end, by=person("aude"))
    place = unpacked(made.content, tmp_path / "period")
    assert failures(place) == []
    assert [one["change_request"] for one in json.loads((place / "population.json").read_text())]
    edited(place / "population.json", lambda held: held.clear())
    mended(place)
    digest = changed.revisions.latest("number").digest[:8]
    assert failures(place) == [
        f"the population is complete: population.json: {digest} stands there 0 times, in requests "
        "1 times, in the audit log 1 times"
    ]


def test_who_may_not_take_evidence_along_gets_none(changed, person):
    with pytest.raises(PermissionRefused):
        export_request(request=changed, by=person("vera"))
    now = clock.now()
    with pytest.raises(PermissionRefused):
        export_period(begin=now - timedelta(days=1), end=now, by=person("olga"))
    assert AuditEntry.objects.filter(action="evidence.export").count() == 0
