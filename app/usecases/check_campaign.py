"""What a campaign may be: its texts, its articles, its topics and its design, looked at before they
are kept. Used wherever campaigns are made or changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.bidi import without_bidi_controls
from app.domain.campaign import CampaignKind, what_is_lacking
from app.domain.edition import DESIGNS_FOR, Design
from app.domain.subscription import topic_mask
from app.domain.window import MAX_CANDIDATES
from app.store.tables import Article, Campaign, Topic

MAX_SUBJECT = 200
MAX_PREHEADER = 200
MAX_NOTE = 10_000
MAX_NOTE_LINES = 100
"""Characters and lines of a note: what fits into one mail beside its articles."""


class InvalidCampaign(Exception):
    """A campaign cannot be made so. `code` is stable; `detail` is what was given."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


def tidy(typed: str) -> str:
    """What was typed without controls of direction and blanks around it."""
    return without_bidi_controls(typed).strip()


def check_texts(*, subject: str, preheader: str, note: str) -> None:
    """Raises `InvalidCampaign`: subject_too_long, preheader_too_long, subject_lines,
    note_too_long."""
    if len(subject) > MAX_SUBJECT:
        raise InvalidCampaign("subject_too_long", str(MAX_SUBJECT))
    if len(preheader) > MAX_PREHEADER:
        raise InvalidCampaign("preheader_too_long", str(MAX_PREHEADER))
    if any(ord(c) < 32 or c in "\x7f\x85\u2028\u2029" for c in subject + preheader):
        raise InvalidCampaign("subject_lines")
    if len(note) > MAX_NOTE or note.count("\n") >= MAX_NOTE_LINES:
        raise InvalidCampaign("note_too_long", str(MAX_NOTE))


def check_articles(session: Session, kind: CampaignKind, chosen: Sequence[int] | None) -> None:
    """Raises `InvalidCampaign`: needs_article (more than one in an alert), too_many_articles,
    unknown_article."""
    if not chosen:
        return
    if kind is CampaignKind.ALERT and len(chosen) != 1:
        raise InvalidCampaign("needs_article")
    if len(chosen) > MAX_CANDIDATES:
        raise InvalidCampaign("too_many_articles", str(MAX_CANDIDATES))
    possible = [number for number in chosen if 0 < number < 2**63]
    known = set(
        session.scalars(
            select(Article.id).where(Article.id.in_(possible), Article.withdrawn_at.is_(None))
        )
    )
    missing = [number for number in chosen if number not in known]
    if missing:
        raise InvalidCampaign("unknown_article", ", ".join(map(str, missing)))


def topics_of_articles(session: Session, article_ids: Sequence[int]) -> int:
    """The mask of all topics that these articles belong to."""
    masks = session.scalars(select(Article.topic_mask).where(Article.id.in_(article_ids)))
    return reduce(or_, masks, 0)


def topics_to_mask(session: Session, slugs: Sequence[str]) -> int:
    """The mask of these topics. Raises `InvalidCampaign` ("unknown_topic")."""
    bits = {t.slug: t.bit for t in session.execute(select(Topic.slug, Topic.bit))}
    missing = [slug for slug in slugs if slug not in bits]
    if missing:
        raise InvalidCampaign("unknown_topic", ", ".join(missing))
    return topic_mask([bits[slug] for slug in slugs])


def fit_design(kind: CampaignKind, design: Design) -> Design:
    """The design. Raises `InvalidCampaign` ("unfit_design") if the kind cannot have it."""
    if design not in DESIGNS_FOR[kind]:
        raise InvalidCampaign("unfit_design", design.value)
    return design


def check_whole(campaign: Campaign) -> None:
    """Raises `InvalidCampaign` with what a draft lacks before it may go out."""
    chosen = len(campaign.article_ids or ())
    if lack := what_is_lacking(campaign.kind, articles=chosen, subject=campaign.subject):
        raise InvalidCampaign(lack)
