"""A mail to one of the staff, as a row that waits to be sent."""

from __future__ import annotations

from datetime import datetime

from app.domain.notice import NoticeKind, NoticeState
from app.store.tables import Notice, Staff


def staff_notice(
    staff: Staff, *, now: datetime, kind: NoticeKind, language: str = "", **about: int
) -> Notice:
    """Due at once, in the language of its reader if none is given; not added to the session.
    `about` names the rows that it tells of: campaign_id, job_id, event_id or test_mail_id."""
    return Notice(
        kind=kind,
        email=staff.email,
        language=language or staff.language,
        staff_id=staff.id,
        state=NoticeState.PENDING,
        created_at=now,
        retry_at=now,
        **about,
    )
