"""Prints docs/compatibility/compared.md: this engine beside peers on the same published cases.

    python tests/prove/compatibility/compare_with_peers.py --cases DIR [--node DIR] [--python FILE]

DIR of --cases holds the published cases; --node a folder where `npm install api-smart-diff
openapi-diff` ran; --python an interpreter that has jsonsubschema.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
HEAD = """# Beside other tools

Made by `tests/prove/compatibility/compare_with_peers.py`; do not edit. Every tool judged the same
cases. *Found*: breaking cases called breaking. *Missed*: breaking cases called harmless. *False
alarms*: harmless cases called breaking. *Open*: no answer, an error or more than five seconds. Time
is the sum over all cases on one core of one machine; only the ratio means anything.
"""


class Case(NamedTuple):
    id: str
    kind: str
    old: Any
    new: Any
    breaking: bool

    def line(self) -> str:
        words = {"id": self.id, "kind": self.kind, "old": self.old, "new": self.new}
        return json.dumps({**words, "mode": "backward"})


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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--node", type=Path)
    parser.add_argument("--python", type=Path)
    options = parser.parse_args()
    ours = [sys.executable, "manage.py", "compare", "--batch", "-"]
    cases = published(options.cases)
    print(HEAD)
    for kind in ("json-schema", "openapi"):
        chosen = [case for case in cases if case.kind == kind]
        print(f"## {'JSON Schema' if kind == 'json-schema' else 'OpenAPI'}, {len(chosen)} cases\n")
        print("| tool | found | missed | false alarms | open | time |\n|---|---|---|---|---|---|")
        print(row("this engine", chosen, run(ours, chosen, ROOT)))
        if kind == "openapi" and options.node:
            script = str(HERE / "peers" / "openapi_peers.cjs")
            for name in ("api-smart-diff", "openapi-diff"):
                print(row(name, chosen, run(["node", script, name], chosen, options.node)))
        if kind == "json-schema" and options.python:
            command = [str(options.python), str(HERE / "peers" / "schema_peer.py")]
            print(row("jsonsubschema", chosen, run(command, chosen, ROOT)))
        print()


if __name__ == "__main__":
    main()
