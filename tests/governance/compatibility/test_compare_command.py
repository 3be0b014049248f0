"""`manage.py compare`: files and batches through one path."""

import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command

from governance.compatibility import ruledocs

OLD: dict[str, Any] = {"type": "object", "properties": {"a": {"enum": [1, 2]}}}
NEW: dict[str, Any] = {"type": "object", "properties": {"a": {"enum": [1]}}}


def compare(*arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("compare", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def written(folder: Path, name: str, value: Any) -> str:
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return str(path)


def test_exit_codes_tell_the_verdict(tmp_path: Path) -> None:
    old, new = written(tmp_path, "old.json", OLD), written(tmp_path, "new.json", NEW)
    open_one = written(tmp_path, "open.json", {"$ref": "http://127.0.0.1:1/x"})
    broken = written(tmp_path, "broken.json", "{")
    assert [compare(*pair)[0] for pair in ((old, old), (old, new), (open_one, new))] == [0, 1, 2]
    code, _, errors = compare(broken, new)
    assert (code, "not JSON" in errors) == (3, True)
    assert compare(str(tmp_path / "none.json"), new)[0] == 3
    assert compare()[0] == 3


def test_every_form_names_the_rule(tmp_path: Path) -> None:
    pair = written(tmp_path, "old.json", OLD), written(tmp_path, "new.json", NEW)
    for form in ((), ("--json",), ("--sarif",), ("--markdown",)):
        assert "schema-enum-value-removed" in compare(*pair, *form)[1]
    sarif = json.loads(compare(*pair, "--sarif")[1])
    assert sarif["runs"][0]["results"][0]["level"] == "error"


def test_a_batch_answers_each_line_and_goes_on(tmp_path: Path) -> None:
    lines = [
        {"id": "a", "kind": "json-schema", "old": OLD, "new": NEW, "mode": "backward"},
        {"id": "b", "kind": "json-schema", "old": NEW, "new": OLD, "mode": "backward"},
        {"id": "c", "kind": "openapi", "old": {}, "new": {}},
        {"id": "d", "kind": "json-schema", "old": OLD, "new": {"type": "x"}},
        {"id": "e", "kind": "json-schema", "old": OLD, "new": NEW, "mode": "sideways"},
    ]
    text = "\n".join([*map(json.dumps, lines), "nonsense", "[]"])
    code, out, _ = compare("--batch", written(tmp_path, "cases.jsonl", text))
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [line["id"] for line in found] == ["a", "b", "c", "d", "e", None, None]
    assert [line.get("verdict") for line in found[:2]] == ["incompatible", "compatible"]
    (finding,) = found[0]["findings"]
    assert finding["witness"] == {"a": 2}
    assert [line["error"]["side"] for line in found[2:]] == ["old", "new", "case", "case", "case"]
    assert all(line["ms"] >= 0 for line in found)


HOSTILE: list[tuple[bytes, object, str]] = [
    (b'{"id": 1, "kind": "json-schema", "old": {"minimum": NaN}, "new": {}}', 1, "old"),
    (b'{"id": "d", "kind": "json-schema", "old": {}, "new": {"type": 1, "type": 2}}', "d", "new"),
    (b'{"id": "n", "old": {}, "new": {"const": ' + b"[" * 5000 + b"]" * 5000 + b"}}", "n", "new"),
    (b'{"id": "cut", "old": {"type": "str', "cut", "old"),
    (b'{"id": "\xff", "old": {}, "new": {}}', "\ufffd", "case"),
    (b'{"id": "twice", "id": "x", "old": {}, "new": {}}', "twice", "case"),
    (b'{"id": "k", "kind": "avro", "old": {}, "new": {}}', "k", "case"),
    (b'{"id": "less", "kind": "json-schema", "old": {}}', "less", "new"),
    (b'{"id": NaN, "kind": "json-schema", "old": {}, "new": {}}', None, "case"),
    (b"[" * 100_000, None, "case"),
    (b"\x00", None, "case"),
]


def test_hostile_lines_are_answered_one_by_one(tmp_path: Path) -> None:
    good = {"id": "\ud800\u2028", "kind": "json-schema", "old": OLD, "new": OLD}
    path = tmp_path / "hostile.jsonl"
    lines = [*(line for line, _, _ in HOSTILE), json.dumps(good).encode(), b"", b"  "]
    path.write_bytes(b"\n".join(lines))
    code, out, _ = compare("--batch", str(path))
    found = [json.loads(line) for line in out.split("\n") if line]
    assert (code, len(found)) == (0, len(HOSTILE) + 1)
    answered = [(line["id"], line["error"]["side"]) for line in found[:-1]]
    assert answered == [(name, side) for _, name, side in HOSTILE]
    assert (found[-1]["id"], found[-1]["verdict"]) == (good["id"], "compatible")


def test_the_page_of_rules_is_the_table() -> None:
    page = Path(__file__).parents[3] / "docs" / "compatibility" / "rules.md"
    assert page.read_text() == ruledocs.page(ruledocs.everything())
