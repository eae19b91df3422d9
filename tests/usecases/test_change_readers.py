"""Many readers changed at once: exactly those who are meant, each once, batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.bulk import Change, Deed, InvalidChange, change_from_json, change_to_json
from app.domain.job import JobState
from app.domain.segment import Segment
from app.domain.subscription import Cadence, ConsentKind, SubscriberState
from app.links import Links
from app.store.tables import Job, Subscriber, Topic
from app.usecases import change_readers, undo_change
from app.usecases.change_readers import PLACE, ask_for_change
from app.usecases.manage_jobs import JobConflict
from app.usecases.run_job import run_job
from app.usecases.undo_change import ask_for_change_back
from tests.usecases.readers import add_reader, history, kinds

Run = Callable[..., Job]
GONE = SubscriberState.UNSUBSCRIBED


@pytest.fixture
def readers(session: Session, now: datetime) -> dict[str, Subscriber]:
    session.execute(text("delete from subscriber"))
    session.add_all(
        Topic(slug=slug, name_ar=slug, name_en=slug, bit=bit)
        for bit, slug in enumerate(("politics", "economy", "sport"))
    )

    def add(name: str, mask: int, **values: Any) -> Subscriber:
        return add_reader(session, now, f"{name}@example.org", topic_mask=mask, **values)

    return {
        "all": add("all", 0),
        "one": add("one", 0b001),
        "two": add("two", 0b011, cadence=Cadence.WEEKLY),
        "gone": add("gone", 0b011, state=GONE),
        "other": add("other", 0b100),
    }


@pytest.fixture
def run(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    monkeypatch.setattr(change_readers, "BATCH", 2)
    monkeypatch.setattr(undo_change, "BATCH", 2)

    def go(change: Change, **meant: Any) -> Job:
        job = ask_for_change(session, now=now, staff_id=None, change=change, **meant)
        session.commit()
        run_job(sessions, settings, Links(settings), now=now, job_id=job.id)
        session.expire_all()
        assert job.state is JobState.DONE
        return job

    return go


@pytest.fixture
def back(
    session: Session, sessions: sessionmaker[Session], settings: Settings, now: datetime, run: Run
) -> Run:
    """Undoes a change."""

    def go(change: Job) -> Job:
        later = now + timedelta(hours=1)
        job = ask_for_change_back(session, now=later, staff_id=None, change_id=change.id)
        session.commit()
        run_job(sessions, settings, Links(settings), now=later, job_id=job.id)
        session.expire_all()
        assert job.state is JobState.DONE
        return job

    return go


def masks(readers: dict[str, Subscriber]) -> dict[str, int]:
    return {name: reader.topic_mask for name, reader in readers.items()}


def test_a_topic_is_added_to_who_does_not_follow_it(
    session: Session, run: Run, readers: dict[str, Subscriber]
) -> None:
    job = run(Change(deed=Deed.ADD_TOPIC, bit=1))
    assert masks(readers) == {"all": 0, "one": 0b011, "two": 0b011, "gone": 0b011, "other": 0b110}
    assert (job.done, job.total, job.report) == (5, 5, {"changed": 2})
    (event,) = history(session, readers["one"])
    assert (event.kind, event.place, event.topic_mask) == (ConsentKind.CHANGED, PLACE, 0b011)
    assert kinds(session, readers["two"]) == []


def test_a_removed_topic_never_makes_somebody_follow_all(
    run: Run, readers: dict[str, Subscriber]
) -> None:
    job = run(Change(deed=Deed.REMOVE_TOPIC, bit=0))
    assert masks(readers) == {
        "all": 0b110,
        "one": 0b001,
        "two": 0b010,
        "gone": 0b011,
        "other": 0b100,
    }
    assert job.report == {"changed": 2}


def test_a_pace_is_changed_and_the_moment_noted(
    run: Run, now: datetime, readers: dict[str, Subscriber]
) -> None:
    run(Change(deed=Deed.CHANGE_CADENCE, cadence=Cadence.WEEKLY), segment=Segment(topics=0b001))
    changed = {name for name, reader in readers.items() if reader.cadence_changed_at == now}
    assert changed == {"all", "one"}
    assert readers["other"].cadence is Cadence.DAILY


@pytest.mark.parametrize(
    "change",
    [
        Change(deed=Deed.ADD_TOPIC, bit=1),
        Change(deed=Deed.REMOVE_TOPIC, bit=0),
        Change(deed=Deed.CHANGE_CADENCE, cadence=Cadence.INSTANT),
    ],
    ids=lambda change: change.deed.value,
)
def test_a_change_is_undone_for_those_who_did_nothing_since(
    session: Session, run: Run, back: Run, readers: dict[str, Subscriber], change: Change
) -> None:
    before = {name: (one.topic_mask, one.cadence) for name, one in readers.items()}
    done = run(change)
    changed = [one for one in readers.values() if history(session, one)]
    assert len(changed) == done.report["changed"] >= 2
    changed[0].topic_mask, kept = 0b101, changed[0].cadence
    undone = back(done)
    assert undone.report == {"restored": len(changed) - 1, "stayed": 1}
    assert (changed[0].topic_mask, changed[0].cadence) == (0b101, kept)
    for name, one in readers.items():
        if one is not changed[0]:
            assert (one.topic_mask, one.cadence) == before[name]
    assert [event.place for event in history(session, changed[1])] == [PLACE, undo_change.PLACE]
    assert back(done) is undone


def test_who_was_unsubscribed_is_not_brought_back(
    session: Session, run: Run, back: Run, readers: dict[str, Subscriber]
) -> None:
    with pytest.raises(JobConflict):
        back(run(Change(deed=Deed.UNSUBSCRIBE), ids=[readers["one"].id]))


def test_only_the_chosen_are_unsubscribed_and_only_once(
    session: Session, run: Run, now: datetime, readers: dict[str, Subscriber]
) -> None:
    chosen = [readers["one"].id, readers["gone"].id, readers["one"].id]
    job = run(Change(deed=Deed.UNSUBSCRIBE), ids=chosen)
    assert (job.done, job.report) == (2, {"changed": 1})
    assert (readers["one"].state, readers["one"].left_at) == (GONE, now)
    assert kinds(session, readers["one"]) == [ConsentKind.UNSUBSCRIBED]
    assert kinds(session, readers["gone"]) == []
    assert readers["two"].state is SubscriberState.ACTIVE


def test_who_joins_after_the_asking_is_not_meant(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    now: datetime,
    readers: dict[str, Subscriber],
) -> None:
    change = Change(deed=Deed.UNSUBSCRIBE)
    job = ask_for_change(session, now=now, staff_id=None, change=change)
    late = add_reader(session, now + timedelta(minutes=1), "late@example.org")
    session.commit()
    for _ in range(2):  # a second turn finds nothing to do
        run_job(sessions, settings, Links(settings), now=now, job_id=job.id)
    session.expire_all()
    assert late.state is SubscriberState.ACTIVE
    assert readers["all"].state is GONE
    assert kinds(session, readers["all"]) == [ConsentKind.UNSUBSCRIBED]


@pytest.mark.parametrize(
    "parts",
    [
        {"deed": Deed.ADD_TOPIC},
        {"deed": Deed.ADD_TOPIC, "bit": 62},
        {"deed": Deed.UNSUBSCRIBE, "bit": 1},
        {"deed": Deed.CHANGE_CADENCE},
        {"deed": Deed.REMOVE_TOPIC, "bit": 1, "cadence": Cadence.DAILY},
    ],
)
def test_a_change_that_says_too_little_or_too_much_is_refused(parts: dict[str, Any]) -> None:
    with pytest.raises(InvalidChange):
        Change(**parts)


def test_a_change_survives_its_row() -> None:
    for change in (
        Change(deed=Deed.UNSUBSCRIBE),
        Change(deed=Deed.ADD_TOPIC, bit=0),
        Change(deed=Deed.CHANGE_CADENCE, cadence=Cadence.INSTANT),
    ):
        assert change_from_json(change_to_json(change)) == change
