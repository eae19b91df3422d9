"""Which two subjects a draft tries, on how many of its readers and for how long: kept beside the
draft by whoever makes it, and used when it is launched."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.subject_test import HOURS, SHARES
from app.store.tables import SubjectTest
from app.usecases.check_campaign import InvalidCampaign, check_texts, tidy


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondSubject:
    """Subject B with the percentage of the readers who are tried on and the hours until it is
    decided; an empty subject tries nothing."""

    subject: str = ""
    share: int = 20
    hours: int = 2


def keep_test(session: Session, *, campaign_id: int, subject: str, second: SecondSubject) -> None:
    """Has the campaign try `second` beside its own `subject`, or nothing. Called with the draft's
    saving, in its transaction.

    Raises `InvalidCampaign`: needs_first_subject, same_subject, bad_test (share or hours),
    subject_too_long, subject_lines.
    """
    other = tidy(second.subject)
    if not other:
        session.execute(delete(SubjectTest).where(SubjectTest.campaign_id == campaign_id))
        return
    check_texts(subject=other, preheader="", note="")
    if not subject:
        raise InvalidCampaign("needs_first_subject")
    if other == subject:
        raise InvalidCampaign("same_subject")
    if second.share not in SHARES or second.hours not in HOURS:
        raise InvalidCampaign("bad_test")
    values = {"subject_b": other, "share": second.share, "hours": second.hours}
    session.execute(
        insert(SubjectTest)
        .values(campaign_id=campaign_id, winner="", **values)
        .on_conflict_do_update(index_elements=["campaign_id"], set_=values)
    )


def second_subject(session: Session, campaign_id: int) -> SecondSubject:
    """What the campaign tries beside its own subject; an empty one if nothing."""
    test = session.get(SubjectTest, campaign_id, populate_existing=True)
    if test is None:
        return SecondSubject()
    return SecondSubject(subject=test.subject_b, share=test.share, hours=test.hours)
