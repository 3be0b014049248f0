"""Which records are new versions: properties of the pure part."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from integrations.connectors.port import SourceRecord
from integrations.messages import bodies
from integrations.messages.accepting import arrival, new_versions

keys = st.sampled_from(["a", "b", "c"])
contents = st.sampled_from([{"x": 1}, {"x": 2}, {"x": "1"}])
untold = st.lists(st.builds(lambda k, d: SourceRecord(k, "", d), keys, contents), max_size=30)
told = st.lists(
    st.builds(lambda k, v, d: SourceRecord(k, str(v), d), keys, st.integers(1, 5), contents),
    max_size=30,
)


def accepted(records, latest=None, known=frozenset()):
    return new_versions(
        [arrival(record) for record in records], latest=latest or {}, known=set(known)
    )


def test_back_to_an_earlier_content_is_a_third_version():
    a, b = SourceRecord("k", "", {"x": 1}), SourceRecord("k", "", {"x": 2})
    assert [one.version for one in accepted([a, b, a])] == ["#1", "#2", "#3"]


def test_the_same_content_again_is_no_version():
    a = SourceRecord("k", "", {"x": 1})
    assert [one.version for one in accepted([a, a, a])] == ["#1"]


def test_a_token_seen_before_is_absorbed_whatever_came_between():
    rows = [SourceRecord("k", v, {"x": n}) for n, v in enumerate(["e1", "e2", "e1"])]
    assert [(one.version, one.sequence) for one in accepted(rows)] == [("e1", 1), ("e2", 2)]


def test_a_token_never_collides_with_a_sequence():
    rows = [SourceRecord("k", "", {"x": 1}), SourceRecord("k", "1", {"x": 2})]
    assert [one.version for one in accepted(rows)] == ["#1", "1"]


def test_a_deletion_is_a_version_of_its_own():
    rows = [SourceRecord("k", "", {"x": 1}), SourceRecord("k", "", {"x": 1}, deleted=True)]
    assert [one.arrival.deleted for one in accepted(rows)] == [False, True]


@given(untold | told)
def test_reading_everything_again_accepts_nothing_new(records):
    first = accepted(records)
    latest = {one.arrival.key: (one.sequence, one.arrival.content_hash) for one in first}
    known = {(one.arrival.key, one.arrival.token) for one in first if one.arrival.token}
    tail = list({record.key: record for record in records}.values())
    again = tail if not any(record.version for record in records) else records
    assert accepted(again, latest, known) == []


@given(untold | told, st.integers(0, 30))
def test_pages_cut_anywhere_accept_the_same(records, cut):
    whole = accepted(records)
    first = accepted(records[:cut])
    latest = {one.arrival.key: (one.sequence, one.arrival.content_hash) for one in first}
    known = {(one.arrival.key, one.arrival.token) for one in first if one.arrival.token}
    assert first + accepted(records[cut:], latest, known) == whole


@given(untold | told)
def test_sequences_of_a_record_count_from_one_without_a_gap(records):
    found: dict[str, list[int]] = {}
    for one in accepted(records):
        found.setdefault(one.arrival.key, []).append(one.sequence)
    assert found == {key: list(range(1, len(held) + 1)) for key, held in found.items()}


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**200), 2**200)
        | st.text(st.characters(exclude_categories=["Cs"]))
        | st.decimals(allow_nan=False, allow_infinity=False, places=4),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text("abc"), inner, max_size=4)
        ),
        max_leaves=20,
    )
)
def test_a_body_comes_back_as_it_was_kept(value):
    held = bodies.unpack(bodies.pack(bodies.encode(value)))
    assert bodies.encode(held) == bodies.encode(value)


def test_fractions_stay_exact():
    raw = bodies.encode({"amount": Decimal("0.10")})
    assert (raw, bodies.decode(raw)) == (b'{"amount":0.10}', {"amount": Decimal("0.10")})


def test_what_cannot_be_kept_is_accepted_as_the_reason_why():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    poison = [{"x": "\ud800"}, {"x": deep}, {"x": "y" * 17_000_000}, {"x": object()}]
    found = [bodies.decode(arrival(SourceRecord("k", "", one)).raw) for one in poison]
    assert [list(one) for one in found] == [[bodies.UNREADABLE]] * 4


@given(st.text(max_size=400), st.text(max_size=400))
def test_shortened_keys_fit_and_stay_apart(one, other):
    short = bodies.short(one, 200)
    assert len(short) <= 200
    assert "\x00" not in short
    assert (short == bodies.short(other, 200)) == (one == other)
