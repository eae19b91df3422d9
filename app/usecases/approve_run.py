"""Runs that go out only when approved: the draft and its mail to the editors, their decision, and
its limit. Stands between `run_schedule`, which makes the draft, and `launch_campaign`.

A draft's window is fixed when it is made: what was looked at is what goes out. Each decision is a
compare-and-set on the campaign's version; who comes second gets `CampaignConflict`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.domain.campaign import Approval, CampaignConflict, CampaignState, SkipReason
from app.domain.notice import NoticeKind
from app.domain.staff import Role
from app.store.tables import Campaign, Staff
from app.usecases.campaign_steps import load, step
from app.usecases.compose_edition import find_candidates, set_window
from app.usecases.preflight import request_preflight
from app.usecases.record_audit import record
from app.usecases.staff_notice import staff_notice


def open_draft(session: Session, run: Campaign, *, now: datetime) -> Campaign:
    """Closes the list of a new draft, has it checked, and asks the editors; one with too little in
    it is skipped at once, and nobody is asked."""
    set_window(session, run, now=now)
    session.flush()
    fresh = sum(candidate.fresh for candidate in find_candidates(session, run))
    if fresh < run.min_articles:
        reason = SkipReason.TOO_FEW_ARTICLES if fresh else SkipReason.NOTHING_NEW
        return step(
            session,
            run.id,
            CampaignState.SKIPPED,
            reason=reason,
            approve_by=None,
            finished_at=now,
        )
    request_preflight(session, now=now, campaign_id=run.id, staff_id=None)
    editors = session.scalars(
        select(Staff).where(Staff.active, Staff.role.in_((Role.OWNER, Role.EDITOR)))
    )
    session.add_all(
        staff_notice(editor, now=now, kind=NoticeKind.APPROVAL, campaign_id=run.id)
        for editor in editors
    )
    session.flush()
    return run


def approve_run(
    session: Session, *, now: datetime, campaign_id: int, version: int, staff_id: int
) -> Campaign:
    """Lets a draft out: at its slot, or at once when that has passed. The caller enqueues its
    preparation after the commit if its time has come. Raises `CampaignConflict` when it is not at
    `version` any more or waits for no decision."""
    slot = load(session, campaign_id).slot_at or now
    return _decide(
        session,
        Campaign.id == campaign_id,
        Campaign.version == version,
        Campaign.approval.is_not(None),
        campaign_id=campaign_id,
        wanted=CampaignState.SCHEDULED,
        state=CampaignState.SCHEDULED,
        approval=Approval.APPROVED,
        decided_by=staff_id,
        decided_at=now,
        send_at=max(slot, now),
        queued_at=now if slot <= now else None,
    )


def hold_run(
    session: Session, *, now: datetime, campaign_id: int, version: int, staff_id: int
) -> Campaign:
    """Keeps a draft back: it waits without a limit, until somebody approves it after all or the
    next run overtakes it. Raises `CampaignConflict` as `approve_run` does."""
    return _decide(
        session,
        Campaign.id == campaign_id,
        Campaign.version == version,
        Campaign.approval == Approval.WAITING,
        campaign_id=campaign_id,
        wanted=CampaignState.DRAFT,
        approval=Approval.HELD,
        decided_by=staff_id,
        decided_at=now,
    )


def _decide(
    session: Session,
    *conditions: ColumnElement[bool],
    campaign_id: int,
    wanted: CampaignState,
    **values: Any,
) -> Campaign:
    changed = session.execute(
        update(Campaign)
        .where(Campaign.state == CampaignState.DRAFT, *conditions)
        .values(version=Campaign.version + 1, approve_by=None, **values)
        .returning(Campaign.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    run = load(session, campaign_id)
    if changed is None:
        raise CampaignConflict(run.state, wanted)
    return run


def skip_undecided(session: Session, *, now: datetime) -> list[int]:
    """Skips the drafts that nobody has approved by their limit; returns their ids. Found by the
    tick; an approval in the same moment wins or loses as a whole."""
    return _skip(session, Campaign.approve_by <= now, reason=SkipReason.NOT_APPROVED, now=now)


def overtake_drafts(session: Session, schedule_id: int, *, by: int, now: datetime) -> list[int]:
    """Skips what still waits of a schedule when its next run `by` is made, which takes up the
    same articles."""
    return _skip(
        session,
        Campaign.schedule_id == schedule_id,
        Campaign.id != by,
        Campaign.approval.is_not(None),
        reason=SkipReason.OVERTAKEN,
        now=now,
    )


def _skip(
    session: Session, *conditions: ColumnElement[bool], reason: SkipReason, now: datetime
) -> list[int]:
    skipped = session.scalars(
        update(Campaign)
        .where(Campaign.state == CampaignState.DRAFT, *conditions)
        .values(
            state=CampaignState.SKIPPED,
            version=Campaign.version + 1,
            reason=reason,
            approve_by=None,
            finished_at=now,
        )
        .returning(Campaign.id)
        .execution_options(synchronize_session=False)
    ).all()
    for number in skipped:
        record(
            session,
            now=now,
            action="campaign.skip",
            object_type="campaign",
            object_id=number,
            detail={"reason": reason.value},
        )
    return list(skipped)
