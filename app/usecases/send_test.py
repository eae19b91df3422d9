"""Test mails: a campaign's mail to people of the staff, marked so that nobody takes it for the
edition. What was looked at is kept with the request and sent as notices, by the transactional
worker.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.notice import NoticeKind
from app.mail.content import RenderedMail
from app.mail.render import marked_as_test
from app.store.tables import Campaign, Notice, Staff, TestMail
from app.usecases.staff_notice import staff_notice

MOST_AN_HOUR = 60
"""Test mails of one campaign: a mailbox that gets more of the same thing takes it for spam."""


class TestRefused(Exception):
    """Nothing was asked for. `code` is "nobody" (no open account among those chosen) or
    "too_many" (`MOST_AN_HOUR`)."""

    __test__ = False

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def request_test(
    session: Session,
    *,
    now: datetime,
    campaign: Campaign,
    mail: RenderedMail,
    staff_ids: Collection[int],
    asked_by: int | None,
) -> list[Notice]:
    """One notice for each of these people, flushed; the caller enqueues them after the commit.
    `mail` is what is shown, without slots. Raises `TestRefused`."""
    people = session.scalars(
        select(Staff).where(Staff.id.in_(staff_ids), Staff.active).order_by(Staff.id)
    ).all()
    if not people:
        raise TestRefused("nobody")
    lately = session.scalar(
        select(func.count())
        .select_from(Notice)
        .join(TestMail, TestMail.id == Notice.test_mail_id)
        .where(TestMail.campaign_id == campaign.id, Notice.created_at > now - timedelta(hours=1))
    )
    if (lately or 0) + len(people) > MOST_AN_HOUR:
        raise TestRefused("too_many")
    marked = marked_as_test(mail, campaign.language)
    test = TestMail(
        campaign_id=campaign.id,
        subject=marked.subject,
        html=marked.html,
        text=marked.text,
        created_at=now,
        created_by=asked_by,
    )
    session.add(test)
    session.flush()
    notices = [
        staff_notice(
            one,
            now=now,
            kind=NoticeKind.TEST,
            language=campaign.language,
            campaign_id=campaign.id,
            test_mail_id=test.id,
        )
        for one in people
    ]
    session.add_all(notices)
    session.flush()
    return notices
