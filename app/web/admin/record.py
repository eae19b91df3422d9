"""Audit rows of what is done in admin: the use case's, with who and from where filled in."""

from __future__ import annotations

from typing import Any

from flask import g, request

from app.usecases.record_audit import record
from app.web import scope


def audit(
    action: str, *, object_type: str = "", object_id: int | None = None, **detail: Any
) -> None:
    """Adds an event to the request's transaction."""
    record(
        scope.session(),
        now=scope.now(),
        action=action,
        staff_id=g.staff.id if g.staff is not None else None,
        object_type=object_type,
        object_id=object_id,
        detail=detail,
        ip=request.remote_addr,
    )
