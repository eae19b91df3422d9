"""Editions as the public sees them: what was withdrawn since is not shown, though it was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.archive import Story, read_story
from app.domain.bidi import Direction, prevailing_direction
from app.store.tables import Article, Edition


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """An edition with the stories that may still be read, the lead first."""

    campaign_id: int
    language: str
    title: str
    summary: str
    note: str
    sent_at: datetime
    stories: Sequence[Story]

    @property
    def base(self) -> Direction:
        """The direction of what it says: an edition in English may bring Arabic articles."""
        return prevailing_direction(self.title, "rtl" if self.language == "ar" else "ltr")

    @property
    def text_language(self) -> str:
        return "ar" if self.base == "rtl" else "en"


def shown(session: Session, editions: Sequence[Edition]) -> list[Shown]:
    """The editions in their order, without those that have nothing left to show."""
    numbers = {stored["article_id"] for edition in editions for stored in edition.stories}
    withdrawn = set(
        session.scalars(
            select(Article.id).where(Article.id.in_(numbers), Article.withdrawn_at.is_not(None))
        )
    )
    found = (_without(edition, withdrawn) for edition in editions)
    return [one for one in found if one is not None]


def _without(edition: Edition, withdrawn: set[int]) -> Shown | None:
    """The edition without the withdrawn stories; a title and a summary that came from one of
    them come from the next. None where nothing is left."""
    whole = [read_story(stored) for stored in edition.stories]
    left = [story for story in whole if story.article_id not in withdrawn]
    if whole and not left and not edition.note:
        return None
    title, summary = edition.title, edition.summary
    if left != whole and whole[0] not in left:
        after = left[0] if left else None
        if title == whole[0].headline:
            title = after.headline if after else edition.note.splitlines()[0]
        if summary == whole[0].standfirst:
            summary = after.standfirst if after else ""
    return Shown(
        campaign_id=edition.campaign_id,
        language=edition.language,
        title=title,
        summary=summary,
        note=edition.note,
        sent_at=edition.sent_at,
        stories=left,
    )
