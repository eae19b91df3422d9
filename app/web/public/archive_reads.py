"""What the archive's pages ask the database: editions that went out and may be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import cast

from app.domain.archive import ARCHIVED
from app.store.tables import Campaign, Edition
from app.web.public.shown import Shown, shown

PAGE_LENGTH = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some editions, newest first; pages are numbered from 1."""

    items: Sequence[Shown]
    number: int
    pages: int
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """A month with editions, by its first day."""

    first: date
    editions: int


def visible() -> Select[Edition]:
    """Editions of campaigns that went out and are public, newest first."""
    return (
        select(Edition)
        .join(Campaign, Campaign.id == Edition.campaign_id)
        .where(Campaign.public, Campaign.state.in_(ARCHIVED))
        .order_by(Edition.sent_at.desc(), Edition.campaign_id.desc())
    )


def in_month(first: date, zone: str) -> Select[Edition]:
    """The visible editions of a month on the site's calendar."""
    place = ZoneInfo(zone)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    start, end = (datetime(day.year, day.month, 1, tzinfo=place) for day in (first, following))
    return visible().where(Edition.sent_at >= start, Edition.sent_at < end)


def with_words(words: Sequence[str]) -> Select[Edition]:
    """The visible editions that have, for each of the folded words, one that begins with it."""
    query = " & ".join(f"'{word}':*" for word in words)
    return visible().where(Edition.searchable.op("@@")(cast(query, TSQUERY)))


def page_of(session: Session, query: Select[Edition], number: int) -> Page | None:
    """One page of a query's editions, or None where it has no such page."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // PAGE_LENGTH))
    if not 1 <= number <= pages:
        return None
    rows = session.scalars(query.limit(PAGE_LENGTH).offset((number - 1) * PAGE_LENGTH)).all()
    return Page(items=shown(session, rows), number=number, pages=pages, total=total)


def months(session: Session, zone: str) -> list[Month]:
    """The months that have editions, newest first, by the site's calendar."""
    local = func.timezone(zone, Edition.sent_at)
    rows = session.execute(
        visible()
        .order_by(None)
        .with_only_columns(func.date_trunc("month", local), func.count())
        .group_by(text("1"))
        .order_by(text("1 desc"))
    )
    return [Month(first=moment.date(), editions=count) for moment, count in rows]


def find_edition(session: Session, campaign_id: int) -> Shown | None:
    return _one(session, visible().where(Edition.campaign_id == campaign_id))


def newest(session: Session, count: int) -> list[Shown]:
    return shown(session, session.scalars(visible().limit(count)).all())


def neighbours(session: Session, edition: Shown) -> tuple[Shown | None, Shown | None]:
    """The visible editions before and after this one."""
    place = tuple_(Edition.sent_at, Edition.campaign_id)
    here = (edition.sent_at, edition.campaign_id)
    after = visible().where(place > here).order_by(None)
    return (
        _one(session, visible().where(place < here)),
        _one(session, after.order_by(Edition.sent_at, Edition.campaign_id)),
    )


def _one(session: Session, query: Select[Edition]) -> Shown | None:
    found = session.scalar(query.limit(1))
    return next(iter(shown(session, [found])), None) if found is not None else None


def last_change(session: Session) -> datetime | None:
    """When any edition was last written, hidden, shown, or its campaign ended: what is derived
    from the visible editions is as old as this."""
    changed = func.max(func.greatest(Edition.changed_at, Campaign.finished_at))
    found: datetime | None = session.scalar(
        select(changed).select_from(Edition).join(Campaign, Campaign.id == Edition.campaign_id)
    )
    return found
