"""Looks at the house for home, the metrics and the command line: reads rows that are few, and
asks Redis how long its queues are. Judging is `app.domain.health`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app import queue
from app.config import Settings
from app.domain.bounce import RECENT, Came, Returns
from app.domain.notice import NoticeState
from app.domain.vitals import QUEUES, Checked, Heard, Late, Level, Returned, Vitals
from app.store.pulse import BOUNCES, CLOCK, DNS, SMTP, WORKER, pulses
from app.store.tables import Campaign, FeedbackTally, Notice, Pulse, Source
from app.usecases.check_dns import sending_domain

_LEDGER = text("""
select min(c.due_at) filter (where c.due_at <= :now),
       count(*) filter (where c.state = 'leased' and c.leased_until > :now)
from chunk c join campaign k on k.id = c.campaign_id
where k.state = 'sending' and c.state <> 'done'
""")

# Counts that are kept: a campaign's when it is finished, its bounces' as they come.
_RETURNED = text("""
select coalesce(nullif(k.subject, ''), e.title, '') as title, k.sent, k.failed,
       coalesce(t.hard, 0) as hard, coalesce(t.soft, 0) as soft,
       coalesce(t.complaint, 0) as complaint
from campaign k
left join bounce_tally t on t.campaign_id = k.id
left join edition e on e.campaign_id = k.id
where k.state = 'finished' and k.finished_at > :since and k.sent is not null
order by k.finished_at desc limit 50
""")

FAILED_LATELY = timedelta(days=1)
_NEWEST = 50

_JOBS = text("""
select count(*) filter (where state <> 'failed'),
       min(coalesce(leased_until, created_at)) filter (where state <> 'failed'),
       count(*) filter (where state = 'failed')
from job where state in ('waiting', 'running') or state = 'failed' and finished_at > :lately
""")


def look(session: Session, settings: Settings, *, now: datetime) -> Vitals:
    """What can be seen now. Waits at most two seconds for a Redis that is away."""
    heard = pulses(session, CLOCK, WORKER, DNS, SMTP, BOUNCES)
    due, in_hands = session.execute(_LEDGER, {"now": now}).one()
    feeds, failing = session.execute(
        select(func.count(), func.count().filter(Source.error_code != "")).where(Source.active)
    ).one()
    jobs, free_since, failed = session.execute(_JOBS, {"lately": now - FAILED_LATELY}).one()
    return Vitals(
        clocks=[_heard(one) for one in heard if one.kind == CLOCK],
        workers=[_heard(one) for one in heard if one.kind == WORKER],
        queues=_queues(settings),
        troubles=session.scalars(
            select(Campaign.trouble)
            .where(Campaign.state == "sending", Campaign.trouble != "")
            .order_by(Campaign.id)
        ).all(),
        delivery_due=due,
        in_hands=in_hands,
        notice=_notice(session),
        feeds=feeds,
        feeds_failing=failing,
        jobs=jobs,
        job_free_since=free_since,
        jobs_failed=failed,
        dns=_checked(heard, DNS, sending_domain(settings)),
        mail_test=_checked(heard, SMTP, "test"),
        mail_taken=_mail_taken(session),
        local_mail=settings.has_mailbox,
        doors=[_heard(one) for one in heard if one.kind == BOUNCES],
        last_report=session.scalar(
            select(func.max(FeedbackTally.at)).where(FeedbackTally.outcome != Came.FORGED.value)
        ),
        returned=_returned(session, now),
    )


def _returned(session: Session, now: datetime) -> list[Returned]:
    return [
        Returned(
            title=row.title,
            returns=Returns(
                mails=row.sent + row.failed,
                refused=row.failed,
                hard=row.hard,
                soft=row.soft,
                complaints=row.complaint,
            ),
        )
        for row in session.execute(_RETURNED, {"since": now - RECENT})
    ]


def _heard(pulse: Pulse) -> Heard:
    return Heard(
        name=pulse.name,
        at=pulse.at,
        queues=tuple(pulse.detail.get("queues", ())),
        free=pulse.detail.get("free"),
    )


def _checked(heard: Sequence[Pulse], kind: str, name: str) -> Checked | None:
    for one in heard:
        if (one.kind, one.name) == (kind, name):
            return Checked(at=one.at, level=Level(one.detail["level"]))
    return None


def _queues(settings: Settings) -> dict[str, int] | None:
    lengths: dict[str, int] = {}
    for name in QUEUES:
        waiting = queue.length(settings.redis_url, name)
        if waiting is None:
            return None
        lengths[name] = waiting
    return lengths


def _mail_taken(session: Session) -> datetime | None:
    """When the last of the newest notices was taken; they are found by their key."""
    newest = select(Notice.sent_at).order_by(Notice.id.desc()).limit(_NEWEST).subquery()
    taken: datetime | None = session.scalar(select(func.max(newest.c.sent_at)))
    return taken


def _notice(session: Session) -> Late | None:
    """By its index: the notice that should have gone first."""
    notice = session.scalar(
        select(Notice)
        .where(Notice.state.in_((NoticeState.PENDING, NoticeState.HANDING)))
        .order_by(Notice.retry_at)
        .limit(1)
    )
    if notice is None:
        return None
    return Late(due=notice.retry_at, attempt=notice.attempt, reply=notice.reply)
