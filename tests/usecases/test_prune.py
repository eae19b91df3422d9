from __future__ import annotations

import os
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.bounce import BounceKind, Failure
from app.domain.campaign import CampaignState
from app.domain.schedule import MissReason
from app.domain.staff import Role
from app.domain.subscription import Cadence, ConsentKind
from app.store.bounces import find_delivered, keep_bounce
from app.store.pictures import note_shown, want
from app.store.tables import (
    BounceTally,
    Campaign,
    ConsentEvent,
    Delivery,
    MissedRun,
    Picture,
    Signup,
    Staff,
)
from app.usecases.fetch_pictures import keep_picture
from app.usecases.manage_schedules import Plan, create_schedule
from app.usecases.prune import (
    KEEP_DELIVERIES,
    KEEP_IP_AND_AGENT,
    KEEP_MISSED_RUNS,
    KEEP_UNCONFIRMED_SIGNUPS,
    prune,
)
from app.usecases.staff_sessions import ABSOLUTE, IDLE, open_session, start_session
from tests.pictures.drawings import drawing, encoded
from tests.store.ledger_rows import add_campaign, add_readers


def test_only_what_is_past_its_time_goes(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> None:
    old = add_campaign(session, now, readers=3).campaign_id
    young = add_campaign(session, now, readers=2).campaign_id
    for campaign, age in ((old, KEEP_DELIVERIES * 1.1), (young, KEEP_DELIVERIES * 0.9)):
        session.execute(
            update(Campaign)
            .where(Campaign.id == campaign)
            .values(state=CampaignState.FINISHED, finished_at=now - age)
        )
    for age in (KEEP_UNCONFIRMED_SIGNUPS * 1.1, KEEP_UNCONFIRMED_SIGNUPS * 0.9):
        session.add(
            Signup(
                email="a@example.org",
                email_key="a@example.org",
                cadence=Cadence.DAILY,
                language="ar",
                wording="w",
                wording_version="1",
                place="form",
                asked_at=now - age,
            )
        )
    for ordinal, age in ((1, KEEP_DELIVERIES * 1.1), (2, KEEP_DELIVERIES * 0.9)):
        of = find_delivered(session, young, ordinal)
        assert of is not None
        keep_bounce(session, of, BounceKind.SOFT, Failure(status="", words=""), now=now - age)
    session.commit()
    removed = prune(sessions, settings, now=now)
    assert (removed.deliveries, removed.bounces, removed.signups) == (3, 1, 1)
    assert session.get_one(BounceTally, young).soft == 2, "what is counted stays"
    left = session.scalars(select(Delivery.campaign_id).distinct()).all()
    assert left == [young]
    again = prune(sessions, settings, now=now)
    assert (again.deliveries, again.signups) == (0, 0)


def test_consent_stays_and_forgets_where_it_was_given(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> None:
    (reader,) = add_readers(session, 1, now)
    for age in (KEEP_IP_AND_AGENT * 1.1, timedelta(days=1)):
        session.add(
            ConsentEvent(
                subscriber_id=reader,
                kind=ConsentKind.CONFIRMED,
                at=now - age,
                cadence=Cadence.DAILY,
                topic_mask=0,
                ip="192.0.2.7",
                user_agent="browser",
            )
        )
    session.commit()
    assert prune(sessions, settings, now=now).traces == 1
    kept = session.scalar(
        select(func.count()).where(ConsentEvent.ip.is_not(None)).select_from(ConsentEvent)
    )
    assert kept == 1
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text("update consent_event set place = 'elsewhere'"))


def test_old_journals_are_removed(
    sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> None:
    settings.journal_dir.mkdir()
    for name, age in (("old.journal", 3 * 86_400), ("new.journal", 60)):
        path = settings.journal_dir / name
        path.write_text("")
        then = path.stat().st_mtime - age
        os.utime(path, (then, then))
    assert prune(sessions, settings, now=now).journals == 1
    assert [path.name for path in settings.journal_dir.glob("*.journal")] == ["new.journal"]


def test_a_picture_goes_when_no_article_asks_and_no_edition_shows_it(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> None:
    long_ago = now - timedelta(days=settings.picture_days + 1)
    for number, name in enumerate(("forgotten", "in a mail", "asked for again")):
        data = encoded(drawing(300 + number, 200))
        keep_picture(session, now=long_ago, url=f"https://a.example/{name}", data=data)
    want(session, ["https://a.example/never came"], now=long_ago)
    want(session, ["https://a.example/asked for again"], now=now)
    campaign = add_campaign(session, now, readers=1).campaign_id
    shown = session.scalar(select(Picture.name).where(Picture.url == "https://a.example/in a mail"))
    note_shown(session, campaign, [shown])
    session.commit()
    assert prune(sessions, settings, now=now).pictures == 2
    left = session.scalars(select(Picture.url).order_by(Picture.id)).all()
    assert left == ["https://a.example/in a mail", "https://a.example/asked for again"]


def test_sessions_that_open_nothing_go_with_where_they_were_used_from(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> None:
    staff = Staff(
        email="a@levant.example",
        email_key="a@levant.example",
        password_hash="",
        role=Role.VIEWER,
        created_at=now,
    )
    session.add(staff)
    session.flush()
    made = [
        start_session(session, now=now, staff=staff, ip="192.0.2.7", user_agent="browser")
        for _ in range(3)
    ]
    ages = ((IDLE * 1.1, IDLE * 1.1), (ABSOLUTE * 1.1, IDLE * 0), (IDLE * 2, IDLE / 2))
    for (row, _), (opened, seen) in zip(made, ages, strict=True):
        row.opened_at, row.seen_at = now - opened, now - seen
    session.commit()
    assert prune(sessions, settings, now=now).sessions == 2
    found = [open_session(session, now=now, secret=secret) for _, secret in made]
    assert [one is not None for one in found] == [False, False, True]


def test_missed_slots_are_told_of_for_a_year(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime
) -> None:
    plan = Plan(name="اليومية", cadence=Cadence.DAILY, local_time=now.time(), timezone="UTC")
    schedule = create_schedule(session, now=now, plan=plan)
    slots = [now - KEEP_MISSED_RUNS * age for age in (1.01, 0.99)]
    session.add_all(
        MissedRun(schedule_id=schedule.id, slot_at=slot, reason=MissReason.PAUSED, noted_at=slot)
        for slot in slots
    )
    session.commit()
    assert prune(sessions, settings, now=now).missed_runs == 1
    assert session.scalars(select(MissedRun.slot_at)).all() == slots[1:]
