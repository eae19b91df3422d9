"""The preflight: the checklist that is really run over a campaign before anything is sent.

An editor asks for a run (`request_preflight`), a worker does it (`run_preflight`), and
`clear_for_sending` lets the campaign go: never with errors, with warnings once they are accepted.
`preflight_gate` does the same on its own for campaigns that go out by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.campaign import CampaignConflict, CampaignState
from app.domain.preflight import FRESH, Checklist, RunState
from app.store.tables import Campaign, PreflightRun
from app.usecases.campaign_steps import load
from app.usecases.outgoing import content_hash
from app.usecases.record_audit import record

_CHECKABLE = (CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.PREPARING)


class NotCleared(Exception):
    """The campaign may not go out yet. `code` is not_checked (no finished run), out_of_date (the
    content changed, or the run is old), errors, or warnings (not accepted)."""

    def __init__(self, code: str, checklist: Checklist | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.checklist = checklist


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The newest run of a campaign, and whether it still says something about it."""

    run: PreflightRun | None
    is_current: bool

    @property
    def checklist(self) -> Checklist | None:
        done = self.run is not None and self.run.state is RunState.DONE
        return Checklist.from_json(self.run.findings) if self.run is not None and done else None

    @property
    def is_accepted(self) -> bool:
        return self.is_current and self.run is not None and self.run.accepted_at is not None


def request_preflight(
    session: Session, *, now: datetime, campaign_id: int, staff_id: int | None
) -> PreflightRun:
    """A run of the checklist, to be done by a worker; the caller enqueues it after the commit.
    Where one is under way already, that one. Raises `CampaignConflict` for a campaign whose
    content is frozen."""
    campaign = load(session, campaign_id)
    if campaign.state not in _CHECKABLE:
        raise CampaignConflict(campaign.state, CampaignState.SCHEDULED)
    session.execute(
        insert(PreflightRun)
        .values(
            campaign_id=campaign_id,
            state=RunState.PENDING,
            requested_by=staff_id,
            created_at=now,
            queued_at=now,
        )
        .on_conflict_do_nothing(
            index_elements=["campaign_id"],
            index_where=PreflightRun.state.in_((RunState.PENDING, RunState.RUNNING)),
        )
    )
    run = newest_run(session, campaign_id)
    assert run is not None
    return run


def newest_run(session: Session, campaign_id: int) -> PreflightRun | None:
    return session.scalars(
        select(PreflightRun)
        .where(PreflightRun.campaign_id == campaign_id)
        .order_by(PreflightRun.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()


def standing(
    session: Session, settings: Settings, campaign: Campaign, *, now: datetime
) -> Standing:
    """The newest run of the campaign, and whether it is finished, fresh, and of this content."""
    run = newest_run(session, campaign.id)
    if run is None or run.state is not RunState.DONE or run.finished_at is None:
        return Standing(run=run, is_current=False)
    fresh = now - run.finished_at < FRESH
    same = fresh and run.content_hash == content_hash(session, settings, campaign, now=now)
    return Standing(run=run, is_current=same)


def clear_for_sending(
    session: Session,
    settings: Settings,
    *,
    now: datetime,
    campaign_id: int,
    accept_warnings: bool,
    staff_id: int | None,
) -> None:
    """Lets the campaign be sent, or raises `NotCleared` with the reason.

    With `accept_warnings` the acceptance is written into the run and the audit, in the caller's
    transaction; `staff_id` None is the command line.
    """
    found = standing(session, settings, load(session, campaign_id), now=now)
    run, checklist = found.run, found.checklist
    if run is None or checklist is None:
        raise NotCleared("not_checked")
    if not found.is_current:
        raise NotCleared("out_of_date", checklist)
    if checklist.errors:
        raise NotCleared("errors", checklist)
    if not checklist.needs_acceptance or found.is_accepted:
        return
    if not accept_warnings:
        raise NotCleared("warnings", checklist)
    run.accepted_by, run.accepted_at = staff_id, now
    record(
        session,
        now=now,
        action="preflight.accept",
        staff_id=staff_id,
        object_type="campaign",
        object_id=campaign_id,
        detail={"run": run.id, "warnings": [finding.code for finding in checklist.warnings]},
    )
