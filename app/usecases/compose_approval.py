"""What the mail says that asks an editor to approve a run: the edition's subject, its articles,
when it goes out, until when one may decide, and where. Called by `compose_notice`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.arabic import date_line
from app.domain.brand import Brand
from app.domain.schedule import read_zone
from app.links import Links
from app.mail.clean import clean_text, clipped
from app.store.tables import Campaign, Notice, Schedule
from app.usecases.compose_edition import coming_candidates, load_articles
from app.usecases.manage_brand import read_brand
from app.usecases.preview_edition import mail_for_all

_ARTICLES_NAMED = 12
_HEADLINE_LENGTH = 120


def approval_values(
    session: Session, notice: Notice, settings: Settings, links: Links
) -> Mapping[str, Any]:
    """The values of the notice's templates, as the draft is now. The names in it are those of the
    newsroom and its feeds, cleaned; it goes to the staff alone."""
    assert notice.campaign_id is not None
    run = session.get_one(Campaign, notice.campaign_id)
    schedule = session.get(Schedule, run.schedule_id) if run.schedule_id else None
    now = notice.created_at
    mail = mail_for_all(session, settings, now=now, campaign=run)
    fresh = coming_candidates(session, run, now=now).fresh_ids
    named = load_articles(
        session, fresh[:_ARTICLES_NAMED], language=run.language, base_url=settings.base_url
    )
    brand = read_brand(session, settings)
    zone = schedule.timezone if schedule else settings.timezone
    slot, limit = run.slot_at or now, run.approve_by or run.slot_at or now
    return {
        "schedule_name": clean_text(schedule.name if schedule else brand.site_name),
        "edition_subject": mail.subject if mail else clean_text(brand.site_name),
        "articles": [
            (clipped(one.headline, _HEADLINE_LENGTH), clean_text(one.topic)) for one in named
        ],
        "count": len(fresh),
        "rest": len(fresh) - len(named),
        "slot_day": _day(slot, zone, notice.language, brand),
        "slot_clock": _clock(slot, zone),
        "limit_day": _day(limit, zone, notice.language, brand),
        "limit_clock": _clock(limit, zone),
        "approval_url": links.approval_url(run.id),
    }


def _day(moment: datetime, zone: str, language: str, brand: Brand) -> str:
    return date_line(
        moment,
        zone=zone,
        language=language,
        digit_family=brand.digits,
        months=brand.months,
    )


def _clock(moment: datetime, zone: str) -> str:
    return moment.astimezone(read_zone(zone)).strftime("%H:%M")
