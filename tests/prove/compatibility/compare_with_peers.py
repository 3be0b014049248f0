"""Prints docs/compatibility/compared.md: this engine beside peers on the same cases.

    make compared CASES=DIR

DIR holds the published cases. The peers are installed under var/compared when they are missing.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[3]))
sys.path.insert(0, str(Path(__file__).parents[2] / "governance" / "compatibility"))

import test_data_contracts as contracts
from peers import environments

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
HEAD = """# Beside other tools

Made by `make compared`; do not edit. Every tool judged the same cases. *Found*: breaking cases
called breaking. *Missed*: breaking cases called harmless. *False alarms*: harmless cases called
breaking. *Open*: no answer, an error or more than five seconds. Time is the sum over all cases on
one core of one machine; only the ratio means anything.

Cases of schemas and APIs were published by others: schemas with a payload that proves each
incompatible pair, APIs by a differ's own tests. Cases of data contracts are this repository's own,
each judged for readers and for writers; no independent set was found. The peer grades what data can
be tested for, so changes of servers, roles, owners, meanings and service levels count as missed.
"""
TITLES = {"json-schema": "JSON Schema", "openapi": "OpenAPI", "odcs": "Data contracts"}


class Case(NamedTuple):
    id: str
    kind: str
    old: Any
    new: Any
    breaking: bool
    perspective: str = "consumer"

    def line(self) -> str:
        return json.dumps({**self._asdict(), "mode": "backward"})


def published(folder: Path) -> list[Case]:
    found = []
    for case in json.loads((folder / "json-schema-witness.json").read_bytes())["cases"]:
        breaking = case["expected"] == "incompatible"
        found.append(Case(case["id"], "json-schema", case["old"], case["new"], breaking))
    for case in json.loads((folder / "openapi-cases.json").read_bytes())["cases"]:
        harmless = case["expected"] in ("non-breaking", "no-finding") and not case["pair_breaking"]
        if not case["policy"] and (harmless or case["expected"] == "breaking"):
            old, new = (json.loads((folder / case[side]).read_bytes()) for side in ("old", "new"))
            found.append(Case(case["id"], "openapi", old, new, not harmless))
    return found


def own() -> list[Case]:
    """Edits of one data contract, for those who read and for those who write."""
    return [
        Case(f"{name}, {who}", "odcs", contracts.CONTRACT, contracts.edited(edit), breaks, who)
        for name, edit, *verdicts in contracts.CASES
        for who, breaks in zip(
            ("consumer", "producer"), [said == "incompatible" for said in verdicts], strict=True
        )
    ]


def run(command: list[str], cases: list[Case], cwd: Path) -> dict[str, tuple[bool | None, float]]:
    text = "\n".join(case.line() for case in cases) + "\n"
    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=cwd, check=False)
    answers = {}
    for line in done.stdout.splitlines():
        if line.startswith('{"id"'):
            answer = json.loads(line)
            verdict = answer.get("verdict")
            known = {"incompatible": True, "compatible": False}.get(verdict)
            answers[answer["id"]] = (answer.get("breaking", known), answer["ms"])
    return answers


def row(name: str, cases: list[Case], answers: dict[str, tuple[bool | None, float]]) -> str:
    said = {case.id: answers.get(case.id, (None, 0.0)) for case in cases}
    breaking = [said[case.id][0] for case in cases if case.breaking]
    harmless = [said[case.id][0] for case in cases if not case.breaking]
    open_ones = sum(answer is None for answer in (*breaking, *harmless))
    cells = (
        name,
        f"{breaking.count(True)} of {len(breaking)}",
        breaking.count(False),
        f"{harmless.count(True)} of {len(harmless)}",
        open_ones,
        f"{sum(ms for _, ms in said.values()) / 1000:.2f} s",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def peers_of(kind: str, peers: environments.Peers) -> dict[str, tuple[list[str], Path] | None]:
    """The peers that judge one kind of document: their command and where it runs."""
    scripts = HERE / "peers"
    if kind == "openapi":
        node = str(scripts / "openapi_peers.cjs")
        return {
            f"{name} {version}": (["node", node, name], peers.node) if peers.node else None
            for name, version in environments.NODE.items()
        }
    name = {"json-schema": "jsonsubschema", "odcs": "datacontract-cli"}[kind]
    script = {"json-schema": "schema_peer.py", "odcs": "contract_peer.py"}[kind]
    python = peers.python[name]
    command = ([str(python), str(scripts / script)], ROOT) if python else None
    return {f"{name} {environments.PYTHON[name]}": command}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=Path, required=True)
    cases = [*published(parser.parse_args().cases), *own()]
    peers = environments.built()
    ours = ([sys.executable, "manage.py", "compare", "--batch", "-"], ROOT)
    print(HEAD)
    for kind, title in TITLES.items():
        chosen = [case for case in cases if case.kind == kind]
        print(f"## {title}, {len(chosen)} cases\n")
        print("| tool | found | missed | false alarms | open | time |\n|---|---|---|---|---|---|")
        judges = {"this engine": ours, **peers_of(kind, peers)}
        for name, command in judges.items():
            if command is not None:
                print(row(name, chosen, run(command[0], chosen, command[1])))
        missing = [name for name, command in judges.items() if command is None]
        print(f"\nCould not be installed: {', '.join(missing)}.\n" if missing else "")


if __name__ == "__main__":
    main()
