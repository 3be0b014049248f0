"""Structured logs: one JSON line an event, with the run and agreement ids that are bound."""

import sys
from typing import Any

import structlog

from portal import env

_FORMATS = {
    "json": structlog.processors.JSONRenderer,
    "text": structlog.dev.ConsoleRenderer,
    "quiet": structlog.dev.ConsoleRenderer,
}
_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.format_exc_info,
]
_FORMAT = env.text("CONCORDAT_LOG") or ("text" if sys.stderr.isatty() else "json")
_LEVEL = "WARNING" if _FORMAT == "quiet" else "INFO"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": _FORMATS.get(_FORMAT, structlog.processors.JSONRenderer)(),
            "foreign_pre_chain": _SHARED,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        name: {"handlers": ["stderr"], "level": _LEVEL, "propagate": False}
        for name in ("portal", "governance", "integrations")
    },
}

structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
