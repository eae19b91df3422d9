"""What campaigns are called where the staff see them: by their content, as readers know them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.tables import Article, Campaign, Edition, Schedule

_NOTE_SHOWN = 80
"""Characters of a letter that stand for its subject."""


def subjects_of(session: Session, campaigns: Iterable[Campaign]) -> dict[int, str]:
    """For campaigns without a subject of their own: the title they were frozen with; before that
    the headline of the first article chosen, or the first line of a letter."""
    nameless = [campaign for campaign in campaigns if not campaign.subject]
    frozen = _titles(session, [one.id for one in nameless])
    leads = _headlines(session, [one for one in nameless if one.id not in frozen])
    notes = {one.id: _first_line(one.note) for one in nameless if one.note.strip()}
    return {**notes, **leads, **frozen}


def schedule_names(session: Session, schedule_ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {number for number in schedule_ids if number is not None}
    rows = session.execute(select(Schedule.id, Schedule.name).where(Schedule.id.in_(wanted)))
    return dict(rows.all())


def _titles(session: Session, campaign_ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(
        select(Edition.campaign_id, Edition.title).where(Edition.campaign_id.in_(campaign_ids))
    )
    return dict(rows.all())


def _headlines(session: Session, campaigns: Iterable[Campaign]) -> dict[int, str]:
    first = {one.id: one.article_ids[0] for one in campaigns if one.article_ids}
    rows = session.execute(
        select(Article.id, Article.headline).where(Article.id.in_(set(first.values())))
    )
    headlines = dict(rows.all())
    return {number: headlines[lead] for number, lead in first.items() if lead in headlines}


def _first_line(note: str) -> str:
    line = note.strip().splitlines()[0]
    return line if len(line) <= _NOTE_SHOWN else line[:_NOTE_SHOWN].rsplit(" ", 1)[0] + "…"
