"""Writes the append-only audit: who did what to which object, in the transaction that does it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.store.tables import AuditEvent


def record(
    session: Session,
    *,
    now: datetime,
    action: str,
    staff_id: int | None = None,
    object_type: str = "",
    object_id: int | None = None,
    detail: dict[str, Any] | None = None,
    ip: str | None = None,
) -> AuditEvent:
    """Adds one event; `staff_id` None is the command line or somebody who is not logged in.

    `action` is `object.verb` ("campaign.send"); `detail` must be JSON and hold no secret. The
    event is kept or lost with the caller's transaction, so nothing is told that did not happen.
    """
    event = AuditEvent(
        at=now,
        staff_id=staff_id,
        action=action,
        object_type=object_type,
        object_id=object_id,
        detail=detail or {},
        ip=ip,
    )
    session.add(event)
    return event
