"""Launches a campaign: freezes its edition and its audience, and hands it to the workers.

All of it is one transaction under a lock of the campaign: after a crash at any moment the
campaign is either untouched, and prepared again by the next tick, or completely frozen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import ONE_FOR_ALL, CampaignKind, CampaignState, SkipReason
from app.domain.morning import arrival, zones_of
from app.domain.subject_test import Part, part_of
from app.domain.window import ChunkRange, cut_into_chunks
from app.store.audience import (
    freeze_everyone,
    freeze_readers,
    has_readers,
    reader_zones,
    spread_over_zones,
    write_ledger,
)
from app.store.subject_test import split
from app.store.tables import Campaign, SubjectTest
from app.usecases.campaign_steps import load, step
from app.usecases.compose_edition import (
    coming_candidates,
    find_candidates,
    set_window,
)
from app.usecases.fetch_pictures import fetch_for_freezing
from app.usecases.freeze_edition import freeze_edition
from app.usecases.preflight_gate import pass_gate

log = structlog.get_logger()

PRIORITY = {
    CampaignKind.ALERT: 2,
    CampaignKind.ANNOUNCEMENT: 1,
    CampaignKind.SELECTION: 0,
    CampaignKind.DIGEST: 0,
}


def prepare_campaign(
    sessions: sessionmaker[Session], settings: Settings, *, now: datetime, campaign_id: int
) -> None:
    """Prepares a campaign that is due and sets it to sending. May be repeated.

    Content that the preflight finds errors in, or that cannot be rendered, ends in
    `needs_review` with the reason, for an editor to see; a database that goes away leaves the
    campaign for the next tick.
    """
    with sessions.begin() as session:
        due = begin_preparing(session, now=now, campaign_id=campaign_id)
    if not due:
        return
    try:
        with sessions() as session:
            ids = coming_candidates(session, load(session, campaign_id), now=now).article_ids
        fetch_for_freezing(sessions, settings, now=now, article_ids=ids)
        if not pass_gate(sessions, settings, now=now, campaign_id=campaign_id):
            return
        with sessions.begin() as session:
            launch_campaign(session, settings=settings, now=now, campaign_id=campaign_id)
    except OperationalError:
        raise
    except Exception as error:
        log.exception("campaign_not_prepared", campaign=campaign_id)
        reason = f"preparing failed: {type(error).__name__}: {error}"[:500]
        with sessions.begin() as session:
            step(session, campaign_id, CampaignState.NEEDS_REVIEW, reason=reason)


def begin_preparing(session: Session, *, now: datetime, campaign_id: int) -> bool:
    """Marks a scheduled campaign as being prepared, so that editors see it; the caller commits.

    False when there is nothing to prepare: it is prepared, ended, or not due. A campaign that
    stands in `preparing` after a crash is prepared again.
    """
    campaign = load(session, campaign_id)
    if campaign.state is CampaignState.SCHEDULED and campaign.send_at and campaign.send_at <= now:
        step(session, campaign_id, CampaignState.PREPARING, queued_at=now)
        return True
    return campaign.state is CampaignState.PREPARING


def launch_campaign(
    session: Session, *, settings: Settings, now: datetime, campaign_id: int
) -> Campaign:
    """Freezes edition and audience and sets the campaign to `sending`, or to `skipped` with the
    reason. May be repeated: a campaign that is not `preparing` is left as it is.
    """
    locked = session.scalar(
        text("select pg_try_advisory_xact_lock(:room, :id)"), {"room": 1, "id": campaign_id}
    )
    campaign = load(session, campaign_id)
    if not locked or campaign.state is not CampaignState.PREPARING:
        return campaign
    set_window(session, campaign, now=now)
    session.flush()
    candidates = find_candidates(session, campaign)
    fresh = sum(candidate.fresh for candidate in candidates)
    if campaign.kind is not CampaignKind.ANNOUNCEMENT and fresh < campaign.min_articles:
        reason = SkipReason.TOO_FEW_ARTICLES if fresh else SkipReason.NOTHING_NEW
        return step(session, campaign.id, CampaignState.SKIPPED, reason=reason, finished_at=now)
    zone = ZoneInfo(settings.timezone)
    if campaign.kind in ONE_FOR_ALL:
        sizes = freeze_everyone(session, campaign, now=now, zone=zone)
    else:
        sizes = freeze_readers(
            session, campaign, candidates, since=campaign.window_start, now=now, zone=zone
        )
    if not sizes:
        seen = has_readers(session, campaign, now=now, zone=zone)
        reason = SkipReason.NOTHING_NEW if seen else SkipReason.NO_READERS
        return step(session, campaign.id, CampaignState.SKIPPED, reason=reason, finished_at=now)
    test = session.get(SubjectTest, campaign.id)
    if test is not None:
        sizes = split(session, campaign.id, share=test.share)
        test.decide_at = now + timedelta(hours=test.hours)
    variant_of = freeze_edition(session, settings, campaign, candidates, sizes, now=now)
    return _write(session, settings, campaign, sizes, variant_of, now=now)


def _cut(
    session: Session,
    settings: Settings,
    campaign: Campaign,
    sizes: Sequence[tuple[int, int]],
    *,
    now: datetime,
) -> list[ChunkRange]:
    """The chunks of the frozen readers, each with its time where they wait for the better of two
    subjects or the edition comes to every reader in their own morning."""
    test = session.get(SubjectTest, campaign.id)
    if test is not None and test.decide_at is not None:
        later = {Part.REST: test.decide_at}
        dues = [later.get(part_of(mask), now) for mask, _ in sizes]
        return cut_into_chunks(sizes, settings.chunk_size, dues=dues)
    if campaign.morning_day is None or campaign.morning_time is None:
        return cut_into_chunks(sizes, settings.chunk_size)
    arrivals = {
        name: arrival(campaign.morning_day, campaign.morning_time, zone, closes=now)
        for name, zone in zones_of(
            reader_zones(session, campaign.cadences), site=campaign.morning_zone
        ).items()
    }
    groups = spread_over_zones(session, arrivals, otherwise=now)
    return cut_into_chunks(
        [(mask, readers) for mask, _, readers in groups],
        settings.chunk_size,
        dues=[due for _, due, _ in groups],
    )


def _write(
    session: Session,
    settings: Settings,
    campaign: Campaign,
    sizes: Sequence[tuple[int, int]],
    variant_of: dict[int, int],
    *,
    now: datetime,
) -> Campaign:
    audience = sum(readers for _, readers in sizes)
    chunks = _cut(session, settings, campaign, sizes, now=now)
    written = write_ledger(
        session,
        campaign,
        chunks=chunks,
        variant_of=variant_of,
        due=now,
        priority=PRIORITY[campaign.kind],
    )
    owned = sum(chunk.last - chunk.first + 1 for chunk in chunks)
    if not audience == written == owned:
        raise RuntimeError(
            f"campaign {campaign.id}: {audience} readers, {written} deliveries, "
            f"{owned} in chunks; nothing was frozen"
        )
    return step(
        session,
        campaign.id,
        CampaignState.SENDING,
        only_from=(CampaignState.PREPARING,),
        audience=audience,
        prepared_at=now,
        started_at=now,
    )
