"""What a report means for an address, and what several of them mean for a reader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.bounce import (
    BounceKind,
    Failure,
    Returns,
    is_given_up,
    is_overtaken,
    judge_failure,
    judge_failures,
    step,
)

SOFT, HARD, COMPLAINT = BounceKind.SOFT, BounceKind.HARD, BounceKind.COMPLAINT
NOW = datetime(2025, 1, 22, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        ("5.1.1", "", HARD),
        ("5.1.1", "550 5.1.1 blocked for spam or unknown", HARD),
        ("5.1.2", "bad domain", HARD),
        ("5.1.10", "null MX", HARD),
        ("5.2.1", "The email account that you tried to reach is disabled", HARD),
        ("5.4.4", "Host or domain name not found", HARD),
        ("5.2.2", "552 5.2.2 mailbox full", SOFT),
        ("5.2.2", "552 5.2.2 over quota, user unknown", SOFT),
        ("5.2.3", "message too large for this mailbox", SOFT),
        ("5.3.4", "message too big for system", SOFT),
        ("5.4.6", "mail loops back to myself", SOFT),
        ("5.6.1", "media not supported", SOFT),
        ("5.7.26", "unauthenticated mail is not accepted", SOFT),
        ("5.7.606", "Access denied, banned sending IP", SOFT),
        ("4.4.1", "Connection timed out", SOFT),
        ("4.1.1", "User unknown, says who is not sure", SOFT),
        ("5.0.0", "550 No such person at this address", HARD),
        ("5.0.0", "554 Transaction failed", SOFT),
        ("5.0.0", "552 mailbox full", SOFT),
        ("5.5.0", "550 Requested action not taken: mailbox unavailable", HARD),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied.", HARD),
        ("5.7.1", "550 5.7.1 Message rejected due to content restrictions", SOFT),
        ("5.7.1", "550 5.7.1 Recipient address rejected: user unknown", HARD),
        ("5.7.1", "554 5.7.1 Relay access denied", SOFT),
        ("5.7.1", "550 5.7.1 user unknown, your host is on our blocklist", SOFT),
        ("", "550 <a@b.example>... User unknown", HARD),
        ("", "550 5.x unrouteable address", HARD),
        ("", "550 المستخدم غير موجود", HARD),
        ("", "صندوق البريد ممتلئ", SOFT),
        ("", "", SOFT),
    ],
)
def test_only_what_speaks_of_a_dead_address_is_hard(
    status: str, words: str, kind: BounceKind
) -> None:
    assert judge_failure(Failure(status=status, words=words)) is kind


def test_of_several_addresses_behind_one_the_mildest_counts() -> None:
    dead = Failure(status="5.1.1", words="unknown")
    full = Failure(status="5.2.2", words="full")
    assert judge_failures([dead, full]) == (SOFT, full)
    assert judge_failures([dead, dead]) == (HARD, dead)


@pytest.mark.parametrize(
    ("was", "came", "now"),
    [
        (None, SOFT, SOFT),
        (None, HARD, HARD),
        (None, COMPLAINT, COMPLAINT),
        (SOFT, SOFT, None),
        (SOFT, HARD, HARD),
        (SOFT, COMPLAINT, COMPLAINT),
        (HARD, SOFT, None),
        (HARD, HARD, None),
        (HARD, COMPLAINT, COMPLAINT),
        (COMPLAINT, SOFT, None),
        (COMPLAINT, HARD, None),
        (COMPLAINT, COMPLAINT, None),
    ],
)
def test_a_state_is_only_left_for_a_worse(
    was: BounceKind | None, came: BounceKind, now: BounceKind | None
) -> None:
    assert step(was, came) is now


@pytest.mark.parametrize(
    ("days", "mails", "given_up"),
    [
        ([], 0, False),
        ([0, 2, 4, 7], 4, False),  # four are too few
        ([0, 1, 2, 3, 4], 5, False),  # a full mailbox during five days
        ([0, 1, 3, 5, 7], 5, True),
        ([0, 1, 3, 5, 7], 9, True),
        ([0, 1, 3, 5, 7], 10, False),  # half of its mail arrives
        ([0, 7, 14, 21, 28], 5, True),  # a weekly letter
    ],
)
def test_a_reader_is_given_up_after_soft_bounces_over_days(
    days: list[int], mails: int, *, given_up: bool
) -> None:
    assert is_given_up([NOW + day * DAY for day in days], mails=mails) is given_up


@pytest.mark.parametrize(
    ("kind", "sent", "confirmed", "overtaken"),
    [
        (HARD, NOW, None, False),
        (HARD, NOW, NOW - DAY, False),
        (HARD, NOW, NOW + DAY, True),
        (SOFT, NOW, NOW + DAY, True),
        (HARD, None, NOW, False),  # it is still in a worker's hands
        (COMPLAINT, NOW, NOW + DAY, False),
    ],
)
def test_a_later_confirmation_overtakes_a_bounce_but_no_complaint(
    kind: BounceKind, sent: datetime | None, confirmed: datetime | None, *, overtaken: bool
) -> None:
    assert is_overtaken(kind, sent_at=sent, confirmed_at=confirmed) is overtaken


@pytest.mark.parametrize(
    ("mails", "refused", "hard", "soft", "complaints", "many"),
    [
        (0, 0, 0, 0, 0, (False, False)),
        (20, 1, 2, 1, 1, (False, False)),  # few readers say little
        (200, 1, 2, 1, 0, (False, False)),
        (200, 2, 2, 1, 0, (True, False)),
        (1000, 0, 15, 5, 3, (False, False)),
        (1000, 0, 15, 6, 5, (True, True)),
    ],
)
def test_many_is_a_share_of_enough_mails(
    mails: int, refused: int, hard: int, soft: int, complaints: int, many: tuple[bool, bool]
) -> None:
    came = Returns(mails=mails, refused=refused, hard=hard, soft=soft, complaints=complaints)
    assert (came.too_many_bounces, came.too_many_complaints) == many
