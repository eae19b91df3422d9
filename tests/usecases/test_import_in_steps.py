"""An import as jobs: what the check foretells is what the import does, killed in the middle or
not, and the undoing takes back what nobody has touched."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.csv_text import UnreadableFile
from app.domain.job import JobFile, JobKind, JobState
from app.domain.reader_columns import ReaderColumn
from app.domain.subscription import Cadence, Choice, ConsentKind, SubscriberState
from app.links import Links, ReaderToken
from app.store.jobs import read_parts
from app.store.tables import Campaign, Delivery, ImportKey, Job, JobPart, Subscriber, Topic
from app.usecases import import_in_steps, undo_import, upload_readers
from app.usecases.import_in_steps import ask_for_import, start_check, told_of
from app.usecases.manage_jobs import JobConflict, cancel_job, start_job
from app.usecases.manage_subscription import change_preferences, unsubscribe
from app.usecases.run_job import STEPS, run_job
from app.usecases.suppress import SuppressionReason, suppress_address
from app.usecases.undo_import import ask_for_undo
from app.usecases.upload_readers import keep_upload, name_columns, replan, sample_of
from tests.store.ledger_rows import add_campaign
from tests.usecases.readers import PAGE, add_reader, history

FILE = """البريد,الأقسام,ملاحظات
one@example.org,ثقافة,x
two@example.org,,
nobody,,
left@example.org,,
ONE@example.org,,
barred@example.org,,

known@example.org,,
three@example.org,حدائق,
four@example.org,,
"""
COUNTS = {"added": 3, "known": 1, "repeated": 1, "unsubscribed": 1, "suppressed": 1, "refused": 2}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (upload_readers, import_in_steps):
        monkeypatch.setattr(module, "LINES_A_PART", 3)
    monkeypatch.setattr(undo_import, "BATCH", 2)


@pytest.fixture
def house(session: Session, settings: Settings, now) -> None:
    session.add(Topic(slug="culture", name_ar="ثقافة", name_en="Culture", bit=0))
    add_reader(session, now, "left@example.org", SubscriberState.UNSUBSCRIBED)
    add_reader(session, now, "known@example.org", cadence=Cadence.WEEKLY)
    suppress_address(
        session,
        Links(settings),
        now=now,
        email_key="barred@example.org",
        reason=SuppressionReason.BOUNCED,
    )
    session.commit()


@pytest.fixture
def run(sessions: sessionmaker[Session], session: Session, settings: Settings, now):
    def go(job: Job, **options: Any) -> Job:
        session.commit()
        run_job(sessions, settings, Links(settings), now=now, job_id=job.id, **options)
        return session.get_one(Job, job.id, populate_existing=True)

    return go


def upload(session: Session, now, text: str | bytes = FILE) -> Job:
    data = text if isinstance(text, bytes) else text.encode()
    return keep_upload(session, now=now, staff_id=None, name="list.csv", file=BytesIO(data))


def bring_in(session: Session, run, now, text: str = FILE) -> Job:
    check = run(start_check(session, upload(session, now, text)))
    return ask_for_import(
        session, now=now, staff_id=None, check_id=check.id, consent="ورقة في المعرض"
    )


def told(session: Session, job: Job) -> list[tuple[int, str, str]]:
    parts = read_parts(session, job.id, JobFile.REFUSED)
    return [one for data in parts for one in told_of(data)]


def active(session: Session) -> int:
    wanted = select(func.count()).where(Subscriber.state == SubscriberState.ACTIVE)
    return session.scalar(wanted) or 0


def test_every_kind_of_job_has_its_step() -> None:
    assert set(STEPS) == set(JobKind)


def test_the_check_foretells_what_the_import_does(session, run, house, now) -> None:
    draft = upload(session, now)
    assert sample_of(session, draft)[0] == ["one@example.org", "ثقافة", "x"]
    check = run(start_check(session, draft))
    assert (check.state, check.done, check.total) == (JobState.DONE, 10, 10)
    assert check.report["counts"] == COUNTS
    assert check.report["reasons"] == {"malformed": 1, "unknown_topic": 1}
    assert active(session) == 1, "a check changes nothing"
    done = run(
        ask_for_import(session, now=now, staff_id=None, check_id=check.id, consent="ورقة موقّعة")
    )
    assert (done.state, done.done, done.report) == (JobState.DONE, 10, check.report)
    lines = [
        (4, "nobody", "malformed"),
        (5, "left@example.org", "unsubscribed"),
        (6, "ONE@example.org", "repeated"),
        (7, "barred@example.org", "suppressed"),
        (10, "three@example.org", "unknown_topic"),
    ]
    assert told(session, check) == told(session, done) == lines
    assert [tuple(one) for one in done.report["first"]] == lines
    assert session.scalars(select(ImportKey)).all() == []
    reader = session.scalars(select(Subscriber).where(Subscriber.email_key == "one@example.org"))
    one = reader.one()
    assert one.topic_mask == 1
    (event,) = history(session, one)
    assert (event.kind, event.wording) == (ConsentKind.IMPORTED, "ورقة موقّعة")
    known = session.scalars(select(Subscriber).where(Subscriber.email_key == "known@example.org"))
    assert known.one().cadence is Cadence.WEEKLY


def test_a_worker_that_goes_away_after_each_step_changes_nothing_of_the_outcome(
    session, run, house, now
) -> None:
    job = bring_in(session, run, now)
    turns = 0
    while run(job, stopping=lambda: True).state is JobState.RUNNING:
        turns += 1
    assert turns == 3
    assert job.report["counts"] == COUNTS
    assert active(session) == 4


def test_a_stopped_import_keeps_what_it_did_and_goes_on_from_there(
    session, run, house, now
) -> None:
    job = run(bring_in(session, run, now), stopping=lambda: True)
    cancel_job(session, now=now, job_id=job.id)
    assert run(job).report["counts"] == {"added": 2}
    start_job(session, job_id=job.id)
    assert run(job).report["counts"] == COUNTS


def test_rows_of_several_lines_are_kept_whole_from_part_to_part(session, run, house, now) -> None:
    rows = [f'r{n}@example.org,"سطر\n{n}\n","a"\n' for n in range(7)]
    job = upload(session, now, "".join(["email,name,x\n", *rows, 'nobody,"a\nb",\n']))
    assert (job.facts["lines"], job.facts["breaks"]) == (9, True)
    assert sample_of(session, job)[1] == ["r1@example.org", "سطر\n1\n", "a"]
    check = run(start_check(session, job))
    assert (check.done, check.total) == (8, 8)
    assert told(session, check) == [(9, "nobody", "malformed")]
    run(ask_for_import(session, now=now, staff_id=None, check_id=check.id, consent="x"))
    names = select(Subscriber.name).where(Subscriber.name.startswith("سطر"))
    assert sorted(session.scalars(names)) == [f"سطر {n}" for n in range(7)]


def test_two_who_press_at_once_get_one_import(session, run, house, now) -> None:
    first = bring_in(session, run, now)
    check_id = first.facts["upload"]
    again = ask_for_import(session, now=now, staff_id=None, check_id=check_id, consent="x")
    assert again.id == first.id
    with pytest.raises(JobConflict):
        replan(session, check_id, encoding="windows-1256", delimiter=";")
    undone = run(ask_for_undo(session, now=now, staff_id=None, import_id=run(first).id))
    assert ask_for_undo(session, now=now, staff_id=None, import_id=first.id).id == undone.id


def test_what_is_not_checked_or_not_ended_goes_no_further(session, run, house, now) -> None:
    draft = upload(session, now)
    with pytest.raises(JobConflict):
        ask_for_import(session, now=now, staff_id=None, check_id=draft.id, consent="x")
    job = bring_in(session, run, now)
    with pytest.raises(JobConflict):
        ask_for_undo(session, now=now, staff_id=None, import_id=job.id)


def test_an_upload_that_was_removed_is_said_to_be(session, run, house, now) -> None:
    job = bring_in(session, run, now)
    session.execute(JobPart.__table__.delete())
    job = run(job)
    assert (job.state, job.report) == (JobState.FAILED, {"error": "file_gone"})


def test_columns_are_named_anew_and_the_encoding_is_chosen(session, now) -> None:
    text = "a@example.org;سمير\nb@example.org;ريم\n"
    job = upload(session, now, text.encode("windows-1256"))
    assert job.facts["plan"] == {
        "encoding": "windows-1256",
        "delimiter": ";",
        "header": [],
        "columns": ["email", None],
    }
    assert sample_of(session, job) == [["a@example.org", "سمير"], ["b@example.org", "ريم"]]
    named = (ReaderColumn.EMAIL, ReaderColumn.NAME)
    name_columns(session, job.id, named, has_header=False)
    assert job.facts["plan"]["columns"] == ["email", "name"]
    assert replan(session, job.id, encoding="utf-8", delimiter=",").facts["plan"]["columns"] == [
        None
    ]
    for columns, code in (
        ((None, ReaderColumn.NAME), "no_email_column"),
        ((ReaderColumn.EMAIL, ReaderColumn.EMAIL), "repeated_column"),
    ):
        with pytest.raises(UnreadableFile) as refused:
            name_columns(session, job.id, columns, has_header=False)
        assert refused.value.code == code


def test_undoing_takes_back_whom_nobody_has_touched(session, run, house, settings, now) -> None:
    text = "email\n" + "".join(f"r{n}@example.org\n" for n in range(7))
    job = run(bring_in(session, run, now, text))
    ids = dict(
        session.execute(
            select(Subscriber.email_key, Subscriber.id).where(Subscriber.email_key.like("r_@%"))
        ).all()
    )
    later = now + timedelta(hours=1)
    leaving = ReaderToken(subscriber_id=ids["r1@example.org"], campaign_id=0)
    unsubscribe(session, now=later, token=leaving, origin=PAGE)
    change_preferences(
        session,
        now=later,
        token=ReaderToken(subscriber_id=ids["r2@example.org"], campaign_id=0),
        choice=Choice(topic_mask=1, cadence=Cadence.DAILY),
        language="ar",
        origin=PAGE,
    )
    session.delete(session.get_one(Subscriber, ids["r4@example.org"]))
    campaign = add_campaign(session, later, readers=1).campaign_id
    session.execute(
        update(Delivery)
        .where(Delivery.campaign_id == campaign)
        .values(subscriber_id=ids["r3@example.org"])
    )
    session.execute(update(Campaign).where(Campaign.id == campaign).values(prepared_at=later))
    undone = run(ask_for_undo(session, now=later, staff_id=None, import_id=job.id))
    assert (undone.state, undone.done, undone.total) == (JobState.DONE, 7, 7)
    assert undone.report == {"removed": 3, "left": 1, "changed": 1, "written_to": 1, "gone": 1}
    left = session.scalars(select(Subscriber.email_key).where(Subscriber.email_key.like("r_@%")))
    assert sorted(left) == ["r1@example.org", "r2@example.org", "r3@example.org"]
    known = select(Subscriber).where(Subscriber.email_key == "known@example.org")
    assert session.scalars(known).one().state is SubscriberState.ACTIVE
