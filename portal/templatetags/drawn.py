"""What a page shows a hundred times, as tags: a component each would cost more than the queries."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.defaultfilters import floatformat
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.templatetags.show import NONE, icon, money, number
from portal.web.shell.words import ICONS, kind_of, word_of

register = template.Library()


@register.simple_tag
def figure(of: Any) -> SafeString:
    """A number of `portal.web.dashboards.numbers` that opens the list behind it.

    At the head of its own list it has no link. `data-of` says to tests and scripts how it follows
    from the rows of that list.
    """
    currency = format_html(' data-currency="{}"', of.currency) if of.currency else ""
    told = (of.of, currency, _words(of))
    if not of.url:
        return format_html('\n<span class="number" data-of="{}"{}>{}</span>\n', *told)
    return format_html('\n<a class="number" href="{}" data-of="{}"{}>{}</a>\n', of.url, *told)


def _words(of: Any) -> SafeString:
    if of.value is None:
        return NONE
    if of.kind == "money":
        return money(of.value, of.currency)
    if of.kind == "count":
        return format_html('<data value="{}">{}</data>', int(of.value), number(of.value))
    unit = "%" if of.kind == "percent" else "bd"
    shown = floatformat(of.value, 1)
    return format_html('<data value="{}">{} {}</data>', repr(of.value), shown, unit)


@register.simple_tag
def state(of: str) -> SafeString:
    """A lifecycle state as a badge in its own colour, like `<c-state of="…" />`."""
    kind = kind_of(of)
    sign = icon(ICONS[kind])
    return format_html('\n<span class="badge badge--{}" >{}{}</span>\n', kind, sign, word_of(of))
