"""Notices: transactional mails, one row each, sent through their own queue."""

from __future__ import annotations

from enum import StrEnum


class NoticeKind(StrEnum):
    CONFIRM = "confirm"
    ALREADY_SUBSCRIBED = "already_subscribed"
    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 a name, not a secret
    APPROVAL = "approval"
    EXPORT_READY = "export_ready"
    SECURITY = "security"
    TEST = "test"


class NoticeState(StrEnum):
    PENDING = "pending"
    HANDING = "handing"
    SENT = "sent"
    FAILED = "failed"
