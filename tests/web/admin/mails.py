"""What the staff find in their mailbox."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.notice import NoticeKind, NoticeState
from app.links import Links
from app.mail.content import RenderedMail
from app.store.tables import Notice
from app.usecases.compose_notice import compose_notice


def mails(session: Session, settings: Settings, kind: NoticeKind) -> list[RenderedMail]:
    """All that are going out, the oldest first."""
    waiting = session.scalars(
        select(Notice)
        .where(Notice.kind == kind, Notice.state == NoticeState.PENDING)
        .order_by(Notice.id)
    ).all()
    links = Links(settings)
    return [compose_notice(session, one, settings=settings, links=links) for one in waiting]


def link_in(mail: RenderedMail) -> str:
    """The path behind the link of a mail to the staff."""
    found = re.search(r"https://levant\.example(/admin/\w+/\S+)", mail.text)
    assert found is not None
    return found[1]
