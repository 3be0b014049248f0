"""A connector description is refused with place and remedy before anything runs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from governance.catalog.connector_grammar import parse
from governance.errors import InvalidDocument
from integrations.connectors.conditions import Condition
from integrations.connectors.description import (
    action_of,
    compiled,
    effect_of,
    object_of,
    parse_description,
    seconds,
)
from integrations.connectors.encoding import coded, filled, parameters, template
from integrations.connectors.filters import After, Moment, filter_params, sort_params
from integrations.connectors.paging import next_link
from integrations.connectors.places import getter, put
from integrations.connectors.values import NotJson, decode, unwrapped
from integrations.errors import NeedsAPerson

STRIPE = """\
connector: stripe
base_url: https://api.stripe.com/v1
auth: {scheme: bearer}
limits:
  - {match: "*", rate: 100, per: 1s}
  - {match: "*", concurrent: 5}
errors:
  - {status: 429, class: throttle}
  - {status: [409, 412], class: conflict}
  - {status: 5xx, body: "try again (later)?", class: try_later}
objects:
  invoice:
    path: /invoices
    records: data
    page: {style: cursor_id, param: starting_after, more: has_more, size: [limit, 100]}
    write:
      create: POST /invoices
      update: POST /invoices/{id}
      actions: {pay: "POST /invoices/{id}/pay"}
      idempotency: {header: Idempotency-Key}
      body: form
webhook: {header: Stripe-Signature, signed: "{t}.{body}", event_id: id}
"""

BROKEN: dict[str, tuple[str, str, str, int]] = {
    "a class nobody knows": ("class: throttle", "class: trottle", "/errors/0/class", 8),
    "a word nobody knows": ("records: data", "recrods: data", "/objects/invoice/recrods", 14),
    "a number that is text": ("[limit, 100]", "[limit, many]", "/objects/invoice/page/size/1", 15),
    "an unordered offset": ("style: cursor_id", "style: offset", "/objects/invoice/page/style", 15),
    "a page without a parameter": (
        "param: starting_after, ",
        "",
        "/objects/invoice/page/param",
        15,
    ),
    "a key without a name": ("scheme: bearer", "scheme: header_key", "/auth/name", 3),
    "a token without an address": ("scheme: bearer", "scheme: oauth2_cc", "/auth/token_url", 3),
    "a call without a verb": ("create: POST /", "create: /", "/objects/invoice/write/create", 17),
    "a duration without a unit": ("per: 1s", "per: 1", "/limits/0/per", 5),
    "a pattern that backtracks": ("try again (later)?", "(a)\\\\1", "/errors/2/body", 10),
    "a key of idempotency nowhere": (
        "{header: Idempotency-Key}",
        "{ttl: 1d}",
        "/objects/invoice/write/idempotency",
        20,
    ),
    "a hook that is not shipped": (
        "webhook:",
        "hook: os.system\nwebhook:",
        "/hook",
        22,
    ),
    "a row that matches everything": (
        "{status: 429, class: throttle}",
        "{class: throttle}",
        "/errors/0",
        8,
    ),
    "a relative path": ("path: /invoices", "path: invoices", "/objects/invoice/path", 13),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_fault_is_refused_at_its_place(case: str) -> None:
    right, wrong, pointer, line = BROKEN[case]
    assert right in STRIPE
    with pytest.raises(InvalidDocument) as caught:
        parse(STRIPE.replace(right, wrong, 1))
    assert (caught.value.pointer, caught.value.line) == (pointer, line)


def test_a_right_description_is_plain_data_and_equal_in_json() -> None:
    document = parse_description(STRIPE)
    assert document["objects"]["invoice"]["page"]["size"] == ["limit", 100]
    assert parse_description(document) == document
    assert compiled(document) is compiled(dict(reversed(document.items())))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x 1\nb: *x", "an anchor (&name) is not allowed"),
        ("a: *x", "an alias (*name) is not allowed"),
        ("a: 1\na: 2", "'a' stands here twice"),
        ("a: !!python/object/apply:os.system [id]", "a tag (!name) is not allowed"),
        ("%YAML 1.1\n---\na: 1", "a directive (%…) is not allowed"),
        ("[" * 40, "nested deeper than 32 levels"),
        ("a: 1\n---\nb: 2", "not YAML"),
        ("? [x]\n: 1", "a key must be a plain word"),
        (b"a: \xff", "byte 3 is not UTF-8"),
        ("a: " + "x" * 300_000, "longer than 262144 bytes"),
        ("", "the document is empty"),
        ("- 1", "a connector description is a mapping"),
        ("a: \x00", "not YAML"),
    ],
)
def test_hostile_text_is_refused(text: str | bytes, said: str) -> None:
    with pytest.raises(InvalidDocument) as caught:
        parse(text)
    assert said in str(caught.value)


def test_scalars_stay_as_they_were_written() -> None:
    text = STRIPE + "headers: {a: 010, b: NO, c: 1.50, d: 2026-01-01, e: '5', f: 0x1F}\n"
    assert parse(text)["headers"] == {
        "a": "010",
        "b": "NO",
        "c": "1.50",
        "d": "2026-01-01",
        "e": "5",
        "f": "0x1F",
    }


def test_effect_classes_come_from_what_is_declared() -> None:
    spec = object_of(compiled(parse(STRIPE)), "invoice")
    found = {name: effect_of(action_of(spec, name), name) for name in ("create", "update", "pay")}
    assert found == dict.fromkeys(found, "idempotency_key")
    with pytest.raises(NeedsAPerson, match="no write 'refund'"):
        action_of(spec, "refund")


@pytest.mark.parametrize(
    ("duration", "expected"),
    [("250ms", 0.25), ("30s", 30), ("5m", 300), ("1h", 3600), ("2d", 172800)],
)
def test_durations_are_seconds(duration: str, expected: float) -> None:
    assert seconds(duration) == expected


def filters(**told: Any) -> Any:
    spec = {"path": "/x", "filter": told}
    return compiled({"connector": "c", "objects": {"x": spec}}).objects["x"].filter


LATER = After("ts", Moment("2026-01-01T00:00:00Z"), "id", 7)


@pytest.mark.parametrize(
    ("told", "clauses", "expected"),
    [
        ({"names": {"ge": "{field}[gte]"}}, [Condition("created", "ge", 5)], ("created[gte]", 5)),
        (
            {"style": "odata", "param": "$filter"},
            [Condition("name", "eq", "O'Hara"), LATER],
            (
                "$filter",
                "name eq 'O''Hara' and (ts gt 2026-01-01T00:00:00Z or "
                "(ts eq 2026-01-01T00:00:00Z and id gt 7))",
            ),
        ),
        (
            {
                "style": "sql",
                "param": "q",
                "template": "SELECT Id FROM A WHERE {filter}",
                "everything": "Id != null",
            },
            [Condition("x", "eq", None), Condition("n", "le", Decimal("1E+2"))],
            ("q", "SELECT Id FROM A WHERE x IS NULL and n <= 100"),
        ),
        (
            {"style": "domain", "param": "d"},
            [LATER],
            (
                "d",
                [
                    [
                        "OR",
                        [["ts", ">", "2026-01-01T00:00:00Z"]],
                        [["ts", "=", "2026-01-01T00:00:00Z"], ["id", ">", 7]],
                    ]
                ],
            ),
        ),
    ],
)
def test_conditions_speak_each_language(told: Any, clauses: Any, expected: Any) -> None:
    assert filter_params(filters(**told), clauses) == [expected]


def test_an_empty_filter_asks_for_everything() -> None:
    told = {"style": "sql", "param": "q", "template": "WHERE {filter}", "everything": "1 = 1"}
    assert filter_params(filters(**told), []) == [("q", "WHERE 1 = 1")]
    assert filter_params(filters(style="domain", param="d"), []) == []


@pytest.mark.parametrize(
    ("style", "expected"),
    [("text", "ts asc,id desc"), ("minus", "ts,-id"), ("pairs", [["ts", "ASC"], ["id", "DESC"]])],
)
def test_orders_are_asked_for_in_each_style(style: str, expected: Any) -> None:
    spec = {"path": "/x", "sort": {"param": "o", "style": style}}
    sort = compiled({"connector": "c", "objects": {"x": spec}}).objects["x"].sort
    assert sort is not None
    assert sort_params(sort, "ts asc, id desc") == [("o", expected)]


def test_parameters_are_coded() -> None:
    assert coded([["id", "=", 1]], "base64url_json") == "W1siaWQiLCI9IiwxXV0="
    assert parameters([("a", [1]), ("b", True), ("c", Decimal("1E+2"))]) == [
        ("a", "[1]"),
        ("b", "true"),
        ("c", "100"),
    ]


def test_templates_keep_the_type_of_a_value_that_stands_alone() -> None:
    shape = {"params": ["{filter}", "{n}", "at {n}"], "keep": 1}
    assert template(shape, {"filter": [["id", ">", 1]], "n": 5}) == {
        "params": [[["id", ">", 1]], 5, "at 5"],
        "keep": 1,
    }
    assert filled("/a/{x}", {"x": "b/c?d"}, in_path=True) == "/a/b%2Fc%3Fd"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("", {"a": {"b": [{"c": 1}]}, "@x.y": 2}),
        ("a.b[0].c", 1),
        ("a.b[1].c", None),
        ("a.z.c", None),
        ("@x.y", 2),
    ],
)
def test_places_are_found_or_none(place: str, expected: Any) -> None:
    assert getter(place)({"a": {"b": [{"c": 1}]}, "@x.y": 2}) == expected


def test_putting_never_overwrites_what_stands_there() -> None:
    assert put({"m": {"a": 1}}, "m.b", 2) == {"m": {"a": 1, "b": 2}}
    assert put({"m": {"b": 1}}, "m.b", 2) == {"m": {"b": 1}}


def test_typed_values_become_plain_ones() -> None:
    typed = {
        "amount": {"__class__": "Decimal", "decimal": "60.00"},
        "at": {"__class__": "datetime", "year": 2026, "month": 11, "day": 22, "microsecond": 5},
        "on": {"__class__": "date", "year": 2026, "month": 1, "day": 2},
        "span": {"__class__": "timedelta", "seconds": Decimal("5400.0")},
        "old": ["/Date(1767225600000)/", "/Date(1767225600000+0100)/", "/Date(x)/"],
        "odd": {"__class__": "Unheard"},
    }
    assert unwrapped(typed) == {
        "amount": Decimal("60.00"),
        "at": "2026-11-22T00:00:00.000005Z",
        "on": "2026-01-02",
        "span": Decimal("5400.0"),
        "old": ["2026-01-01T00:00:00.000000Z", "2026-01-01T00:00:00.000000Z", "/Date(x)/"],
        "odd": {"__class__": "Unheard"},
    }


def test_fractions_are_exact_and_depth_is_bounded() -> None:
    assert decode(b'{"a": 0.10, "b": 12345678901234567890}') == {
        "a": Decimal("0.10"),
        "b": 12345678901234567890,
    }
    assert decode(b"[" * 60 + b"]" * 60) is not None
    for bad in (b"[" * 100 + b"]" * 100, b"[" * 100_000, b'{"a": NaN}', b'"\xff"', b"{"):
        with pytest.raises(NotJson):
            decode(bad)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('<https://x/a?p=2>; rel="next", <https://x/a?p=9>; rel="last"', "https://x/a?p=2"),
        ('<https://x/1>; rel="prev", </a?p=3>; title="x"; rel=next', "/a?p=3"),
        ('<https://x/1>; rel="last"', None),
        ("", None),
    ],
)
def test_the_next_link_of_a_header_is_found(header: str, expected: str | None) -> None:
    assert next_link(header) == expected
