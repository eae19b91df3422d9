"""What editors do with campaigns: create, send, schedule, pause, resume, cancel, and count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.archive import public_by_default
from app.domain.bidi import without_bidi_controls
from app.domain.campaign import (
    EDITABLE,
    CampaignConflict,
    CampaignKind,
    CampaignState,
    UncertainPolicy,
)
from app.domain.edition import DESIGNS_FOR, Design, default_design
from app.domain.segment import EVERYBODY, Segment, to_json
from app.domain.subscription import Cadence, topic_mask
from app.domain.window import MAX_CANDIDATES
from app.store.tables import Article, Campaign, Chunk, Topic
from app.usecases.campaign_steps import load, step

MAX_SUBJECT = 200
MAX_NOTE = 10_000
MAX_NOTE_LINES = 100
"""Characters and lines of a note: what fits into one mail beside its articles."""


class InvalidCampaign(Exception):
    """A campaign cannot be made so. `code` is stable; `detail` is what was given."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """Deliveries of a campaign by state; they add up to `audience`."""

    audience: int
    pending: int
    sent: int
    failed: int
    deferred: int
    skipped: int
    unknown: int

    @property
    def settled(self) -> int:
        return self.sent + self.failed + self.skipped + self.unknown


def create_campaign(
    session: Session,
    *,
    now: datetime,
    language: str,
    kind: CampaignKind,
    design: Design | None = None,
    subject: str = "",
    note: str = "",
    topics: Sequence[str] = (),
    article_ids: Sequence[int] | None = None,
    cadences: Sequence[Cadence] | None = None,
    segment: Segment = EVERYBODY,
    segment_name: str = "",
    policy: UncertainPolicy = UncertainPolicy.RESEND,
    public: bool | None = None,
    created_by: int | None = None,
) -> Campaign:
    """A new draft. A digest without `article_ids` takes what is new when it is sent; without a
    `design` it has the one of its kind.
    `public` says whether it will stand in the archive; None leaves it to the kind. Of `segment`
    the campaign keeps a copy: changing the saved one later does not change whom it reaches.

    Raises `InvalidCampaign`: unknown_topic, unknown_article, too_many_articles, needs_article
    (an alert is one article), needs_subject (an announcement), subject_too_long, subject_lines,
    note_too_long, unfit_design.
    """
    subject, note = without_bidi_controls(subject).strip(), without_bidi_controls(note).strip()
    chosen = None if article_ids is None else list(dict.fromkeys(article_ids))
    _check_texts(kind, subject, note)
    _check_articles(session, kind, chosen)
    design = _fit_design(kind, design or default_design(kind))
    campaign = Campaign(
        kind=kind,
        design=design,
        state=CampaignState.DRAFT,
        language=language,
        subject=subject,
        note=note,
        topic_mask=topics_to_mask(session, topics),
        article_ids=chosen or None,
        cadences=[cadence.value for cadence in dict.fromkeys(cadences)] if cadences else None,
        segment=to_json(segment) or None,
        segment_name=segment_name,
        policy=policy,
        public=public_by_default(kind) if public is None else public,
        created_at=now,
        created_by=created_by,
    )
    session.add(campaign)
    session.flush()
    return campaign


def set_design(session: Session, *, campaign_id: int, design: Design) -> Campaign:
    """Gives a campaign that is not prepared yet another design. Raises `CampaignConflict` when
    its content is fixed, `InvalidCampaign` ("unfit_design") for a design of another kind."""
    campaign = load(session, campaign_id)
    changed = session.execute(
        update(Campaign)
        .where(Campaign.id == campaign_id, Campaign.state.in_(EDITABLE))
        .values(design=_fit_design(campaign.kind, design), version=Campaign.version + 1)
        .returning(Campaign.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    campaign = load(session, campaign_id)
    if changed is None:
        raise CampaignConflict(campaign.state, CampaignState.DRAFT)
    return campaign


def _fit_design(kind: CampaignKind, design: Design) -> Design:
    if design not in DESIGNS_FOR[kind]:
        raise InvalidCampaign("unfit_design", design.value)
    return design


def _check_texts(kind: CampaignKind, subject: str, note: str) -> None:
    if kind is CampaignKind.ANNOUNCEMENT and not subject:
        raise InvalidCampaign("needs_subject")
    if len(subject) > MAX_SUBJECT:
        raise InvalidCampaign("subject_too_long", str(MAX_SUBJECT))
    if any(ord(c) < 32 or c in "\x7f\x85\u2028\u2029" for c in subject):
        raise InvalidCampaign("subject_lines")
    if len(note) > MAX_NOTE or note.count("\n") >= MAX_NOTE_LINES:
        raise InvalidCampaign("note_too_long", str(MAX_NOTE))


def _check_articles(session: Session, kind: CampaignKind, chosen: list[int] | None) -> None:
    if kind is CampaignKind.ALERT and (chosen is None or len(chosen) != 1):
        raise InvalidCampaign("needs_article")
    if not chosen:
        return
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


def topics_to_mask(session: Session, slugs: Sequence[str]) -> int:
    """The mask of these topics. Raises `InvalidCampaign` ("unknown_topic")."""
    bits = {t.slug: t.bit for t in session.execute(select(Topic.slug, Topic.bit))}
    missing = [slug for slug in slugs if slug not in bits]
    if missing:
        raise InvalidCampaign("unknown_topic", ", ".join(missing))
    return topic_mask([bits[slug] for slug in slugs])


def request_send(session: Session, *, now: datetime, campaign_id: int) -> Campaign:
    """Asks for the campaign to go out now; the caller enqueues its preparation after the commit.

    Raises `CampaignConflict` when it was sent, scheduled for this moment or cancelled already.
    """
    return step(
        session,
        campaign_id,
        CampaignState.SCHEDULED,
        only_from=(CampaignState.DRAFT,),
        send_at=now,
        queued_at=now,
    )


def schedule_send(
    session: Session, *, now: datetime, campaign_id: int, send_at: datetime
) -> Campaign:
    """Sets the time at which the draft goes out by itself. Raises `CampaignConflict`, and
    `InvalidCampaign` ("time_has_passed") for a time more than a minute ago."""
    if send_at < now - timedelta(minutes=1):
        raise InvalidCampaign("time_has_passed")
    return step(
        session,
        campaign_id,
        CampaignState.SCHEDULED,
        only_from=(CampaignState.DRAFT,),
        send_at=send_at,
        queued_at=None,
    )


def unschedule(session: Session, *, campaign_id: int) -> Campaign:
    """Makes a scheduled campaign a draft again."""
    return step(session, campaign_id, CampaignState.DRAFT, send_at=None, queued_at=None)


def pause_campaign(session: Session, *, campaign_id: int) -> Campaign:
    """Stops the hand-out within one group of messages a worker."""
    return step(session, campaign_id, CampaignState.PAUSED)


def resume_campaign(session: Session, *, campaign_id: int) -> Campaign:
    """Goes on where it was paused; nobody is written to twice."""
    return step(session, campaign_id, CampaignState.SENDING, only_from=(CampaignState.PAUSED,))


def cancel_campaign(session: Session, *, now: datetime, campaign_id: int) -> Campaign:
    """Ends it for good; what is with the mail server already arrives."""
    return step(session, campaign_id, CampaignState.CANCELLED, finished_at=now)


def campaign_counts(session: Session, campaign_id: int) -> Counts:
    """The counts as of the last finished group, from the chunks: a few thousand rows at most."""
    audience = load(session, campaign_id).audience
    names = ("sent", "failed", "deferred", "skipped", "unknown")
    row = session.execute(
        select(*(func.coalesce(func.sum(getattr(Chunk, name)), 0) for name in names)).where(
            Chunk.campaign_id == campaign_id
        )
    ).one()
    known = dict(zip(names, map(int, row), strict=True))
    return Counts(audience=audience, pending=audience - sum(known.values()), **known)
