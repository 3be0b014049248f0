"""Time that is left in business time, by the calendar of whoever owns the case."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from governance import clock
from integrations.cases.clocks import Clocks
from integrations.cases.models import Case
from portal.templatetags.show import due

register = template.Library()
SOON = 2 * 3600


@register.simple_tag
def countdown(case: Case, clocks: Clocks, at: datetime | None = None) -> SafeString:
    """`1 bd 4 h left` or `breached 3 h`; within two hours it counts on by itself."""
    moment, now = at or case.due_at, clock.now()
    calendar = clocks.calendar(case)
    wall = (moment - now).total_seconds()
    if calendar is None:
        return due(moment)
    seconds = int(calendar.seconds_between(now, moment))
    if 0 <= wall < SOON and abs(seconds - wall) < 1:
        return due(moment)
    words = business(abs(seconds), calendar.day_seconds)
    late = wall < 0
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>',
        moment.isoformat(),
        f"{local.day} {local:%B %Y %H:%M:%S %Z}; business time of {calendar.zone.key}",
        SafeString(' class="bad"')
        if late
        else SafeString(' class="warn"' if seconds < SOON else ""),
        f"breached {words}" if late else f"{words} left",
    )


def business(seconds: int, day_seconds: int) -> str:
    """`2 bd 4 h`: days of business, then hours; minutes below an hour."""
    days, rest = divmod(seconds, day_seconds)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if days:
        return f"{days} bd {hours} h" if hours else f"{days} bd"
    if hours:
        return f"{hours} h {minutes} m" if minutes else f"{hours} h"
    return f"{minutes} m"
