"""Brings in readers who have agreed elsewhere, in one set-based statement.

An import only adds. A reader who exists stays as they are, one who has left stays away, and a
suppressed address stays suppressed, whatever the file says; importing again adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from psycopg import Connection
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.links import Links
from app.store.tables import Topic
from app.usecases.consent import Wording
from app.usecases.subscriber_csv import Rejected, Row, SubscriberFile

PLACE = "import"
REPORTED = 100
"""Refused lines that are reported one by one; the rest are counted."""

_TABLE = """
create temporary table incoming (
    line integer primary key, email text not null, email_key text not null,
    topic_mask bigint not null, cadence cadence not null, timezone text not null,
    hmacs bytea[] not null
) on commit drop
"""
_COPY = "copy incoming (line, email, email_key, topic_mask, cadence, timezone, hmacs) from stdin"

_FATES = """
with fate as (
    select i.*,
        case
            when s.state = 'suppressed' or exists (
                select from suppression x where x.address_hmac = any (i.hmacs)
            ) then 'suppressed'
            when s.state = 'unsubscribed' then 'unsubscribed'
            when s.id is not null or i.again then 'known'
            else 'new'
        end as fate
    from (
        select *, row_number() over (partition by email_key order by line) > 1 as again
        from incoming
    ) i
    left join subscriber s on s.email_key = i.email_key
), added as (
    insert into subscriber (email, email_key, state, cadence, topic_mask, timezone, language,
        created_at, confirmed_at)
    select email, email_key, 'active', cadence, topic_mask, timezone, :language, :now, :now
    from fate where fate = 'new' order by line
    on conflict (email_key) do nothing
    returning id, cadence, topic_mask
), noted as (
    insert into consent_event (subscriber_id, kind, at, wording, wording_version, place, cadence,
        topic_mask)
    select id, 'imported', :now, :wording, :version, :place, cadence, topic_mask from added
)
select
    (select count(*) from added) as added,
    count(*) filter (where fate = 'suppressed') as suppressed,
    count(*) filter (where fate = 'unsubscribed') as unsubscribed,
    count(*) as read
from fate
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What became of the lines: every one of them is counted once."""

    added: int
    known: int
    suppressed: int
    unsubscribed: int
    rejected: int
    rows: list[Rejected]
    ignored_columns: list[str]


@dataclass(slots=True)
class _Refusals:
    count: int = 0
    first: list[Rejected] = field(default_factory=list)

    def add(self, one: Rejected) -> None:
        self.count += 1
        if self.count <= REPORTED:
            self.first.append(one)


def import_subscribers(
    session: Session,
    links: Links,
    *,
    now: datetime,
    file: BinaryIO,
    wording: Wording,
    language: str,
) -> Imported:
    """Adds the file's readers as active ones, each with an `imported` event of this consent.

    Raises `UnreadableFile`. The caller commits; nothing is added before. May be repeated.
    """
    bits = {topic.slug: topic.bit for topic in session.scalars(select(Topic))}
    lines = SubscriberFile(file, topics=bits)
    refusals = _Refusals()
    session.execute(text(_TABLE))
    _copy(session, links, _accepted(lines, refusals))
    session.execute(text("analyze incoming"))
    counts = session.execute(
        text(_FATES),
        {
            "now": now,
            "language": language,
            "wording": wording.text,
            "version": wording.version,
            "place": PLACE,
        },
    ).one()
    session.execute(text("drop table incoming"))
    return Imported(
        added=counts.added,
        known=counts.read - counts.added - counts.suppressed - counts.unsubscribed,
        suppressed=counts.suppressed,
        unsubscribed=counts.unsubscribed,
        rejected=refusals.count,
        rows=refusals.first,
        ignored_columns=lines.ignored,
    )


def _accepted(lines: SubscriberFile, refusals: _Refusals) -> Iterator[Row]:
    for one in lines:
        if isinstance(one, Rejected):
            refusals.add(one)
        else:
            yield one


def _copy(session: Session, links: Links, rows: Iterator[Row]) -> None:
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, Connection)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(
                (
                    row.line,
                    row.address.email,
                    row.address.key,
                    row.topic_mask,
                    row.cadence.value,
                    row.timezone,
                    list(links.address_hmacs(row.address.key)),
                )
            )
