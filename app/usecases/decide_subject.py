"""Decides between two subjects that are tried, and lets the waiting readers have the better one.

The tick does it when the time has come, an editor may do it before. Deciding and letting go are
one transaction, and the decision is a compare-and-set: whoever else decides, be it another clock,
finds it done, and after a crash in the middle nothing has happened.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, update
from sqlalchemy.orm import Session, sessionmaker

from app.domain.campaign import CampaignConflict, CampaignState
from app.domain.folding import search_text
from app.domain.subject_test import Letter, better
from app.mail.clean import clipped
from app.store.subject_test import due_tests, let_go, tried
from app.store.tables import Campaign, Edition, SubjectTest
from app.usecases.campaign_steps import load

_UNDER_WAY = (CampaignState.SENDING, CampaignState.PAUSED)


class SubjectDecided(Exception):
    """It is decided already, or there is nothing to decide between."""


def decide_due_tests(sessions: sessionmaker[Session], *, now: datetime) -> None:
    """Decides every test whose time has come, each in its own transaction. May be repeated, by
    any number of clocks."""
    with sessions() as session:
        due = due_tests(session, now=now)
    for campaign_id in due:
        with sessions() as session:
            try:
                decide_subject(session, now=now, campaign_id=campaign_id)
            except (CampaignConflict, SubjectDecided):
                continue
            session.commit()


def decide_subject(
    session: Session,
    *,
    now: datetime,
    campaign_id: int,
    letter: Letter | None = None,
    staff_id: int | None = None,
) -> SubjectTest:
    """Gives the waiting readers this subject, or the one with more clicks for each mail; the
    caller commits.

    Raises `CampaignConflict` when the campaign is not under way, `SubjectDecided`.
    """
    test = session.get(SubjectTest, campaign_id, with_for_update=True, populate_existing=True)
    campaign = load(session, campaign_id)
    if test is None or test.decide_at is None or test.winner:
        raise SubjectDecided(campaign_id)
    if campaign.state not in _UNDER_WAY:
        raise CampaignConflict(campaign.state, CampaignState.SENDING)
    found = tried(session, campaign_id)
    winner = letter or better(found)
    test.winner = winner.value
    test.decided_at, test.decided_by = now, staff_id
    test.numbers = {each.value: asdict(one) for each, one in found.items()}
    let_go(session, campaign_id, winner, now=now)
    if winner is Letter.B:
        _rename_edition(session, campaign_id, test.subject_b, now=now)
    session.execute(
        update(Campaign)
        .where(Campaign.id == campaign_id)
        .values(version=Campaign.version + 1)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    return test


def _rename_edition(session: Session, campaign_id: int, subject: str, *, now: datetime) -> None:
    """The archive calls the edition what most readers know it by, and finds it by both."""
    session.execute(
        update(Edition)
        .where(Edition.campaign_id == campaign_id)
        .values(
            title=clipped(subject, 200),
            folded=func.concat(Edition.folded, " ", search_text(subject)),
            changed_at=now,
        )
        .execution_options(synchronize_session=False)
    )
