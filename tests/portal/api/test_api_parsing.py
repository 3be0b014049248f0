"""Hostile bodies get a 4xx problem, never a crash."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from rest_framework.exceptions import ParseError

from portal.api.parsing import MAX_BYTES, MAX_DEPTH, decode

HOSTILE = {
    "nested lists": b"[" * 100_000,
    "nested objects": b'{"a":' * 100_000,
    "one level too deep": b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
    "duplicate key": b'{"approved": false, "approved": true}',
    "nested duplicate": b'[{"a": {"b": 1, "b": 2}}]',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "lone surrogate": b'{"a": "\\ud800"}',
    "latin 1": '{"a": "é"}'.encode("latin-1"),
    "truncated": b'{"a": [1, 2',
    "trailing": b'{"a": 1} {"b": 2}',
    "comment": b'{"a": 1 /* c */}',
    "empty": b"",
    "nul": b"\x00",
    "huge number": b"1" * 5000,
    "unclosed string": b'"' + b"[" * 100_000,
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_body_is_refused(how):
    with pytest.raises(ParseError):
        decode(HOSTILE[how])


def test_brackets_in_texts_are_no_depth():
    assert decode(b'{"a": "[[[[' + b"[" * 500 + b'"}') == {"a": "[[[[" + "[" * 500}


def test_escaped_quotes_do_not_hide_depth():
    body = b'["\\"", ' + b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 2)
    with pytest.raises(ParseError):
        decode(body)


def test_pairs_of_surrogates_are_text():
    assert decode(b'{"a": "\\ud83d\\ude00"}') == {"a": "\U0001f600"}


def test_fractions_stay_exact_when_asked():
    assert decode(b'{"a": 0.1}', fractions=Decimal) == {"a": Decimal("0.1")}


@pytest.mark.django_db
@pytest.mark.parametrize("how", HOSTILE)
def test_the_api_answers_a_problem(caller, how):
    started = time.monotonic()
    answer = caller("olga").post("/api/v1/tokens", HOSTILE[how], content_type="application/json")
    assert answer["Content-Type"] == "application/problem+json"
    assert 400 <= answer.status_code < 500
    assert started <= time.monotonic()


@pytest.mark.django_db
def test_a_body_that_is_too_large_is_not_read_to_its_end(client, person):
    client.force_login(person("olga"))
    answer = client.post(
        "/api/v1/tokens", b'"' + b"x" * MAX_BYTES + b'"', content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
