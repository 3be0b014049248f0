"""Documents are read as JSON reads them, or refused with the place and the remedy."""

import pytest

from governance.compatibility import documents
from governance.compatibility.engine import BadDocument, load
from governance.compatibility.specification import summarise

SPECIFICATION = """\
openapi: 3.0.1
info:
  title: Time
  version: "1.2"
servers:
  - url: https://time.example
paths:
  /entries:
    get:
      operationId: listEntries
      summary: All entries
      responses:
        200:
          description: fine
          content:
            application/json:
              schema:
                $ref: "#/components/schemas/Entry"
components:
  schemas:
    Entry:
      type: object
"""


def test_yaml_scalars_stay_as_written() -> None:
    text = "a: no\nb: 010\nc: 2020-01-01\nd: 12\ne: 1.5\nf: true\n200: ~\ng: '5'\n"
    assert documents.read(text)[0] == {
        "a": "no",
        "b": "010",
        "c": "2020-01-01",
        "d": 12,
        "e": 1.5,
        "f": True,
        "200": None,
        "g": "5",
    }


@pytest.mark.parametrize(
    ("content", "reason", "line"),
    [
        (b"a: &x 1\nb: *x", "YAML aliases (*name) are refused", 2),
        (b"a: 1\na: 2", "the key 'a' stands twice in one mapping", 2),
        (b'{"a": 1, "a": 2}', "the key 'a' stands twice in one object", None),
        (b"[NaN]", "NaN is not a JSON number", None),
        (b"[1e999]", "1e999 is larger than any number here may be", None),
        (b"[" * 100_000, "nested deeper than 200 levels", None),
        (b'{"a":' * 250 + b"1" + b"}" * 250, "nested deeper than 200 levels", None),
        (b"- " * 1000, "nested deeper than 200 levels", 1),
        (b"a: !!python/object x", "YAML tags are refused", 1),
        (b"---\na: 1\n---\nb: 1", "one YAML document per file", 3),
        (b"? [a]\n: 1", "a key must be a text", 1),
        (b"", "the document is empty", None),
        (b"\xff", "not UTF-8 text", 1),
        (b'{"a": "\\ud800"}', "a text holds half of a surrogate pair", None),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number has too many digits", None),
        (b'{"a": 1,\n}', "not JSON", 2),
    ],
)
def test_dangerous_text_is_refused(content: bytes, reason: str, line: int | None) -> None:
    with pytest.raises(BadDocument) as refusal:
        load(content)
    assert refusal.value.message.startswith(reason)
    assert refusal.value.line == line


def test_an_alias_inside_an_example_is_left_out() -> None:
    text = "openapi: 3.0.0\ninfo: {example: &e 1, x-codeSamples: {source: *e}}\n"
    assert documents.read(text)[0]["info"] == {"example": 1, "x-codeSamples": {"source": None}}


def test_a_fraction_that_a_double_would_change_is_kept_exactly() -> None:
    one = load(b'{"const": 0.12345678901234567890}').value
    other = load(b'{"const": 0.12345678901234567891}').value
    assert one != other


def test_json_and_yaml_places_count_lines() -> None:
    document = load('{"type": "object",\n "properties": {\n  "a/b": {"enum": [1,\n 2]}}}')
    assert document.line("/properties/a~1b/enum/1") == 4
    assert document.line("/properties/a~1b/unknown") == 3
    yaml = load("type: object\nproperties:\n  a:\n    enum:\n      - 1\n")
    assert yaml.line("/properties/a/enum/0") == 5


def test_a_specification_is_summarised() -> None:
    assert summarise(load(SPECIFICATION)) == {
        "title": "Time",
        "version": "1.2",
        "openapi": "3.0.1",
        "operations": [
            {"id": "listEntries", "method": "get", "path": "/entries", "summary": "All entries"}
        ],
        "schemas": ["Entry"],
        "servers": ["https://time.example"],
    }


@pytest.mark.parametrize(
    ("change", "pointer", "line"),
    [
        (('"1.2"', "1.2"), "/info/version", 4),
        (("schemas/Entry", "schemas/Nothing"), None, 18),
        (("#/components/schemas/Entry", "https://else.example/a"), None, 18),
        (("type: object", "type: objekt"), "/components/schemas/Entry/type", 22),
        (("3.0.1", "4.0.0"), "/openapi", 1),
    ],
)
def test_a_broken_specification_is_refused_with_its_place(
    change: tuple[str, str], pointer: str | None, line: int
) -> None:
    with pytest.raises(BadDocument) as refusal:
        summarise(load(SPECIFICATION.replace(*change)))
    assert refusal.value.line == line
    if pointer:
        assert refusal.value.pointer == pointer
