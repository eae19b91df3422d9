"""The names of topics that were merged into another: a feed's categories, a CMS, a file of
readers and a form on another site go on using them, and mean the topic they went into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.store.tables import FormerTopic, Topic


@dataclass(frozen=True, kw_only=True, slots=True)
class Alias:
    """What a topic was once called, and the topic that is meant by it now."""

    slug: str
    name_ar: str
    name_en: str
    topic: Topic

    @property
    def bit(self) -> int:
        return self.topic.bit


def aliases(session: Session) -> list[Alias]:
    """All names that still lead somewhere, the latest first. A topic of today that bears one of
    them goes before it; that is the caller's affair."""
    found = session.scalars(
        select(FormerTopic)
        .where(FormerTopic.into_id.is_not(None))
        .order_by(FormerTopic.ended_at.desc(), FormerTopic.id.desc())
        .options(joinedload(FormerTopic.into))
    )
    return [
        Alias(slug=one.slug, name_ar=one.name_ar, name_en=one.name_en, topic=one.into)
        for one in found
        if one.into is not None
    ]


def meant_by(session: Session, slugs: Sequence[str]) -> dict[str, Topic]:
    """The topics that these slugs were merged into; without those that mean nothing."""
    if not slugs:
        return {}
    return {one.slug: one.topic for one in reversed(aliases(session)) if one.slug in slugs}
