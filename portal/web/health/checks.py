"""What must hold for this installation to do its work; each check tells one thing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

from integrations.sync import queries

OLDEST_DUE_SECONDS = 120.0
"""A due row older than this says that nothing works on what is due."""
BROKER_SECONDS = 2
Check = dict[str, Any]


def database(now: datetime) -> Check:
    """Whether it answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return {"ok": False, "why": f"the database does not answer: {type(error).__name__}"}
    return {"ok": True, "vendor": connection.vendor}


def broker(now: datetime) -> Check:
    """Whether nudges can be sent."""
    with current_app.connection_for_write() as link:
        try:
            link.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
        except OperationalError as error:
            return {"ok": False, "why": f"the broker does not answer: {error}"[:200]}
        return {"ok": True, "transport": link.transport.driver_type}


def work(now: datetime) -> Check:
    """The one sign of life of the runtime: how old the oldest due row is."""
    health = queries.health(now=now)
    age = round(health.oldest_due_seconds, 1)
    check: Check = {
        "ok": age <= OLDEST_DUE_SECONDS,
        "oldest_due_seconds": age,
        "open_runs": health.open_runs,
        "overdue_leases": health.overdue_leases,
    }
    return check if check["ok"] else check | {"why": "no worker takes what is due"}


def beat(now: datetime) -> Check:
    """Whether somebody rings; without it, due slots are only seen when something else rings."""
    lease = queries.beat()
    if lease is None or not lease.alive:
        return {"ok": False, "why": "no beat holds the lease"}
    return {"ok": True, "until": lease.until.isoformat()}


CHECKS: dict[str, Callable[[datetime], Check]] = {
    "database": database,
    "broker": broker,
    "work": work,
    "beat": beat,
}
"""In this order; without a database the rest cannot be told."""


def run(now: datetime) -> dict[str, Check]:
    """The result of every check that could be made."""
    results: dict[str, Check] = {}
    for name, check in CHECKS.items():
        results[name] = check(now)
        if name == "database" and not results[name]["ok"]:
            break
    return results
