"""What a newcomer finds: topics, a source of sample articles, schedules, and the first login.

The articles take the ordinary road: the site serves the feed, it is added as a source, fetched
and ingested. A database that has a source or a login already keeps its own.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, time
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.samples.feed import sample_articles, sample_image
from app.store.tables import Article, Schedule, Source, Staff, Topic
from app.usecases.fetch_pictures import keep_picture
from app.usecases.ingest_sources import ingest_source
from app.usecases.manage_schedules import Plan, create_schedule
from app.usecases.manage_sources import add_source, ensure_default_topics
from app.usecases.manage_staff import add_staff

FEED_PATH = "/samples/feed.xml"

_SOURCE_NAME = "مقالات نموذجية"
_LOGIN_NAME = "owner"
_FRIDAY = 4
_SCHEDULES = (
    ("نشرة الصباح", Cadence.DAILY, None, time(7)),
    ("حصاد الأسبوع", Cadence.WEEKLY, _FRIDAY, time(9)),
    ("فور النشر", Cadence.INSTANT, None, time(0)),
)
"""One for each pace that the sign-up form offers, so that every reader is written to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Samples:
    """`password` is empty when there was a login before; `login` is then the oldest owner's.
    `problem` is the code of what the source's fetching ran into."""

    articles: int
    topics: int
    problem: str = ""
    login: str
    password: str = field(default="", repr=False)


def load_samples(
    sessions: sessionmaker[Session], settings: Settings, *, now: datetime, feed_url: str
) -> Samples:
    """Loads what is missing, in transactions of its own. May be repeated.

    `feed_url` is where the site serves the sample feed now; a source that was made on another
    port is moved there.
    """
    with sessions.begin() as session:
        fresh = _sample_source(session, now=now, feed_url=feed_url)
        source_id = fresh.id if fresh is not None else None
    report = None
    if source_id is not None:
        report = ingest_source(sessions, settings, now=now, source_id=source_id)
        with sessions.begin() as session:
            _keep_pictures(session, settings, now=now)
    with sessions.begin() as session:
        login, password = _first_login(session, settings, now=now)
        if source_id is not None:
            _first_schedules(session, settings, now=now)
        return Samples(
            articles=session.scalar(select(func.count(Article.id))) or 0,
            topics=session.scalar(select(func.count(Topic.id))) or 0,
            problem=report.error if report is not None else "",
            login=login,
            password=password,
        )


def _sample_source(session: Session, *, now: datetime, feed_url: str) -> Source | None:
    """The source of the samples when it has never been fetched well; None when there is
    nothing to fetch now."""
    for source in session.scalars(select(Source)):
        if urlsplit(source.url).path == FEED_PATH:
            source.url = feed_url
            return source if source.succeeded_at is None else None
    if session.scalar(select(Source.id).limit(1)) is not None:
        return None
    ensure_default_topics(session)
    topic = session.scalar(select(Topic.slug).order_by(Topic.position).limit(1))
    assert topic is not None
    return add_source(session, now=now, url=feed_url, topic=topic, name=_SOURCE_NAME)


def _keep_pictures(session: Session, settings: Settings, *, now: datetime) -> None:
    """The samples' pictures are at hand: no mail needs to wait for a worker to fetch them."""
    for name in {article.image for article in sample_articles() if article.image}:
        path = sample_image(f"{name}.png")
        assert path is not None
        url = f"{settings.base_url}/samples/{path.name}"
        keep_picture(session, now=now, url=url, data=path.read_bytes())


def _first_schedules(session: Session, settings: Settings, *, now: datetime) -> None:
    """Schedules for a newsroom that has none."""
    if session.scalar(select(Schedule.id).limit(1)) is not None:
        return
    for name, cadence, weekday, local_time in _SCHEDULES:
        create_schedule(
            session,
            now=now,
            plan=Plan(
                name=name,
                cadence=cadence,
                weekday=weekday,
                local_time=local_time,
                timezone=settings.timezone,
                language=settings.language,
            ),
        )


def _first_login(session: Session, settings: Settings, *, now: datetime) -> tuple[str, str]:
    """Address and password of the first owner; the password is empty when there is one."""
    oldest = session.scalar(
        select(Staff).where(Staff.role == Role.OWNER).order_by(Staff.id).limit(1)
    )
    if oldest is not None:
        return oldest.email, ""
    password = secrets.token_urlsafe(12)
    domain = settings.mail_from.partition("@")[2]
    made = add_staff(
        session,
        now=now,
        email=f"{_LOGIN_NAME}@{domain}",
        password=password,
        role=Role.OWNER,
        name="",
    )
    return made.email, password
