"""Jobs in steps: a killed worker costs one step, two at once do nothing twice, and what is
cancelled stops; shown with an export, whose file must be whole and come once."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from redis import Redis
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from app import queue
from app.config import Settings
from app.domain.job import KEEP_FILES, KEEP_JOBS, MAX_TRIES, JobFile, JobState
from app.domain.notice import NoticeKind
from app.domain.segment import EVERYBODY, Segment
from app.domain.staff import Role
from app.domain.subscription import Cadence, SubscriberState
from app.links import Links
from app.store.jobs import lease_job, read_parts
from app.store.tables import Job, JobPart, Notice, Topic
from app.usecases import export_readers
from app.usecases.compose_notice import compose_notice
from app.usecases.export_readers import COLUMNS, ask_for_export
from app.usecases.manage_jobs import JobConflict, cancel_job, start_job
from app.usecases.manage_staff import add_staff
from app.usecases.prune import prune
from app.usecases.run_job import LEASE, run_job
from app.usecases.tick import tick
from tests.usecases.readers import add_reader

READERS = 7


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_readers, "BATCH", 2)


@pytest.fixture
def readers(session: Session, now, small_batches: None) -> None:
    session.add(Topic(slug="culture", name_ar="ثقافة", name_en="Culture", bit=0))
    for number in range(READERS):
        add_reader(session, now, f"r{number}@example.org", topic_mask=number % 2)
    session.commit()


@pytest.fixture
def run(sessions: sessionmaker[Session], session: Session, settings: Settings, now):
    def go(job: Job, **options) -> Job:
        run_job(sessions, settings, Links(settings), now=now, job_id=job.id, **options)
        return refreshed(session, job)

    return go


def refreshed(session: Session, job: Job) -> Job:
    return session.get_one(Job, job.id, populate_existing=True)


def ask(session: Session, now, segment: Segment = EVERYBODY, staff_id: int | None = None) -> Job:
    job = ask_for_export(session, now=now, staff_id=staff_id, segment=segment)
    session.commit()
    return job


def rows_of(session: Session, job: Job) -> list[dict[str, str]]:
    text = b"".join(read_parts(session, job.id, JobFile.RESULT)).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


def one_step_and_stop() -> bool:
    """As a worker that is asked to stop: it ends after the step that it is at."""
    return True


def test_an_export_is_written_in_steps(session, run, readers, now) -> None:
    job = run(ask(session, now))
    assert (job.state, job.done, job.total, job.finished_at) == ("done", READERS, READERS, now)
    rows = rows_of(session, job)
    assert [row["email"] for row in rows] == [f"r{number}@example.org" for number in range(READERS)]
    assert tuple(rows[0]) == COLUMNS
    assert rows[1] == {
        "email": "r1@example.org",
        "name": "",
        "state": "active",
        "topics": "culture",
        "cadence": "daily",
        "timezone": "",
        "language": "ar",
        "created_at": "2025-01-22 08:30:00+02:00",
        "confirmed_at": "2025-01-22 08:30:00+02:00",
        "left_at": "",
    }


def test_only_the_readers_of_a_segment_and_no_formula(session, run, readers, now) -> None:
    add_reader(session, now, "=cmd@example.org", cadence=Cadence.WEEKLY)
    add_reader(session, now, "left@example.org", SubscriberState.UNSUBSCRIBED)
    segment = Segment(cadences=(Cadence.WEEKLY,), states=(SubscriberState.ACTIVE,))
    rows = rows_of(session, run(ask(session, now, segment)))
    assert [row["email"] for row in rows] == ["'=cmd@example.org"]


def test_a_worker_that_stops_hands_on_what_it_has_not_done(
    session, run, readers, now, redis_url
) -> None:
    Redis.from_url(redis_url).flushall()
    job = ask(session, now)
    turns = 0
    while run(job, stopping=one_step_and_stop).state is JobState.RUNNING:
        turns += 1
        assert queue.length(redis_url, queue.CONTENT) == turns, "it is asked for again"
        assert turns < 10
    assert turns == 4
    assert len(rows_of(session, job)) == READERS


def test_a_killed_worker_costs_a_lease_and_nothing_is_written_twice(
    session, sessions, settings, run, readers, now, redis_url
) -> None:
    job = run(ask(session, now), stopping=one_step_and_stop)
    token = uuid4()
    assert lease_job(session, job.id, token=token, lease=LEASE) == 1
    session.commit()
    assert run(job).state is JobState.RUNNING, "it is in the dead one's hands"
    assert rows_of(session, job) == []
    Redis.from_url(redis_url).flushall()
    assert tick(sessions, settings, now=now).jobs == 0
    session.execute(text("update job set leased_until = clock_timestamp() - interval '1 second'"))
    session.commit()
    assert tick(sessions, settings, now=now).jobs == 1
    assert tick(sessions, settings, now=now).jobs == 0, "one hint is enough for a while"
    assert run(job).state is JobState.DONE
    assert run(job).done == READERS, "a second message finds nothing to do"
    assert len(rows_of(session, job)) == READERS


def test_what_breaks_off_again_and_again_fails_and_can_be_gone_on_with(
    session, run, readers, now
) -> None:
    job = run(ask(session, now), stopping=one_step_and_stop)
    whole = job.facts
    job.facts = {**whole, "segment": {"colour": "green"}}
    session.commit()
    for _ in range(MAX_TRIES):
        job = run(job)
        assert job.state is JobState.RUNNING
        job.leased_until = now - timedelta(days=400)
        session.commit()
    job = run(job)
    assert (job.state, job.report) == (JobState.FAILED, {"error": "broken"})
    start_job(session, job_id=job.id, facts=whole)
    session.commit()
    assert run(job).state is JobState.DONE
    assert len(rows_of(session, job)) == READERS


def test_what_is_stopped_stays_so_until_somebody_goes_on_with_it(
    session, run, readers, now
) -> None:
    job = run(ask(session, now), stopping=one_step_and_stop)
    cancel_job(session, now=now, job_id=job.id)
    session.commit()
    assert run(job).state is JobState.CANCELLED
    with pytest.raises(JobConflict):
        cancel_job(session, now=now, job_id=job.id)
    start_job(session, job_id=job.id)
    with pytest.raises(JobConflict):
        start_job(session, job_id=job.id)
    session.commit()
    assert run(job).state is JobState.DONE


def test_who_waited_long_gets_a_mail_without_a_secret(session, run, readers, now, settings) -> None:
    staff = add_staff(
        session,
        now=now,
        email="editor@levant.example",
        password="correct horse battery",
        role=Role.EDITOR,
    )
    quick = run(ask(session, now, staff_id=staff.id))
    slow = run(ask(session, now - export_readers.LONG, staff_id=staff.id))
    notice = session.scalars(select(Notice)).one()
    assert (notice.job_id, notice.kind) == (slow.id, NoticeKind.EXPORT_READY)
    assert notice.job_id != quick.id
    mail = compose_notice(session, notice, settings=settings, links=Links(settings))
    assert f"https://levant.example/admin/jobs/{slow.id}\n" in mail.text


def test_files_go_after_a_week_and_jobs_after_three_months(
    session, sessions, settings, run, readers, now
) -> None:
    job = run(ask(session, now))
    job.report = {**job.report, "first": [(2, "nobody", "malformed")], "told": 1}
    session.commit()
    waiting = ask(session, now)
    pruned = prune(sessions, settings, now=now + KEEP_FILES - timedelta(hours=1))
    assert (pruned.job_files, pruned.jobs) == (0, 0)
    pruned = prune(sessions, settings, now=now + KEEP_FILES + timedelta(hours=1))
    assert (pruned.job_files, pruned.jobs) == (5, 0)
    assert session.scalars(select(JobPart)).all() == []
    session.refresh(job)
    assert job.report == {"readers": 7, "told": 1}
    assert prune(sessions, settings, now=now + KEEP_JOBS + timedelta(hours=1)).jobs == 1
    assert session.scalars(select(Job.id)).all() == [waiting.id]
    assert job.id != waiting.id
