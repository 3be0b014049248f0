"""Checks a pack of evidence: needs nothing but this file and Python 3.9.

    python verify.py [FOLDER or ZIP] [--manifest SHA256]

One line for each check; the exit status is 1 when anything is wrong, and the line says where.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Found = Iterator[str]
ADDRESSED = ("revisions", "agreements", "documents")
LISTS = {
    "owner": ["owners"],
    "steward": ["stewards", "owners"],
    "finance_owner": ["finance_owners"],
}
ROLES = {
    "platform_architect": ["architect"],
    "platform_admin": ["platform_admin"],
    "finance_owner": ["finance_leader"],
}
EVERY_LIST = ["owners", "stewards", "finance_owners"]
EVERY_ROLE = ["architect", "steward", "finance_leader", "platform_admin"]
GENESIS = "0" * 64
AUTHORING = ("change.open", "change.edit", "change.rollback")
VOTING = {"change.approve": "approve", "change.request_changes": "request_changes"}


def sha(raw: bytes) -> str:
    """The one hash of all."""
    return hashlib.sha256(raw).hexdigest()


class Pack:
    """Path → bytes, read from a folder or a ZIP."""

    def __init__(self, place: Path) -> None:
        self.files: dict[str, bytes] = {}
        if place.is_file():
            with zipfile.ZipFile(place) as held:
                self.files = {one: held.read(one) for one in held.namelist()}
        else:
            found = [one for one in place.rglob("*") if one.is_file()]
            self.files = {one.relative_to(place).as_posix(): one.read_bytes() for one in found}

    def names(self, folder: str) -> list[str]:
        """Paths in a folder, in order."""
        return sorted(one for one in self.files if one.startswith(folder + "/"))

    def load(self, path: str) -> Any:
        """The JSON in a file; KeyError or ValueError where there is none."""
        try:
            return json.loads(self.files[path])
        except KeyError:
            raise KeyError(f"{path} is missing") from None
        except ValueError:
            raise ValueError(f"{path} is not JSON") from None

    def requests(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Path and content of every change request."""
        for path in self.names("requests"):
            yield path, self.load(path)

    def entry(self, number: Any) -> dict[str, Any]:
        """What an audit entry says."""
        found: dict[str, Any] = self.load(entry_path(number))
        return found


def entry_path(number: Any) -> str:
    """Where an entry lies."""
    return f"entries/{int(number):08d}.json"


def manifest(pack: Pack) -> Found:
    """Every file is the one that was exported, and there is no other."""
    listed = pack.load("manifest.json")["files"]
    for path in sorted(listed):
        if path not in pack.files:
            yield f"{path} is missing"
        elif sha(pack.files[path]) != listed[path]:
            yield f"{path} is not what manifest.json says"
    for path in sorted(set(pack.files) - set(listed) - {"manifest.json"}):
        yield f"{path} is in no manifest"


def contents(pack: Pack) -> Found:
    """Revisions, agreements and rows of rights hash to the digest by which they are called."""
    for folder in ADDRESSED:
        for path in pack.names(folder):
            if f"{folder}/{sha(pack.files[path])}.json" != path:
                yield f"{path} does not hash to its name"
    for path, one in pack.requests():
        for number, revision in enumerate(one["revisions"]):
            if f"revisions/{revision['digest']}.json" not in pack.files:
                yield f"{path} /revisions/{number}: its content is missing"


def authorship(pack: Pack) -> Found:
    """Who wrote each revision is who the audit log saw opening or editing."""
    for path, one in pack.requests():
        entries = [pack.entry(pk) for pk in one["entries"]]
        wrote = {(e["revision_hash"], e["by_id"]) for e in entries if e["action"] in AUTHORING}
        for number, revision in enumerate(one["revisions"]):
            if (revision["digest"], revision["author_id"]) not in wrote:
                yield f"{path} /revisions/{number}/author: the audit log names somebody else"


def binding(pack: Pack) -> Found:
    """Every vote is bound to the hash that was shown, and the audit log saw exactly these votes."""
    for path, one in pack.requests():
        known = {revision["digest"] for revision in one["revisions"]}
        for number, vote in enumerate(one["votes"]):
            place = f"{path} /votes/{number}"
            if vote["revision"] not in known:
                yield f"{place}/revision: the request has no such revision"
            if vote["entry"] is None or not _agrees(pack.entry(vote["entry"]), vote):
                yield f"{place}: the audit log saw no such vote"
        told = {vote["entry"] for vote in one["votes"]}
        for pk in one["entries"]:
            if pack.entry(pk)["action"] in VOTING and pk not in told:
                yield f"{path} /votes: the vote of {entry_path(pk)} is missing"


def _agrees(entry: dict[str, Any], vote: dict[str, Any]) -> bool:
    return (entry["by_id"], entry["revision_hash"], VOTING.get(entry["action"])) == (
        vote["person_id"],
        vote["revision"],
        vote["verdict"],
    )


def counting(one: dict[str, Any], revision: str) -> list[dict[str, Any]]:
    """Approvals of exactly this content that were not voided."""
    return [
        vote
        for vote in one["votes"]
        if vote["verdict"] == "approve" and not vote["voided_at"] and vote["revision"] == revision
    ]


def separation(pack: Pack) -> Found:
    """No author of any revision approved, and nobody counted twice."""
    for path, one in pack.requests():
        authors = {revision["author_id"] for revision in one["revisions"]}
        for number, vote in enumerate(one["votes"]):
            if vote["verdict"] == "approve" and vote["person_id"] in authors:
                yield f"{path} /votes/{number}: {vote['person']} wrote a revision"
        for done in one["activations"]:
            people = Counter(vote["person"] for vote in counting(one, done["revision"]))
            for person in sorted(name for name, times in people.items() if times > 1):
                yield f"{path} /votes: {person} counts {people[person]} times"


def rights(pack: Pack) -> Found:
    """Each seat was taken by a right that a row gave at that moment."""
    for path, one in pack.requests():
        for number, vote in enumerate(one["votes"]):
            if vote["verdict"] == "approve" and not vote["sits_by"]:
                yield f"{path} /votes/{number}: nothing let {vote['person']} sit there"
            for ground in vote["sits_by"]:
                rule = one["rules"][ground["rule"]]
                if not _allows(pack, rule, ground, vote["person"]):
                    yield (
                        f"{path} /votes/{number}/sits_by: {ground.get('slug', 'the rule')} "
                        f"gives {vote['person']} no seat as {rule['seat']}"
                    )


def _allows(pack: Pack, rule: dict[str, Any], ground: dict[str, Any], who: str) -> bool:
    seat, domain = rule["seat"], rule["domain"]
    if ground["kind"] == "named":
        return who in rule.get("people", ())
    row = pack.load(f"documents/{ground['document']}.json")
    if ground["kind"] == "domain":
        lists = EVERY_LIST if seat == "reviewer" else LISTS.get(seat, [])
        return row["slug"] == domain and any(who in (row.get(name) or ()) for name in lists)
    roles = EVERY_ROLE if seat == "reviewer" else ROLES.get(seat, [])
    reaches = (row.get("domain") or "") in ("", domain)
    return row["person"] == who and row["role"] in roles and reaches


def quorum(pack: Pack) -> Found:
    """What became active had every rule met by different people, for exactly that hash."""
    for path, one in pack.requests():
        for done in one["activations"]:
            if not one["rules"]:
                yield f"{path} /rules: it was activated without a rule"
            votes = counting(one, done["revision"])
            for number, rule in enumerate(one["rules"]):
                seated = {
                    vote["person"]
                    for vote in votes
                    if vote["seat"] == rule["seat"]
                    and any(ground["rule"] == number for ground in vote["sits_by"])
                }
                if len(seated) < rule["count"]:
                    yield (
                        f"{path} /rules/{number}: {len(seated)} of {rule['count']} as "
                        f"{rule['seat']} {rule['domain']}".rstrip()
                    )


def activation(pack: Pack) -> Found:
    """What the audit log says of each activation is what the pack says, agreements included."""
    for path, one in pack.requests():
        for number, done in enumerate(one["activations"]):
            place = f"{path} /activations/{number}"
            entry = pack.entry(done["entry"]) if done["entry"] else {}
            if entry.get("action") != "change.activate":
                yield f"{place}: the audit log saw no activation"
                continue
            if entry["revision_hash"] != done["revision"]:
                yield f"{place}/revision: the audit log says {entry['revision_hash'][:8]}"
            if sorted(entry["after"]["agreements"]) != sorted(
                a["digest"] for a in done["agreements"]
            ):
                yield f"{place}/agreements: the audit log names others"
            said = sorted((v["seat"], v["hash"]) for v in entry["after"]["approvals"])
            votes = counting(one, done["revision"])
            if said != sorted((vote["seat"], vote["revision"]) for vote in votes):
                yield f"{path} /votes: not those under which it was activated"
            yield from _compiled(pack, place, done)


def _compiled(pack: Pack, place: str, done: dict[str, Any]) -> Found:
    """An agreement holds the mapping that was approved, word for word."""
    content = pack.load(f"revisions/{done['revision']}.json")["content"]
    mappings = {item["slug"]: item["document"] for item in content if item["kind"] == "mapping"}
    for agreement in done["agreements"]:
        held = pack.load(f"agreements/{agreement['digest']}.json")
        if held["flow"]["slug"] != agreement["flow"]:
            yield f"{place}/agreements: {agreement['digest'][:8]} is not of {agreement['flow']}"
        approved = mappings.get(held["mapping"]["slug"])
        if approved and any(held["mapping"][key] != approved[key] for key in ("read", "effects")):
            yield f"{place}/agreements: {agreement['flow']} runs another mapping than was approved"


def seals(pack: Pack) -> Found:
    """Seals are whole, numbered without a gap and chained; the last is the one exported."""
    previous = GENESIS
    for number, path in enumerate(pack.names("seals"), 1):
        one = pack.load(path)
        if one["number"] != number:
            yield f"{path}: seal {number} is missing"
        if one["previous"] != previous:
            yield f"{path}: it is not chained to the seal before it"
        previous = sha(pack.files[path])
    last = pack.load("manifest.json")["last_seal"]["digest"]
    if previous != (last or GENESIS):
        yield f"{path_of_last(pack)}: its hash is not the one that was exported"


def path_of_last(pack: Pack) -> str:
    """The head of the chain."""
    return (pack.names("seals") or ["seals/"])[-1]


def proofs(pack: Pack) -> Found:
    """Every audit entry is there, and its hash leads to the root of its seal."""
    held = pack.load("proofs.json")
    for path in pack.names("entries"):
        number = str(int(path[len("entries/") : -len(".json")]))
        if number not in held:
            yield f"{path}: there is no proof that it was sealed"
            continue
        fault = _unproved(pack, int(number), held[number], sha(pack.files[path]))
        if fault:
            yield f"{path}: {fault}"
    wanted = [pk for _, one in pack.requests() for pk in one["entries"]]
    for pk in sorted({*wanted, *_span(pack)}):
        if entry_path(pk) not in pack.files:
            yield f"{entry_path(pk)} is missing"


def _span(pack: Pack) -> Iterator[int]:
    """Every sealed entry between the first and the last of a period."""
    span = pack.load("manifest.json")["scope"].get("entries")
    for path in pack.names("seals") if span else []:
        for pk in pack.load(path)["ids"]:
            if span[0] <= pk <= span[1]:
                yield pk


def _unproved(pack: Pack, number: int, proof: dict[str, Any], leaf: str) -> str | None:
    seal = pack.load(f"seals/{proof['seal']:06d}.json")
    index, size = proof["index"], len(seal["ids"])
    if not 0 <= index < size or seal["ids"][index] != number:
        return f"seal {seal['number']} does not name it there"
    node = hashlib.sha256(b"\x00" + bytes.fromhex(leaf)).digest()
    beside = [bytes.fromhex(one) for one in proof["path"]]
    while size > 1:
        if index ^ 1 < size:
            if not beside:
                return "its proof is too short"
            other = beside.pop(0)
            pair = other + node if index % 2 else node + other
            node = hashlib.sha256(b"\x01" + pair).digest()
        index, size = index // 2, (size + 1) // 2
    if beside or node.hex() != seal["root"]:
        return f"its hash does not lead to the root of seal {seal['number']}"
    return None


def population(pack: Pack) -> Found:
    """A period holds every activation that the audit log saw in it, and no other."""
    scope = pack.load("manifest.json")["scope"]
    if "begin" not in scope:
        return
    counted = Counter(one["revision"] for one in pack.load("population.json"))
    shown = Counter(
        done["revision"]
        for _, one in pack.requests()
        for done in one["activations"]
        if scope["begin"] <= done["at"] < scope["end"]
    )
    told = (pack.entry(pk) for pk in sorted(set(_span(pack))) if entry_path(pk) in pack.files)
    saw = Counter(e["revision_hash"] for e in told if e["action"] == "change.activate")
    for digest in sorted({*counted, *shown, *saw}):
        if not counted[digest] == shown[digest] == saw[digest]:
            yield (
                f"population.json: {digest[:8]} stands there {counted[digest]} times, in requests "
                f"{shown[digest]} times, in the audit log {saw[digest]} times"
            )


CHECKS: list[tuple[str, Callable[[Pack], Found]]] = [
    ("files are those of the manifest", manifest),
    ("contents hash to their digests", contents),
    ("authors are those of the audit log", authorship),
    ("votes are bound to the hash that was shown", binding),
    ("no author approved and nobody counts twice", separation),
    ("every seat was held by right at that moment", rights),
    ("every quorum was complete", quorum),
    ("activations are tied to their agreements", activation),
    ("seals are chained", seals),
    ("audit entries lead to their seals", proofs),
    ("the population is complete", population),
]


def run(check: Callable[[Pack], Found], pack: Pack) -> list[str]:
    """What a check found; a file that cannot be read is a finding too."""
    found: list[str] = []
    try:
        found.extend(check(pack))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        found.append(str(error.args[0] if error.args else error))
    return found


def main() -> int:
    """0 when everything holds."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("place", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    asked.add_argument("--manifest", default="", help="the hash that was recorded at the export")
    given = asked.parse_args()
    pack = Pack(given.place)
    own = sha(pack.files.get("manifest.json", b""))
    faults = 0
    if given.manifest and given.manifest != own:
        faults += say("FAIL", f"manifest.json hashes to {own}, not to {given.manifest}")
    for words, check in CHECKS:
        found = run(check, pack)
        if not found:
            say("ok", words)
        for one in found:
            faults += say("FAIL", f"{words}: {one}")
    say("", f"manifest.json hashes to {own}")
    say("", f"the last seal hashes to {sha(pack.files.get(path_of_last(pack), b''))}")
    say("", "compare both with what was noted elsewhere: a whole forged pack would verify too")
    return 1 if faults else 0


def say(mark: str, words: str) -> int:
    """One line; 1, to be counted."""
    sys.stdout.write(f"{mark:<5}{words}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
