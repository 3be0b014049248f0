"""How values look: money, moments, ages, digests, faces, icons, bars."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.numbers import get_currency_precision, get_currency_symbol, parse_pattern
from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from governance import clock
from portal.web.shell.words import kind_of, word_of

register = template.Library()
register.filter("kind", kind_of)
register.filter("word", word_of)

LOCALE = Locale.parse(settings.LANGUAGE_CODE, sep="-")
DASH, MINUS = "\u2013", "\u2212"
NONE = SafeString(f'<span class="quiet">{DASH}</span>')
TONES = ("a", "b", "c", "d", "e")


# ---- money and numbers


@register.filter
def amount(minor: int | None, currency: str) -> str:
    """Minor units as a number without its currency: `12,400.00`."""
    if minor is None:
        return DASH
    digits = get_currency_precision(currency)
    text = _pattern(digits).apply(abs(_major(minor, digits)), LOCALE)
    return f"{MINUS}{text}" if minor < 0 else text


@register.filter
@lru_cache(maxsize=4096)
def money(minor: int | None, currency: str) -> SafeString:
    """Minor units as `€ 12,400.00`; the ISO code shows on hover and is read aloud."""
    if minor is None:
        return NONE
    return format_html(
        '<data class="money" value="{}"><abbr title="{}">{}</abbr>\u00a0{}</data>',
        _major(minor, get_currency_precision(currency)),
        currency,
        get_currency_symbol(currency, LOCALE),
        amount(minor, currency),
    )


@register.filter
def number(value: float | Decimal | None) -> str:
    """Thousands in groups: `48,211`."""
    return DASH if value is None else f"{value:,}"


def _major(minor: int, digits: int) -> Decimal:
    return Decimal(minor).scaleb(-digits)


@lru_cache
def _pattern(digits: int) -> Any:
    return parse_pattern("#,##0." + "0" * digits if digits else "#,##0")


# ---- time


@register.filter
def elapsed(span: timedelta | float | None) -> str:
    """A span of clock time in its two largest units: `2 h 10 m`, `3 d 4 h`, `40 s`."""
    if span is None:
        return DASH
    seconds = int(span.total_seconds() if isinstance(span, timedelta) else span)
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return _two(days, "d", hours % 24, "h")
    if hours:
        return _two(hours, "h", minutes % 60, "m")
    return f"{minutes} m" if minutes else f"{seconds} s"


@register.filter
def moment(at: datetime | None) -> SafeString:
    """`19 Nov 10:24` in the reader's zone; the year only when it is another one."""
    if at is None:
        return NONE
    return _time(at, _short(timezone.localtime(at)))


@register.filter
def ago(at: datetime | None) -> SafeString:
    """`2 h 10 m ago`, kept true by the page."""
    if at is None:
        return NONE
    return _time(at, f"{elapsed(clock.now() - at)} ago", live="ago")


@register.filter
def due(at: datetime | None) -> SafeString:
    """`1 h 12 m left` or `breached 3 h`, in the colour of its urgency, kept true by the page."""
    if at is None:
        return NONE
    left = at - clock.now()
    if left < timedelta(0):
        return _time(at, f"breached {elapsed(-left)}", live="due", css="bad")
    css = "warn" if left < timedelta(hours=2) else ""
    return _time(at, f"{elapsed(left)} left", live="due", css=css)


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit} {small} {small_unit}" if small else f"{large} {large_unit}"


def _short(at: datetime) -> str:
    year = "" if at.year == timezone.localtime(clock.now()).year else f" {at.year}"
    return f"{at.day} {at:%b}{year} {at:%H:%M}"


def _time(at: datetime, words: str, *, live: str = "", css: str = "") -> SafeString:
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}"{}{}>{}</time>',
        at.isoformat(),
        f"{local.day} {local:%B %Y %H:%M:%S %Z}",
        format_html(' data-live="{}"', live) if live else "",
        format_html(' class="{}"', css) if css else "",
        words,
    )


# ---- people, digests, documents


@register.filter
def initials(name: object) -> str:
    """Of the first and the last word: `ML`."""
    words = str(name).split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def tone(name: object) -> str:
    """The same one of five face colours for a name every time."""
    return TONES[sum(map(ord, str(name))) % len(TONES)]


@register.filter
def digest(value: str | None) -> SafeString:
    """The first eight hexadecimal digits; the whole digest shows on hover."""
    if not value:
        return NONE
    bare = value.removeprefix("sha256:")
    return format_html('<code title="{}">{}</code>', value, bare[:8])


@register.filter
def pretty(document: object) -> str:
    """A document as indented JSON text; the template escapes it like any other text."""
    return json.dumps(document, indent=2, ensure_ascii=False, default=str)


# ---- drawings and controls


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """A symbol of `static/icons.svg`; without a label it is hidden from screen readers."""
    aria = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon{}" {}><use href="{}#i-{}"></use></svg>',
        f" {css}" if css else "",
        SafeString(aria),
        static("icons.svg"),
        name,
    )


@register.simple_tag
def bar(label: str, css: str = "", **parts: float) -> SafeString:
    """A bar of shares by status: `{% bar "9 of 14 done" active=9 line=5 %}`."""
    total = sum(parts.values()) or 1
    left, drawn = 0.0, []
    for kind, part in parts.items():
        width = max(part / total * 300 - 1, 0)
        drawn.append((f"{left:.1f}", f"{width:.1f}", kind))
        left += part / total * 300
    rects = format_html_join(
        "", '<rect x="{}" y="0" width="{}" height="10" class="f-{}"></rect>', drawn
    )
    return format_html(
        '<svg class="bar {}" viewBox="0 0 300 10" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">{}</svg>',
        css,
        label,
        rects,
    )


@register.filter
def control(field: BoundField, css: str = "") -> SafeString:
    """A form field's widget in our look; Django itself ties hint and errors to it."""
    boxes = (CheckboxInput, CheckboxSelectMultiple, RadioSelect)
    if isinstance(field.field.widget, boxes):
        return field.as_widget()
    return field.as_widget(
        attrs={"class": f"input {css}".strip(), "placeholder": _placeholder(field)}
    )


def _placeholder(field: BoundField) -> str | bool:
    """None (Django then omits it) when it would only repeat the label."""
    words = str(field.field.widget.attrs.get("placeholder", ""))
    return False if words.lower() in str(field.label).lower() else words


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether its label stands behind the control."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def keycaps(keys: str) -> SafeString:
    """Space-separated keys, each on its cap."""
    return SafeString("".join(f"<kbd>{escape(key)}</kbd>" for key in keys.split()))


@register.simple_tag
def share(done: int, failed: int, total: int, name: str) -> SafeString:
    """How far long work has come, as a bar that says so in words."""
    left = max(total - done - failed, 0)
    said = f"{name}: {done} of {total} done" + (f", {failed} failed" if failed else "")
    return bar(said, active=done, breaking=failed, line=left)
