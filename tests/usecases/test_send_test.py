"""Test mails: marked, the campaign's own mail, to people of the staff, and not without end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignKind
from app.domain.notice import NoticeState
from app.domain.staff import Role
from app.links import Links
from app.mail.content import RenderedMail
from app.mail.transport import Message, Observer, Outcome, OutcomeKind, Source
from app.store.tables import Campaign, Notice, Staff
from app.usecases.manage_campaigns import create_campaign
from app.usecases.manage_staff import add_staff
from app.usecases.preview_edition import preview_campaign
from app.usecases.send_notice import send_notice
from app.usecases.send_test import MOST_AN_HOUR, TestRefused, request_test
from tests.usecases.newsroom import Newsroom


@dataclass
class Kept:
    """A mail server that takes everything."""

    messages: list[Message] = field(default_factory=list)

    def run(self, source: Source, observer: Observer) -> None:
        raise AssertionError("notices are sent one by one")

    def send_one(self, message: Message) -> Outcome:
        self.messages.append(message)
        return Outcome(key=message.key, kind=OutcomeKind.SENT, code=250, reply="ok")


@pytest.fixture
def people(session: Session, now: datetime) -> list[Staff]:
    return [
        add_staff(
            session,
            now=now,
            email=f"{name}@levant.example",
            password="correct horse battery",
            role=Role.EDITOR,
        )
        for name in ("layla", "samer")
    ]


@pytest.fixture
def campaign(session: Session, now: datetime) -> Campaign:
    Newsroom(session, now).article("افتتاح جسر المشاة", "politics")
    return create_campaign(session, now=now, language="ar", kind=CampaignKind.DIGEST)


@pytest.fixture
def mail(session: Session, settings: Settings, campaign: Campaign, now: datetime) -> RenderedMail:
    return preview_campaign(session, settings, now=now, campaign=campaign).mail


def test_a_test_is_the_mail_with_a_mark(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    people: list[Staff],
    campaign: Campaign,
    mail: RenderedMail,
    now: datetime,
) -> None:
    notices = request_test(
        session,
        now=now,
        campaign=campaign,
        mail=mail,
        staff_ids=[one.id for one in people],
        asked_by=people[0].id,
    )
    assert {notice.email for notice in notices} == {one.email for one in people}
    session.commit()
    kept = Kept()
    for notice in notices:
        send_notice(
            sessions,
            kept,
            settings=settings,
            links=Links(settings),
            now=now,
            notice_id=notice.id,
        )
    assert [session.get_one(Notice, n.id, populate_existing=True).state for n in notices] == [
        NoticeState.SENT,
        NoticeState.SENT,
    ]
    message = message_from_bytes(kept.messages[0].data, policy=policy.default)
    subject = str(message["Subject"])
    assert "[تجربة]" in subject[:10]
    assert "افتتاح جسر المشاة" in subject
    html = message.get_body(("html",))
    assert html is not None
    assert html.get_content().replace("\r\n", "\n").strip() == mail.html.strip()
    assert "List-Unsubscribe" not in message, "it is nobody's subscription"


def test_closed_accounts_and_nobody_get_none(
    session: Session, people: list[Staff], campaign: Campaign, mail: RenderedMail, now: datetime
) -> None:
    people[0].active = False
    session.flush()
    with pytest.raises(TestRefused, match="nobody"):
        request_test(
            session,
            now=now,
            campaign=campaign,
            mail=mail,
            staff_ids=[people[0].id, 2**30],
            asked_by=None,
        )


def test_there_is_an_end_to_tests_for_an_hour(
    session: Session, people: list[Staff], campaign: Campaign, mail: RenderedMail, now: datetime
) -> None:
    def ask(moment: datetime) -> int:
        asked = request_test(
            session,
            now=moment,
            campaign=campaign,
            mail=mail,
            staff_ids=[one.id for one in people],
            asked_by=None,
        )
        return len(asked)

    for _ in range(MOST_AN_HOUR // 2):
        assert ask(now) == 2
    with pytest.raises(TestRefused, match="too_many"):
        ask(now + timedelta(minutes=59))
    assert ask(now + timedelta(minutes=61)) == 2
