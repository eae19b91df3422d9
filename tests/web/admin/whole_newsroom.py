"""A newsroom at work, for the tests that look at the whole admin: the sample articles, and rows of
every kind beside them, so that each page has something to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from pyotp import TOTP
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.schedule import MissReason
from app.domain.segment import Segment
from app.domain.staff import Role
from app.domain.subscription import Cadence, SubscriberState
from app.links import Links, StaffTicket
from app.sealing import Seal
from app.store.engine import make_engine, make_sessions
from app.store.pulse import CLOCK, WORKER, beat
from app.store.tables import Article, Job, MissedRun, ReaderDay, Source, Staff, Topic
from app.usecases.count_readers import count_readers
from app.usecases.export_readers import ask_for_export
from app.usecases.import_in_steps import ask_for_import, start_check
from app.usecases.invite_staff import invite
from app.usecases.load_samples import load_samples
from app.usecases.manage_origins import allow_origin
from app.usecases.manage_schedules import Plan, create_schedule, run_now
from app.usecases.manage_segments import save_segment
from app.usecases.manage_sources import add_source, add_topic
from app.usecases.manage_staff import add_staff
from app.usecases.manage_tokens import create_token
from app.usecases.record_audit import record
from app.usecases.run_job import run_job
from app.usecases.second_step import begin_setup, confirm_setup, waiting_secret
from app.usecases.suppress import SuppressionReason, suppress_address
from app.usecases.upload_readers import keep_upload
from tests.usecases.readers import add_reader
from tests.web.admin.whole_campaigns import fill_campaigns

PASSWORD = "correct horse battery"
OWNERS = {"ar": "huda@levant.example", "en": "omar@levant.example"}
"""Who looks at the pages, by their language."""

CAREFUL = "karim@levant.example"
"""Of whom the login asks a code too."""

READERS = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Newsroom:
    """The numbers of its rows by what they are, and the links that were mailed to its staff."""

    base: str
    rows: Mapping[str, int]
    mailed: Mapping[str, str]


def open_newsroom(settings: Settings) -> Newsroom:
    """Fills the database of `settings`, and commits."""
    engine = make_engine(settings.database_url)
    try:
        return _fill(make_sessions(engine), settings, datetime.now(UTC))
    finally:
        engine.dispose()


def open_empty(settings: Settings) -> None:
    """A newsroom on its first day: its owners, and nothing else. Commits."""
    engine = make_engine(settings.database_url)
    with make_sessions(engine).begin() as session:
        add_owners(session, now=datetime.now(UTC))
    engine.dispose()


def add_owners(session: Session, *, now: datetime) -> dict[str, Staff]:
    """One for each language, with one password that is hashed once."""
    first = add_staff(
        session,
        now=now,
        email=OWNERS["ar"],
        password=PASSWORD,
        role=Role.OWNER,
        name="هدى الخوري",
    )
    second = Staff(
        email=OWNERS["en"],
        email_key=OWNERS["en"],
        password_hash=first.password_hash,
        role=Role.OWNER,
        language="en",
        name="عمر حداد",
        created_at=now,
    )
    session.add(second)
    session.flush()
    return {"ar": first, "en": second}


def _fill(sessions: sessionmaker[Session], settings: Settings, now: datetime) -> Newsroom:
    with sessions.begin() as session:
        owners = add_owners(session, now=now - timedelta(days=30))
        editor = owners["ar"].id
    load_samples(sessions, settings, now=now, feed_url=f"{settings.base_url}/samples/feed.xml")
    with sessions.begin() as session:
        rows = _people(session, settings, now) | _readers(session, settings, now)
        rows |= _sources(session, now)
        rows["article"] = session.scalars(
            select(Article.id).order_by(Article.published_at.desc()).limit(1)
        ).one()
        rows["topic"] = session.scalars(select(Topic.id).where(Topic.slug == "culture")).one()
        rows["bare topic"] = add_topic(session, slug="health", name_ar="صحة", name_en="Health").id
        rows |= _schedules(session, now, editor)
    rows |= fill_campaigns(sessions, settings, now=now, staff_id=editor)
    with sessions.begin() as session:
        _life(session, settings, now)
        token, _ = create_token(session, now=now, name="نظام التحرير", staff_id=editor)
        rows["token"] = token.id
        rows["waiting job"] = _export(session, now, editor)
        rows["job"] = _export(session, now, editor)
        rows["file"] = _upload(session, now, editor)
        rows["check"] = _upload(session, now, editor)
        start_check(session, session.get_one(Job, rows["check"]))
        rows["origin"] = allow_origin(
            session, now=now, typed="https://levant.example", staff_id=editor
        ).id
        links = Links(settings)
        invited = session.get_one(Staff, rows["invited"])
        tickets = {
            staff.id: StaffTicket(staff_id=staff.id, version=staff.session_version, at=now)
            for staff in (invited, session.get_one(Staff, rows["member"]))
        }
    for name in ("job", "check"):
        run_job(sessions, settings, links, now=now, job_id=rows[name])
    with sessions.begin() as session:
        rows["import"] = ask_for_import(
            session, now=now, staff_id=editor, check_id=rows["check"], consent="استمارة المعرض"
        ).id
    run_job(sessions, settings, links, now=now, job_id=rows["import"])
    return Newsroom(
        base=settings.base_url,
        rows=rows,
        mailed={
            "invitation": _path(settings, links.invitation_url(tickets[rows["invited"]])),
            "reset": _path(settings, links.reset_url(tickets[rows["member"]])),
        },
    )


def _path(settings: Settings, url: str) -> str:
    return url.removeprefix(f"{settings.base_url}/admin/")


def _people(session: Session, settings: Settings, now: datetime) -> dict[str, int]:
    owner = session.scalars(select(Staff).where(Staff.email == OWNERS["ar"])).one()
    member = Staff(
        email="salma@levant.example",
        email_key="salma@levant.example",
        password_hash=owner.password_hash,
        role=Role.AUTHOR,
        name="سلمى حداد",
        created_at=now,
    )
    careful = Staff(
        email=CAREFUL,
        email_key=CAREFUL,
        password_hash=owner.password_hash,
        role=Role.EDITOR,
        name="كريم نصار",
        created_at=now,
    )
    session.add_all((member, careful))
    session.flush()
    seal = Seal(settings)
    begin_setup(session, seal, now=now, staff=careful)
    code = TOTP(waiting_secret(session, seal, staff=careful)).at(now)
    confirm_setup(session, seal, now=now, staff=careful, typed=code)
    invited, _ = invite(
        session,
        now=now,
        email="reem@levant.example",
        role=Role.EDITOR,
        language="ar",
        invited_by=owner,
    )
    for action, kind, number in (
        ("staff.invite", "staff", invited.id),
        ("source.add", "source", 1),
        ("staff.logout", "", None),
    ):
        record(
            session,
            now=now,
            action=action,
            staff_id=owner.id,
            object_type=kind,
            object_id=number,
            ip="192.0.2.7",
        )
    return {"member": member.id, "invited": invited.id}


def _readers(session: Session, settings: Settings, now: datetime) -> dict[str, int]:
    for number in range(READERS):
        add_reader(
            session,
            now - timedelta(days=number),
            f"reader.with.a.long.address.{number}@mail.example",
            cadence=(Cadence.DAILY, Cadence.WEEKLY)[number % 2],
            timezone=("Asia/Beirut", "")[number % 2],
        )
    reader = add_reader(session, now, "nadia@example.org", topic_mask=1, timezone="Asia/Amman")
    gone = add_reader(session, now, "gone@example.org", SubscriberState.UNSUBSCRIBED)
    refused = add_reader(session, now, "full@example.org")
    suppress_address(
        session,
        Links(settings),
        now=now,
        email_key=refused.email_key,
        reason=SuppressionReason.BOUNCED,
        note="550 5.2.2 mailbox full",
    )
    weekly = Segment(cadences=(Cadence.WEEKLY,))
    segment = save_segment(session, now=now, name="قراء النشرة الأسبوعية", segment=weekly)
    return {"reader": reader.id, "gone": gone.id, "suppressed": refused.id, "segment": segment.id}


def _sources(session: Session, now: datetime) -> dict[str, int]:
    """The one of the samples, and one whose feed is broken."""
    good = session.scalars(select(Source)).one()
    bad = add_source(
        session, now=now, url="https://feeds.example/rss.xml", topic="economy", name="وكالة الشرق"
    )
    bad.error_code, bad.error, bad.failures = "http_status", "HTTP 503", 4
    bad.polled_at = now - timedelta(minutes=20)
    return {"source": good.id, "broken source": bad.id}


def _schedules(session: Session, now: datetime, editor: int) -> dict[str, int]:
    zone = "Asia/Beirut"
    made = create_schedule(
        session,
        now=now,
        created_by=editor,
        plan=Plan(
            name="نشرة المساء",
            cadence=Cadence.DAILY,
            local_time=(now + timedelta(hours=3))
            .astimezone(ZoneInfo(zone))
            .time()
            .replace(second=0, microsecond=0),
            timezone=zone,
            needs_approval=True,
        ),
    )
    session.add(
        MissedRun(
            schedule_id=made.id,
            slot_at=now - timedelta(days=2),
            reason=next(iter(MissReason)),
            noted_at=now,
        )
    )
    run = run_now(session, now=now, schedule_id=made.id, last_seen=0)
    return {"schedule": made.id, "run": run.id}


def _life(session: Session, settings: Settings, now: datetime) -> None:
    """Two months of readers who came and left, a clock that beats, and a worker short of room."""
    count_readers(session, settings, now=now)
    beat(session, CLOCK, "clock@one", now=now)
    beat(session, WORKER, "all@one", now=now, queues=["deliveries"], free=900_000_000)
    today = now.astimezone(ZoneInfo(settings.timezone)).date()
    have = set(session.scalars(select(ReaderDay.day)))
    for back in range(60):
        day = today - timedelta(days=back)
        if day not in have:
            session.add(
                ReaderDay(
                    day=day,
                    active=900 - back * 7,
                    gained=9 + back % 5,
                    lost=back % 4,
                    counted_at=now,
                )
            )


def _export(session: Session, now: datetime, editor: int) -> int:
    return ask_for_export(session, now=now, staff_id=editor, segment=Segment()).id


def _upload(session: Session, now: datetime, editor: int) -> int:
    """A file with a reader, a repeated one, and a line that is none."""
    lines = "البريد,الاسم\nhala@example.org,هالة\nhala@example.org,هالة\nبلا عنوان,سامي\n"
    file = BytesIO(lines.encode())
    return keep_upload(session, now=now, staff_id=editor, name="قراء المعرض.csv", file=file).id
