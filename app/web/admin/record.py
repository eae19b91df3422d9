"""Audit rows of what is done in admin, with who and from where filled in; and the mails that tell
the owner of an account what was done to it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import g, request

from app import queue
from app.domain.device import device_of
from app.store.tables import AuditEvent, Staff
from app.usecases.record_audit import record
from app.usecases.warn_staff import warn_staff
from app.web import scope


def audit(
    action: str, *, object_type: str = "", object_id: int | None = None, **detail: Any
) -> AuditEvent:
    """Adds an event to the request's transaction."""
    return record(
        scope.session(),
        now=scope.now(),
        action=action,
        staff_id=g.staff.id if g.staff is not None else None,
        object_type=object_type,
        object_id=object_id,
        detail=detail,
        ip=request.remote_addr,
    )


def audit_and_warn(staff: Staff, action: str, **detail: Any) -> list[tuple[str, int]]:
    """Adds an event about an account and the mail that tells its owner; gives what the caller's
    `scope.commit` is to ask for."""
    event = audit(action, object_type="staff", object_id=staff.id, **detail, **this_device())
    notice = warn_staff(scope.session(), now=scope.now(), staff=staff, event=event)
    return [(queue.SEND_NOTICE, notice.id)] if notice is not None else []


def this_device() -> dict[str, dict[str, str]]:
    """What the browser of this request is, as far as it is known, for the audit."""
    device = device_of(request.headers.get("User-Agent", ""))
    return {"device": asdict(device)} if device.browser or device.system else {}
