"""Wake-ups: told by task name after commit, so that services never import tasks."""

from functools import partial
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError

logger = structlog.get_logger(__name__)


def nudge(task: str, **kwargs: Any) -> None:
    """Send `task` once the current transaction has committed; losing it is harmless."""
    transaction.on_commit(partial(_send, task, kwargs))


def _send(task: str, kwargs: dict[str, Any]) -> None:
    """A broker that is down must not undo what was committed: the sweeper looks again."""
    try:
        current_app.send_task(task, kwargs=kwargs, ignore_result=True, retry=False)
    except (OSError, KombuError):
        logger.warning("broker unreachable; the sweeper will look again", task=task)
