"""The statements of trying two subjects: readers put into parts, what each subject came to, and
the waiting chunks let go with the better one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.subject_test import Letter, Part, Tried, with_part

# Which readers come first is random but the same whenever it is asked: a hash of campaign and
# reader. It goes by rank, so that the share is exact however few readers there are.
_SPLIT = """
update frozen f set mask = f.mask | cast(case
    when ranked.place <= ceil(ranked.readers * :share / 200.0) then 0
    when ranked.place <= 2 * ceil(ranked.readers * :share / 200.0) then :b
    else :rest end as bigint)
from (
    select id, count(*) over () as readers,
           row_number() over (order by md5(:campaign || '/' || id), id) as place
    from frozen
) as ranked
where ranked.id = f.id
"""

_TRIED = text("""
select v.letter, coalesce(sum(c.sent), 0) as sent, coalesce((
    select sum(k.people) from campaign_link l join link_clicks k on k.link_id = l.id
    where l.campaign_id = :campaign and l.letter = v.letter
), 0) as clicks
from variant v join chunk c on c.variant_id = v.id and c.state <> 'held'
where v.campaign_id = :campaign and v.letter <> ''
group by v.letter
""")

_DUE = text("""
select t.campaign_id from subject_test t join campaign k on k.id = t.campaign_id
where t.winner = '' and t.decide_at <= :now and k.state = 'sending'
order by t.campaign_id
""")

_LET_GO = text("""
update chunk c
set state = 'open', variant_id = chosen.id, due_at = :now, date_at = :now, queued_at = null
from variant v, variant chosen
where c.campaign_id = :campaign and c.state = 'held' and v.id = c.variant_id
  and chosen.campaign_id = v.campaign_id and chosen.letter = :letter
  and chosen.article_ids = v.article_ids
""")


def split(session: Session, campaign_id: int, *, share: int) -> list[tuple[int, int]]:
    """Puts the readers of `frozen` into parts: `share` percent of them, to the reader, half and
    half into A and B. Returns (coded mask, readers) in the order of the numbering."""
    session.execute(
        text(_SPLIT),
        {
            "share": share,
            "campaign": str(campaign_id),
            "b": with_part(0, Part.B),
            "rest": with_part(0, Part.REST),
        },
    )
    rows = session.execute(text("select mask, count(*) from frozen group by mask order by mask"))
    return [(mask, count) for mask, count in rows]


def tried(session: Session, campaign_id: int) -> dict[Letter, Tried]:
    """What each subject has come to so far, among those who have it."""
    rows = session.execute(_TRIED, {"campaign": campaign_id})
    found = {Letter(row.letter): Tried(sent=int(row.sent), clicks=int(row.clicks)) for row in rows}
    return {letter: found.get(letter, Tried()) for letter in Letter}


def due_tests(session: Session, *, now: datetime) -> Sequence[int]:
    """The campaigns whose time to decide has come."""
    return session.scalars(_DUE, {"now": now}).all()


def let_go(session: Session, campaign_id: int, letter: Letter, *, now: datetime) -> int:
    """Opens the waiting chunks with the variants of this letter; returns how many."""
    values = {"campaign": campaign_id, "letter": letter.value, "now": now}
    return int(session.execute(_LET_GO, values).rowcount)  # type: ignore[attr-defined]
