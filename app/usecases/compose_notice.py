"""What a notice says, made of its row when it is sent: each kind has its own values.

Links in it are signed anew from ids, so that no row holds a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.job import KEEP_FILES
from app.domain.notice import NoticeKind
from app.domain.staff import INVITATION_LIFE
from app.links import Links, StaffTicket
from app.mail.content import NoticeContext, RenderedMail
from app.mail.render import render_notice
from app.store.tables import Notice, Staff, TestMail
from app.usecases.compose_approval import approval_values
from app.usecases.manage_brand import read_brand
from app.usecases.warn_staff import security_values

Values = Mapping[str, Any]


def compose_notice(
    session: Session, notice: Notice, *, settings: Settings, links: Links
) -> RenderedMail:
    """The mail of one notice, with the brand as it is now; a test of a campaign is what was
    looked at when it was asked for."""
    if notice.test_mail_id is not None:
        test = session.get_one(TestMail, notice.test_mail_id)
        return RenderedMail(subject=test.subject, html=test.html, text=test.text)
    values = _VALUES[notice.kind](session, notice, settings, links)
    context = NoticeContext(language=notice.language, values=values)
    return render_notice(notice.kind, context, brand=read_brand(session, settings))


def _confirm(_session: Session, notice: Notice, settings: Settings, links: Links) -> Values:
    assert notice.signup_id is not None
    return {"confirm_url": links.confirm_url(notice.signup_id), "days": settings.confirm_days}


def _already_subscribed(
    _session: Session, notice: Notice, _settings: Settings, links: Links
) -> Values:
    assert notice.subscriber_id is not None
    return {"preferences_url": links.preferences_url(notice.subscriber_id)}


def _invitation(session: Session, notice: Notice, settings: Settings, links: Links) -> Values:
    staff = _receiver(session, notice)
    host = session.get(Staff, staff.invited_by) if staff.invited_by else None
    return {
        "invitation_url": links.invitation_url(_ticket(staff, notice)) + _tongue(notice, settings),
        "role": staff.role.value,
        "host": (host.name or host.email) if host else "",
        "days": INVITATION_LIFE.days,
    }


def _password_reset(session: Session, notice: Notice, settings: Settings, links: Links) -> Values:
    staff = _receiver(session, notice)
    return {"reset_url": links.reset_url(_ticket(staff, notice)) + _tongue(notice, settings)}


def _tongue(notice: Notice, settings: Settings) -> str:
    """The page behind a link speaks as the mail did."""
    return "" if notice.language == settings.language else f"?lang={notice.language}"


def _receiver(session: Session, notice: Notice) -> Staff:
    assert notice.staff_id is not None
    return session.get_one(Staff, notice.staff_id)


def _ticket(staff: Staff, notice: Notice) -> StaffTicket:
    return StaffTicket(staff_id=staff.id, version=staff.session_version, at=notice.created_at)


def _export_ready(_session: Session, notice: Notice, settings: Settings, _links: Links) -> Values:
    return {
        "job_url": f"{settings.base_url}/admin/jobs/{notice.job_id}",
        "days": KEEP_FILES.days,
    }


_VALUES: Mapping[NoticeKind, Callable[[Session, Notice, Settings, Links], Values]] = {
    NoticeKind.CONFIRM: _confirm,
    NoticeKind.ALREADY_SUBSCRIBED: _already_subscribed,
    NoticeKind.INVITATION: _invitation,
    NoticeKind.PASSWORD_RESET: _password_reset,
    NoticeKind.APPROVAL: approval_values,
    NoticeKind.EXPORT_READY: _export_ready,
    NoticeKind.SECURITY: security_values,
}
