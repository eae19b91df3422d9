"""Tells somebody of the staff by mail what happened to their account, and what to do if it was
not they: another password, second step, passkeys or role, and a login from a new device.

The mail is made of the line of the audit. Nothing is mailed of what somebody has to be logged in
to notice anyway (a session ended, a name), nor of a closed account, whose owner can do nothing
about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.arabic import date_line
from app.domain.notice import NoticeKind
from app.domain.schedule import read_zone
from app.links import Links
from app.mail.clean import clean_text
from app.store.tables import AuditEvent, Notice, Staff
from app.usecases.manage_brand import read_brand
from app.usecases.staff_notice import staff_notice

TOLD = (
    "staff.login",
    "staff.passkey_add",
    "staff.passkey_remove",
    "staff.password",
    "staff.password_by_mail",
    "staff.recovery_codes",
    "staff.role",
    "staff.second_step_cleared",
    "staff.second_step_off",
    "staff.second_step_on",
)
"""Actions that have a mail; of logins, those from a device that is not known."""


def warn_staff(
    session: Session, *, now: datetime, staff: Staff, event: AuditEvent
) -> Notice | None:
    """The mail about what `event` did to the account, flushed; the caller commits. None for an
    account that nobody can log in with: closed, or invited and not accepted."""
    assert event.action in TOLD, event.action
    if not staff.active or staff.invited_at is not None:
        return None
    session.flush()
    notice = staff_notice(staff, now=now, kind=NoticeKind.SECURITY, event_id=event.id)
    session.add(notice)
    session.flush()
    return notice


def was_used_before(session: Session, staff: Staff) -> bool:
    """Whether somebody has done anything with this account yet: a first login is no news."""
    return bool(session.scalar(select(exists().where(AuditEvent.staff_id == staff.id))))


def security_values(
    session: Session, notice: Notice, settings: Settings, links: Links
) -> Mapping[str, Any]:
    """The values of the notice's templates. `done_by` is who did it, where it was somebody else;
    `browser` and `system` are names of products, never what a browser says of itself."""
    event = session.get_one(AuditEvent, notice.event_id)
    brand = read_brand(session, settings)
    other = event.staff_id != notice.staff_id and event.staff_id is not None
    host = session.get(Staff, event.staff_id) if other else None
    by_operator = event.staff_id is None and event.ip is None and "device" not in event.detail
    device = event.detail.get("device", {})
    what = event.action.removeprefix("staff.")
    return {
        "what": what,
        "done_by": clean_text(host.name or host.email) if host else "",
        "by_operator": by_operator,
        "role": event.detail.get("after", ""),
        "event_day": date_line(
            event.at,
            zone=settings.timezone,
            language=notice.language,
            digit_family=brand.digits,
            months=brand.months,
        ),
        "event_clock": event.at.astimezone(read_zone(settings.timezone)).strftime("%H:%M"),
        "browser": device.get("browser", ""),
        "system": device.get("system", ""),
        "ip": "" if host else event.ip or "",
        "security_url": links.account_url() if what == "role" else links.forgot_url(),
    }
