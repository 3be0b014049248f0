"""How values look."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template import Context, Template

from portal.templatetags import show

NOW = datetime(2026, 11, 19, 10, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1_240_000, "EUR", "12,400.00"),
        (-7, "EUR", "\u22120.07"),
        (0, "EUR", "0.00"),
        (1_240_000, "JPY", "1,240,000"),
        (1_234_567, "TND", "1,234.567"),
        (None, "EUR", "\u2013"),
    ],
)
def test_an_amount_has_the_digits_of_its_currency(
    minor: int | None, currency: str, text: str
) -> None:
    assert show.amount(minor, currency) == text


def test_money_names_its_iso_code_on_hover_and_its_exact_value_to_machines() -> None:
    assert show.money(1_240_000, "EUR") == (
        '<data class="money" value="12400.00"><abbr title="EUR">€</abbr>\u00a012,400.00</data>'
    )


def test_a_currency_from_outside_cannot_smuggle_markup() -> None:
    assert "<script" not in show.money(100, '"><script>')


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (40, "40 s"),
        (60, "1 m"),
        (3600, "1 h"),
        (7800, "2 h 10 m"),
        (273_600, "3 d 4 h"),
        (86_400, "1 d"),
        (None, "\u2013"),
    ],
)
def test_a_span_shows_its_two_largest_units(seconds: int | None, text: str) -> None:
    assert show.elapsed(seconds) == text


@time_machine.travel(NOW, tick=False)
def test_deadlines_say_what_is_left_and_what_is_breached() -> None:
    hurry = show.due(NOW + timedelta(hours=1, minutes=12))
    late = show.due(NOW - timedelta(hours=3))
    calm = show.due(NOW + timedelta(days=2))
    assert ('class="warn"' in hurry, "1 h 12 m left" in hurry) == (True, True)
    assert ('class="bad"' in late, "breached 3 h" in late) == (True, True)
    assert ("class=" in calm, "2 d left" in calm) == (False, True)


@time_machine.travel(NOW, tick=False)
def test_moments_leave_out_this_year_and_say_another() -> None:
    assert ">19 Nov 10:24</time>" in show.moment(NOW)
    assert ">2 Jan 2025 09:00</time>" in show.moment(datetime(2025, 1, 2, 9, tzinfo=UTC))
    assert ">2 h 10 m ago</time>" in show.ago(NOW - timedelta(hours=2, minutes=10))


def test_initials_are_of_the_first_and_the_last_name() -> None:
    assert [show.initials(n) for n in ("Marta Lindholm", "Ada", "Jo van Dam", "")] == [
        "ML",
        "A",
        "JD",
        "",
    ]


def test_a_digest_is_cut_to_eight_digits_with_the_whole_on_hover() -> None:
    assert show.digest("sha256:9f2c41d0aa") == '<code title="sha256:9f2c41d0aa">9f2c41d0</code>'


def test_a_document_is_text_and_never_markup() -> None:
    html = Template("{% load show %}{{ it|pretty }}").render(Context({"it": {"a": "<b>"}}))
    assert html == "{\n  &quot;a&quot;: &quot;&lt;b&gt;&quot;\n}"


def test_a_bar_shares_its_width_by_number() -> None:
    drawn = show.bar("9 of 12 done", active=9, line=3)
    assert ('width="224.0" height="10" class="f-active"' in drawn) is True
    assert ('aria-label="9 of 12 done"' in drawn) is True


def test_an_unfinished_count_of_nothing_still_draws() -> None:
    assert 'aria-label="Replay: 0 of 0 done"' in show.share(0, 0, 0, "Replay")
