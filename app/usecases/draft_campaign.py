"""A draft in the making: saved at every step, so that it can be left and taken up again.

Each saving is a compare-and-set on the draft's version: who saves over somebody else's work is
told first. A draft may lack things; `check_campaign` names them when it is to be sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.archive import public_by_default
from app.domain.campaign import CampaignConflict, CampaignKind, CampaignState, UncertainPolicy
from app.domain.edition import DESIGNS_FOR, Design, default_design
from app.domain.segment import EVERYBODY, Segment, to_json
from app.domain.subscription import Cadence
from app.store.tables import Campaign
from app.usecases.campaign_steps import load
from app.usecases.check_campaign import (
    check_articles,
    check_texts,
    fit_design,
    tidy,
    topics_of_articles,
    topics_to_mask,
)
from app.usecases.try_subjects import SecondSubject, keep_test, second_subject


class DraftChanged(Exception):
    """Somebody has saved this draft since it was opened; `version` is how it stands now."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the draft is at version {version} now")
        self.version = version


def start_draft(
    session: Session,
    *,
    now: datetime,
    language: str,
    kind: CampaignKind,
    article_id: int | None = None,
    created_by: int | None = None,
) -> Campaign:
    """A new draft of which only the kind is decided, and the first article if one is given.
    Raises `InvalidCampaign` ("unknown_article")."""
    holds_articles = kind in (CampaignKind.SELECTION, CampaignKind.ALERT)
    chosen = [article_id] if holds_articles and article_id is not None else None
    check_articles(session, kind, chosen)
    campaign = Campaign(
        kind=kind,
        design=default_design(kind),
        state=CampaignState.DRAFT,
        language=language,
        topic_mask=_audience_of(session, kind, chosen),
        article_ids=chosen,
        policy=UncertainPolicy.RESEND,
        public=public_by_default(kind),
        created_at=now,
        created_by=created_by,
    )
    session.add(campaign)
    session.flush()
    return campaign


def save_kind(session: Session, *, campaign_id: int, version: int, kind: CampaignKind) -> Campaign:
    """Makes the draft one of another kind. What fits both stays: texts, readers, the first
    article. Raises as `save`."""
    campaign = load(session, campaign_id)
    if campaign.kind is kind:
        return save(session, campaign_id=campaign_id, version=version)
    chosen = campaign.article_ids
    if kind is CampaignKind.ALERT:
        chosen = chosen[:1] if chosen else None
    elif kind is not CampaignKind.SELECTION:
        chosen = None
    was_chosen = campaign.design is not default_design(campaign.kind)
    fits = was_chosen and campaign.design in DESIGNS_FOR[kind]
    return save(
        session,
        campaign_id=campaign_id,
        version=version,
        kind=kind,
        article_ids=chosen or None,
        topic_mask=campaign.topic_mask or _audience_of(session, kind, chosen),
        design=campaign.design if fits else default_design(kind),
        public=public_by_default(kind),
    )


def save_content(
    session: Session,
    *,
    campaign_id: int,
    version: int,
    article_ids: Sequence[int],
    note: str,
) -> Campaign:
    """Keeps the note, and in a selection or an alert the articles in this order. An alert takes
    over the topics of its new article as those it is for.

    Raises as `save`, and `InvalidCampaign`: unknown_article, too_many_articles, needs_article
    (more than one in an alert), note_too_long.
    """
    campaign = load(session, campaign_id)
    holds_articles = campaign.kind in (CampaignKind.SELECTION, CampaignKind.ALERT)
    values: dict[str, Any] = {"note": tidy(note)}
    check_texts(subject="", preheader="", note=values["note"])
    if holds_articles:
        chosen = list(dict.fromkeys(article_ids))
        check_articles(session, campaign.kind, chosen)
        values["article_ids"] = chosen or None
        if campaign.kind is CampaignKind.ALERT and values["article_ids"] != campaign.article_ids:
            values["topic_mask"] = topics_of_articles(session, chosen)
    return save(session, campaign_id=campaign_id, version=version, **values)


def save_audience(
    session: Session,
    *,
    campaign_id: int,
    version: int,
    topics: Sequence[str],
    cadences: Sequence[Cadence],
    segment: Segment = EVERYBODY,
    segment_name: str = "",
) -> Campaign:
    """Keeps whom the draft is for: no topics are all of them, no paces are all of them. Of the
    segment it keeps a copy.
    Raises as `save`, and `InvalidCampaign` ("unknown_topic")."""
    return save(
        session,
        campaign_id=campaign_id,
        version=version,
        topic_mask=topics_to_mask(session, topics),
        cadences=[cadence.value for cadence in dict.fromkeys(cadences)] or None,
        segment=to_json(segment) or None,
        segment_name=segment_name,
    )


def save_look(
    session: Session,
    *,
    campaign_id: int,
    version: int,
    design: Design,
    subject: str,
    preheader: str,
    language: str,
    policy: UncertainPolicy,
    public: bool,
    second: SecondSubject | None = None,
) -> Campaign:
    """Keeps how the draft looks and what an inbox says of it; `second` is a subject to be tried
    beside its own. Raises as `save`, and `InvalidCampaign`: unfit_design, subject_too_long,
    preheader_too_long, subject_lines, and what `keep_test` raises."""
    subject, preheader = tidy(subject), tidy(preheader)
    check_texts(subject=subject, preheader=preheader, note="")
    saved = save(
        session,
        campaign_id=campaign_id,
        version=version,
        design=fit_design(load(session, campaign_id).kind, design),
        subject=subject,
        preheader=preheader,
        language=language,
        policy=policy,
        public=public,
    )
    if second is not None:
        keep_test(session, campaign_id=campaign_id, subject=subject, second=second)
    return saved


def save(session: Session, *, campaign_id: int, version: int, **values: Any) -> Campaign:
    """Sets these values of the draft if it is still at `version`; the caller commits.

    Raises `CampaignConflict` when it is no draft any more, `DraftChanged` when somebody else has
    saved it, `CampaignMissing`.
    """
    changed = session.execute(
        update(Campaign)
        .where(
            Campaign.id == campaign_id,
            Campaign.state == CampaignState.DRAFT,
            Campaign.version == version,
        )
        .values(version=Campaign.version + 1, **values)
        .returning(Campaign.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    campaign = load(session, campaign_id)
    if changed is None and campaign.state is not CampaignState.DRAFT:
        raise CampaignConflict(campaign.state, CampaignState.DRAFT)
    if changed is None:
        raise DraftChanged(campaign.version)
    return campaign


def duplicate_campaign(
    session: Session, *, now: datetime, campaign_id: int, created_by: int | None = None
) -> Campaign:
    """A draft with the same kind, content, readers and look, whatever became of the first. It
    takes nothing over of schedules, times and windows. Raises `CampaignMissing`."""
    first = load(session, campaign_id)
    copied = ("kind", "design", "language", "subject", "preheader", "note", "topic_mask")
    more = ("article_ids", "cadences", "segment", "segment_name", "policy", "public")
    values = {name: getattr(first, name) for name in (*copied, *more)}
    campaign = Campaign(state=CampaignState.DRAFT, created_at=now, created_by=created_by, **values)
    session.add(campaign)
    session.flush()
    second = second_subject(session, campaign_id)
    keep_test(session, campaign_id=campaign.id, subject=campaign.subject, second=second)
    return campaign


def _audience_of(session: Session, kind: CampaignKind, chosen: Sequence[int] | None) -> int:
    """An alert is first meant for those who follow its article's topics; all else for all."""
    if kind is not CampaignKind.ALERT or not chosen:
        return 0
    return topics_of_articles(session, chosen)
