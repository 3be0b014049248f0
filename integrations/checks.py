"""Refuses to start on Celery settings under which the guarantees were never measured."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

REQUIRED: dict[str, Any] = {
    "CELERY_TASK_ACKS_LATE": True,
    "CELERY_TASK_REJECT_ON_WORKER_LOST": True,
    "CELERY_WORKER_PREFETCH_MULTIPLIER": 1,
    "CELERY_TASK_IGNORE_RESULT": True,
    "CELERY_TASK_SERIALIZER": "json",
    "CELERY_ACCEPT_CONTENT": ["json"],
}
SCHEDULER = "integrations.sync.beat:LeasedScheduler"
TRANSPORTS: dict[str, dict[str, Any]] = {
    "memory": {"polling_interval": 0.02},
    "amqp": {"confirm_publish": True},
    "redis": {
        "visibility_timeout": 120,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
    },
}


def celery_settings(**_: Any) -> list[CheckMessage]:
    """One error per setting that is not as RUNTIME's measurements require."""
    wrong = [
        Error(f"{name} is {_told(name)!r}; set it to {value!r}", id="integrations.E001")
        for name, value in REQUIRED.items()
        if _told(name) != value
    ]
    return [*wrong, *_transport(), *_scheduler()]


def _told(name: str) -> Any:
    return getattr(settings, name, None)


def _transport() -> list[CheckMessage]:
    scheme = str(_told("CELERY_BROKER_URL") or "").split("://")[0]
    kind = next((name for name in TRANSPORTS if name in scheme), None)
    if kind is None:
        return [
            Error(
                f"CELERY_BROKER_URL begins with {scheme!r}; use memory://, amqp://… or redis://…",
                id="integrations.E002",
            )
        ]
    options = _told("CELERY_BROKER_TRANSPORT_OPTIONS") or {}
    return [
        Error(
            f"CELERY_BROKER_TRANSPORT_OPTIONS[{name!r}] is {options.get(name)!r}; "
            f"on {kind} set it to {value!r}",
            id="integrations.E003",
        )
        for name, value in TRANSPORTS[kind].items()
        if options.get(name) != value
    ]


def _scheduler() -> list[CheckMessage]:
    """Without the lease a second beat only makes noise, because the slot's row decides."""
    found = _told("CELERY_BEAT_SCHEDULER")
    if found == SCHEDULER:
        return []
    told = f"CELERY_BEAT_SCHEDULER is {found!r}; set it to {SCHEDULER!r}, so that a spare stands by"
    return [Warning(told, id="integrations.W004")]
