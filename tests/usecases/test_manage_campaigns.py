from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.campaign import CampaignConflict, CampaignKind, CampaignState
from app.usecases.campaign_steps import CampaignMissing
from app.usecases.check_campaign import MAX_NOTE, MAX_NOTE_LINES, InvalidCampaign
from app.usecases.manage_campaigns import (
    cancel_campaign,
    create_campaign,
    pause_campaign,
    request_send,
    resume_campaign,
    schedule_send,
    unschedule,
)
from app.usecases.preview_edition import preview_campaign


def create(session: Session, now: datetime, **values: Any) -> int:
    given = {"kind": CampaignKind.DIGEST, "language": "ar", **values}
    return create_campaign(session, now=now, **given).id


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": CampaignKind.ALERT}, "needs_article"),
        ({"kind": CampaignKind.ALERT, "article_ids": [1, 2]}, "needs_article"),
        ({"kind": CampaignKind.ANNOUNCEMENT, "subject": "  "}, "needs_subject"),
        ({"subject": "x" * 201}, "subject_too_long"),
        ({"subject": "سطر\r\nBcc: all@example.org"}, "subject_lines"),
        ({"note": "x" * (MAX_NOTE + 1)}, "note_too_long"),
        ({"note": "x\n" * MAX_NOTE_LINES + "x"}, "note_too_long"),
        ({"topics": ["nowhere"]}, "unknown_topic"),
        ({"article_ids": [2**40]}, "unknown_article"),
        ({"article_ids": [2**80]}, "unknown_article"),
        ({"article_ids": list(range(1, 50))}, "too_many_articles"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_by_name(
    session: Session, now: datetime, values: dict[str, Any], code: str
) -> None:
    with pytest.raises(InvalidCampaign) as refused:
        create(session, now, **values)
    assert refused.value.code == code


def test_controls_of_direction_are_taken_out_of_what_editors_type(
    session: Session, now: datetime
) -> None:
    campaign = create_campaign(
        session,
        now=now,
        language="ar",
        kind=CampaignKind.ANNOUNCEMENT,
        subject="إعلان\u202e مهم",
    )
    assert campaign.subject == "إعلان مهم"


def test_who_presses_second_is_told_the_real_state(session: Session, now: datetime) -> None:
    campaign = create(session, now)
    request_send(session, now=now, campaign_id=campaign)
    with pytest.raises(CampaignConflict) as late:
        request_send(session, now=now, campaign_id=campaign)
    assert late.value.state is CampaignState.SCHEDULED
    assert str(late.value) == "the campaign is scheduled; it cannot be sent now"
    with pytest.raises(CampaignConflict):
        pause_campaign(session, campaign_id=campaign)
    with pytest.raises(CampaignConflict):
        resume_campaign(session, campaign_id=campaign)
    cancelled = cancel_campaign(session, now=now, campaign_id=campaign)
    assert (cancelled.state, cancelled.finished_at) == (CampaignState.CANCELLED, now)
    with pytest.raises(CampaignConflict):
        cancel_campaign(session, now=now, campaign_id=campaign)
    with pytest.raises(CampaignMissing):
        cancel_campaign(session, now=now, campaign_id=2**30)


def test_a_time_can_be_set_and_taken_back(session: Session, now: datetime) -> None:
    campaign = create(session, now)
    with pytest.raises(InvalidCampaign, match="time_has_passed"):
        schedule_send(session, now=now, campaign_id=campaign, send_at=now - timedelta(hours=1))
    later = now + timedelta(hours=1)
    assert schedule_send(session, now=now, campaign_id=campaign, send_at=later).send_at == later
    draft = unschedule(session, campaign_id=campaign)
    assert (draft.state, draft.send_at) == (CampaignState.DRAFT, None)


def test_the_longest_note_still_makes_a_mail(
    session: Session, settings: Settings, now: datetime
) -> None:
    lines = "\n".join(["س" * (MAX_NOTE // MAX_NOTE_LINES - 1)] * MAX_NOTE_LINES)
    campaign = create_campaign(
        session,
        now=now,
        language="ar",
        kind=CampaignKind.ANNOUNCEMENT,
        subject="إعلان",
        note=lines,
    )
    shown = preview_campaign(session, settings, now=now, campaign=campaign)
    assert shown.mail.html.count("س" * 99) >= MAX_NOTE_LINES
