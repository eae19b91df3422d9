"""Logs: one JSON object a line on standard error, so that a supervisor can keep and search them."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs() -> None:
    """Sets the form of every log line of this process. Called once, by each doorway."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
