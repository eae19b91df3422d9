"""Notices: transactional mails, one row each, sent through their own queue."""

from __future__ import annotations

from enum import StrEnum


class NoticeKind(StrEnum):
    CONFIRM = "confirm"
    ALREADY_SUBSCRIBED = "already_subscribed"


class NoticeState(StrEnum):
    PENDING = "pending"
    HANDING = "handing"
    SENT = "sent"
    FAILED = "failed"
