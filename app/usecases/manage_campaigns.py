"""What editors do with campaigns: create, send, schedule, pause, resume, cancel, and count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.archive import public_by_default
from app.domain.campaign import (
    CampaignConflict,
    CampaignKind,
    CampaignState,
    UncertainPolicy,
    what_is_lacking,
)
from app.domain.edition import Design, default_design
from app.domain.segment import EVERYBODY, Segment, to_json
from app.domain.subscription import Cadence
from app.store.tables import Campaign, Chunk
from app.usecases.campaign_steps import load, step
from app.usecases.check_campaign import (
    InvalidCampaign,
    check_articles,
    check_texts,
    check_whole,
    fit_design,
    tidy,
    topics_of_articles,
    topics_to_mask,
)


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
    preheader: str = "",
    note: str = "",
    topics: Sequence[str] = (),
    everybody: bool = False,
    article_ids: Sequence[int] | None = None,
    cadences: Sequence[Cadence] | None = None,
    segment: Segment = EVERYBODY,
    segment_name: str = "",
    policy: UncertainPolicy = UncertainPolicy.RESEND,
    public: bool | None = None,
    created_by: int | None = None,
) -> Campaign:
    """A new draft that could be sent. A digest without `article_ids` takes what is new when it is
    sent; without a `design` it has the one of its kind. An alert without `topics` is for those
    who follow its article's, or for `everybody`. `public` says whether it will stand in the
    archive; None leaves it to the kind. Of `segment` the campaign keeps a copy: changing the
    saved one later does not change whom it reaches.

    Raises `InvalidCampaign`: unknown_topic, unknown_article, too_many_articles, needs_article
    (an alert is one article), needs_articles (a selection), needs_subject (an announcement),
    subject_too_long, preheader_too_long, subject_lines, note_too_long, unfit_design.
    """
    subject, preheader, note = map(tidy, (subject, preheader, note))
    chosen = None if article_ids is None else list(dict.fromkeys(article_ids))
    check_texts(subject=subject, preheader=preheader, note=note)
    if lack := what_is_lacking(kind, articles=len(chosen or ()), subject=subject):
        raise InvalidCampaign(lack)
    check_articles(session, kind, chosen)
    design = fit_design(kind, design or default_design(kind))
    mask = topics_to_mask(session, topics)
    if kind is CampaignKind.ALERT and chosen and not topics and not everybody:
        mask = topics_of_articles(session, chosen)
    campaign = Campaign(
        kind=kind,
        design=design,
        state=CampaignState.DRAFT,
        language=language,
        subject=subject,
        preheader=preheader,
        note=note,
        topic_mask=mask,
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


NO_MORNING: Mapping[str, Any] = {"morning_day": None, "morning_time": None, "morning_zone": ""}
"""What a campaign holds that does not come in each reader's own morning."""


def request_send(session: Session, *, now: datetime, campaign_id: int) -> Campaign:
    """Asks for the campaign to go out now; the caller enqueues its preparation after the commit.

    Raises `CampaignConflict` when it was sent, scheduled for this moment or cancelled already,
    and `InvalidCampaign` when it lacks something (`what_is_lacking`).
    """
    check_whole(load(session, campaign_id))
    return step(
        session,
        campaign_id,
        CampaignState.SCHEDULED,
        only_from=(CampaignState.DRAFT,),
        send_at=now,
        queued_at=now,
        **NO_MORNING,
    )


def schedule_send(
    session: Session, *, now: datetime, campaign_id: int, send_at: datetime
) -> Campaign:
    """Sets the time at which the draft goes out by itself. Raises `CampaignConflict`, and
    `InvalidCampaign`: "time_has_passed" for a time more than a minute ago, or what it lacks."""
    check_whole(load(session, campaign_id))
    if send_at < now - timedelta(minutes=1):
        raise InvalidCampaign("time_has_passed")
    return step(
        session,
        campaign_id,
        CampaignState.SCHEDULED,
        only_from=(CampaignState.DRAFT,),
        send_at=send_at,
        queued_at=None,
        **NO_MORNING,
    )


def unschedule(session: Session, *, campaign_id: int) -> Campaign:
    """Makes a scheduled campaign a draft again, or one that its checklist has stopped: one that
    is frozen stays as it is (`CampaignConflict`)."""
    campaign = load(session, campaign_id)
    if campaign.prepared_at is not None:
        raise CampaignConflict(campaign.state, CampaignState.DRAFT)
    values = {"send_at": None, "queued_at": None, "reason": "", **NO_MORNING}
    return step(session, campaign_id, CampaignState.DRAFT, **values)


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
