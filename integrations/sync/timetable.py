"""The rows of django-celery-beat: one per scheduled flow, so that people see it where they look.

Each only rings `integrations.tick`; the dispatcher computes due slots itself, so a row edited by
hand changes when we look, never what is due.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from celery.schedules import ParseException, crontab
from django.db import transaction
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from governance.agreements.models import Agreement
from integrations.sync.dispatch import scheduled
from integrations.sync.schedule import duration

TICK = "integrations.tick"
STANDING = {
    "concordat:tick": (TICK, 5),
    "concordat:scan": ("governance.scan", 15),
    "concordat:seal": ("governance.seal", 60),
    "concordat:verify": ("integrations.verify_cells", 86_400),
}
"""Name → task and seconds: what rings whatever the flows are."""
LOOK = 60
"""Seconds between looks for a cron expression that Celery cannot show."""


def flow_task(slug: str) -> str:
    """The name under which a flow's schedule is listed."""
    return f"flow:{slug}"


def keep_standing() -> None:
    """The tick, the scan of approvals and the sealing of the audit log always ring."""
    for name, (task, seconds) in STANDING.items():
        _keep(name, task, {"interval": _interval(seconds), "crontab": None})


def keep_flows(flows: list[int]) -> None:
    """Bring the rows of these flows to their active agreements; an unscheduled flow has none."""
    wanted = {one.flow: one for one in scheduled(flows)}
    slugs = dict(Agreement.objects.filter(flow__in=flows).values_list("flow", "flow__slug"))
    for flow, slug in slugs.items():
        if flow in wanted:
            _keep(flow_task(slug), TICK, _columns(wanted[flow].schedule))
        else:
            PeriodicTask.objects.filter(name=flow_task(slug)).delete()


def keep_all() -> None:
    """Bring every row to what runs now: a nudge may have been lost while no beat was there."""
    keep_standing()
    keep_flows(list(Agreement.objects.values_list("flow", flat=True).distinct()))


@transaction.atomic
def _keep(name: str, task: str, columns: Mapping[str, Any]) -> None:
    """Only what differs is written, for every write makes each beat load its schedule again."""
    row = PeriodicTask.objects.filter(name=name).first()
    if row is None:
        PeriodicTask.objects.create(name=name, task=task, **columns)
    elif row.task != task or any(getattr(row, key) != value for key, value in columns.items()):
        row.task = task
        for key, value in columns.items():
            setattr(row, key, value)
        row.save()


def _columns(schedule: Mapping[str, Any]) -> dict[str, Any]:
    if schedule.get("every"):
        seconds = int(duration(schedule["every"]).total_seconds())
        return {"interval": _interval(seconds), "crontab": None}
    row = _crontab(schedule["cron"], schedule.get("time_zone", "UTC"))
    return {"interval": None if row else _interval(LOOK), "crontab": row}


def _interval(seconds: int) -> IntervalSchedule:
    row, _ = IntervalSchedule.objects.get_or_create(every=seconds, period=IntervalSchedule.SECONDS)
    return row


def _crontab(text: str, zone: str) -> CrontabSchedule | None:
    """None for what only our own reader understands, such as seconds, `L` or `#`."""
    parts = text.split()
    if len(parts) != 5:
        return None
    minute, hour, day, month, weekday = parts
    try:
        crontab(
            minute=minute, hour=hour, day_of_month=day, month_of_year=month, day_of_week=weekday
        )
    except (ParseException, ValueError):
        return None
    row, _ = CrontabSchedule.objects.get_or_create(
        minute=minute,
        hour=hour,
        day_of_month=day,
        month_of_year=month,
        day_of_week=weekday,
        timezone=ZoneInfo(zone),
    )
    return row
