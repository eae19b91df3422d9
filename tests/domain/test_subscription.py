"""What confirmations are worth, how long leaving can be taken back, how often one is written to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.subscription import (
    ADDRESS_A_DAY,
    UNDO_WINDOW,
    Standing,
    SubscriberState,
    Verdict,
    follows,
    judge_confirmation,
    may_undo,
    may_write_again,
    topic_mask,
)

ASKED = datetime(2025, 1, 20, 12, tzinfo=UTC)
DAYS = timedelta(days=3)
BEFORE, AFTER = ASKED - timedelta(hours=1), ASKED + timedelta(hours=1)


def standing(state: SubscriberState, last_word: datetime) -> Standing:
    return Standing(state=state, last_word_at=last_word)


@pytest.mark.parametrize(
    ("used", "reader", "age", "verdict"),
    [
        (False, None, timedelta(hours=2), Verdict.CONFIRMS),
        (False, None, DAYS, Verdict.CONFIRMS),
        (False, None, DAYS + timedelta(seconds=1), Verdict.EXPIRED),
        (True, None, timedelta(hours=2), Verdict.WITHDRAWN),  # confirmed, then erased
        (True, standing(SubscriberState.ACTIVE, ASKED), timedelta(days=9), Verdict.ALREADY),
        (True, standing(SubscriberState.UNSUBSCRIBED, AFTER), timedelta(days=1), Verdict.WITHDRAWN),
        # One who had left before asking is welcome back; one who left after it is not fetched.
        (False, standing(SubscriberState.UNSUBSCRIBED, BEFORE), DAYS, Verdict.CONFIRMS),
        (False, standing(SubscriberState.UNSUBSCRIBED, AFTER), DAYS, Verdict.WITHDRAWN),
        (False, standing(SubscriberState.UNSUBSCRIBED, ASKED), DAYS, Verdict.WITHDRAWN),
        # A second sign-up of one who became active meanwhile: the newer word counts.
        (False, standing(SubscriberState.ACTIVE, BEFORE), DAYS, Verdict.CONFIRMS),
        (False, standing(SubscriberState.ACTIVE, AFTER), DAYS, Verdict.ALREADY),
        (False, standing(SubscriberState.SUPPRESSED, BEFORE), DAYS, Verdict.WITHDRAWN),
        (True, standing(SubscriberState.SUPPRESSED, ASKED), DAYS, Verdict.WITHDRAWN),
    ],
)
def test_a_confirmation_counts_only_as_the_last_word(
    used: bool, reader: Standing | None, age: timedelta, verdict: Verdict
) -> None:
    found = judge_confirmation(
        asked_at=ASKED, used=used, standing=reader, now=ASKED + age, lifetime=DAYS
    )
    assert found is verdict


def test_leaving_can_be_taken_back_for_a_while() -> None:
    left = SubscriberState.UNSUBSCRIBED
    assert may_undo(state=left, left_at=ASKED, now=ASKED + UNDO_WINDOW)
    assert not may_undo(state=left, left_at=ASKED, now=ASKED + UNDO_WINDOW + timedelta(seconds=1))
    assert not may_undo(state=SubscriberState.SUPPRESSED, left_at=ASKED, now=ASKED)
    assert not may_undo(state=SubscriberState.ACTIVE, left_at=None, now=ASKED)


def test_an_address_is_written_to_once_in_a_while_and_thrice_a_day() -> None:
    assert may_write_again(lately=0, today=ADDRESS_A_DAY - 1)
    assert not may_write_again(lately=1, today=1)
    assert not may_write_again(lately=0, today=ADDRESS_A_DAY)


def test_a_mask_follows_its_topics_and_an_empty_one_all() -> None:
    mask = topic_mask([0, 5, 61])
    assert [bit for bit in range(62) if follows(mask, bit)] == [0, 5, 61]
    assert all(follows(topic_mask([]), bit) for bit in range(62))
    with pytest.raises(ValueError, match="62"):
        topic_mask([62])
