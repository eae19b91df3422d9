"""What editors do with topics that are there: other names, another order, one merged into
another, one that nothing hangs on removed.

A topic is a bit in the masks of readers, articles, schedules, segments and campaigns. Merging
moves it in all of them in one transaction; what was frozen or written down keeps what it said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from app.domain.job import JobState
from app.domain.subscription import ConsentKind
from app.store.tables import Article, FormerTopic, Job, Source, SourceCategory, Topic
from app.usecases.manage_sources import InvalidSource

PLACE = "a topic was merged"

_READERS = text("""
with moved as (
    update subscriber set topic_mask = topic_mask & ~cast(:old as bigint) | :new
    where topic_mask & :old <> 0
    returning id, cadence, topic_mask, state
), noted as (
    insert into consent_event (subscriber_id, kind, at, wording, wording_version, place, cadence,
                               topic_mask)
    select id, :kind, :now, '', '', :place, cadence, topic_mask from moved where state = 'active'
)
select count(*) from moved
""")

_MASK = """
update {table} set {column} = {column} & ~cast(:old as bigint) | :new
where {column} & :old <> 0 and {only}
"""

_FILTER = """
update {table} set {column} = jsonb_set({column}, '{{topics}}', to_jsonb(
    cast({column} ->> 'topics' as bigint) & ~cast(:old as bigint) | :new))
where cast({column} ->> 'topics' as bigint) & :old <> 0 and {only}
"""

_FROZEN_NOT_YET = "prepared_at is null"
_REST = (
    _MASK.format(table="article", column="topic_mask", only="true"),
    _MASK.format(table="signup", column="topic_mask", only="true"),
    _MASK.format(table="schedule", column="topic_mask", only="true"),
    _MASK.format(table="campaign", column="topic_mask", only=_FROZEN_NOT_YET),
    _MASK.format(table="changed_reader", column="mask_before", only="true"),
    _MASK.format(table="changed_reader", column="mask_after", only="true"),
    _FILTER.format(table="segment", column="filter", only="true"),
    _FILTER.format(table="campaign", column="segment", only=_FROZEN_NOT_YET),
)

_USES = text("""
select (select coalesce(sum(readers), 0) from reader_tally where topic_mask & :bit <> 0) as readers,
       (select count(*) from article where topic_mask & :bit <> 0) as articles,
       (select count(*) from source where topic_id = :id) as sources,
       (select count(*) from source_category where topic_id = :id) as categories,
       (select count(*) from schedule where topic_mask & :bit <> 0) as schedules,
       (select count(*) from segment
        where cast(filter ->> 'topics' as bigint) & :bit <> 0) as segments,
       (select count(*) from campaign
        where prepared_at is null and (topic_mask & :bit <> 0
              or cast(segment ->> 'topics' as bigint) & :bit <> 0)) as campaigns,
       (select count(*) from signup where topic_mask & :bit <> 0) as signups
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Uses:
    """What hangs on a topic. `readers` are those of any state who named it."""

    readers: int
    articles: int
    sources: int
    categories: int
    schedules: int
    segments: int
    campaigns: int
    signups: int

    @property
    def none(self) -> bool:
        return not any(getattr(self, name) for name in self.__slots__)


def uses_of(session: Session, topic: Topic) -> Uses:
    row = session.execute(_USES, {"bit": 1 << topic.bit, "id": topic.id}).mappings().one()
    return Uses(**{name: int(value) for name, value in row.items()})


def rename_topic(session: Session, topic_id: int, *, name_ar: str, name_en: str) -> Topic:
    """Other names, for pages and coming mails. Raises `InvalidSource` (needs_name),
    `NoResultFound`."""
    topic = session.get_one(Topic, topic_id)
    if not name_ar.strip() or not name_en.strip():
        raise InvalidSource("needs_name")
    topic.name_ar, topic.name_en = name_ar.strip(), name_en.strip()
    session.flush()
    return topic


def move_topic(session: Session, topic_id: int, *, places: int) -> Topic:
    """Moves a topic up (negative) or down in the order that readers see, as far as there is
    room. Raises `NoResultFound`."""
    topic = session.get_one(Topic, topic_id)
    order = list(
        session.scalars(select(Topic).order_by(Topic.position, Topic.id).with_for_update())
    )
    here = order.index(topic)
    order.insert(max(0, here + places), order.pop(here))
    for place, one in enumerate(order):
        one.position = place
    session.flush()
    return topic


def merge_topics(session: Session, *, now: datetime, topic_id: int, into: str) -> tuple[Topic, int]:
    """Puts all that a topic had under the topic with the slug `into`, and ends it; that topic, and
    how many readers followed the old one by name. Their change stands in the history of consent.

    Raises `InvalidSource`: unknown_topic, same_topic, or jobs_running while a job changes
    readers; `NoResultFound`.
    """
    found = {
        one.id: one for one in session.scalars(select(Topic).order_by(Topic.id).with_for_update())
    }
    old = found.get(topic_id) or session.get_one(Topic, topic_id)
    new = next((one for one in found.values() if one.slug == into), None)
    if new is None:
        raise InvalidSource("unknown_topic", into)
    if new is old:
        raise InvalidSource("same_topic", into)
    _wait_for_no_job(session)
    bits = {"old": 1 << old.bit, "new": 1 << new.bit}
    readers = session.scalar(
        _READERS, {**bits, "kind": ConsentKind.CHANGED.value, "now": now, "place": PLACE}
    )
    for statement in _REST:
        session.execute(text(statement), bits)
    for table in (Article, Source, SourceCategory):
        session.execute(update(table).where(table.topic_id == old.id).values(topic_id=new.id))
    session.execute(update(FormerTopic).where(FormerTopic.into_id == old.id).values(into_id=new.id))
    _end(session, old, now=now, into=new)
    return new, readers or 0


def remove_topic(session: Session, *, now: datetime, topic_id: int) -> Topic:
    """Ends a topic that nothing hangs on. Raises `InvalidSource` (in_use, jobs_running),
    `NoResultFound`."""
    topic = session.get_one(Topic, topic_id, with_for_update=True)
    _wait_for_no_job(session)
    if not uses_of(session, topic).none:
        raise InvalidSource("in_use", topic.slug)
    _end(session, topic, now=now, into=None)
    return topic


def _wait_for_no_job(session: Session) -> None:
    """A job that is under way has read the topics already."""
    busy = select(func.count()).where(Job.state.in_((JobState.WAITING, JobState.RUNNING)))
    if session.scalar(busy):
        raise InvalidSource("jobs_running")


def _end(session: Session, topic: Topic, *, now: datetime, into: Topic | None) -> None:
    session.add(
        FormerTopic(
            slug=topic.slug,
            name_ar=topic.name_ar,
            name_en=topic.name_en,
            bit=topic.bit,
            into_id=into.id if into else None,
            ended_at=now,
        )
    )
    session.flush()
    session.execute(delete(Topic).where(Topic.id == topic.id))
    session.expire_all()
