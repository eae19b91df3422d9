from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import Settings
from app.domain.edition import TOKEN_LENGTH
from app.links import BadToken, Links, ReaderToken, StaffTicket

SETTINGS = Settings(
    database_url="",
    redis_url="",
    smtp_url="",
    secret_key="a key for tests that is long enough",
    base_url="https://levant.example",
)
LINKS = Links(SETTINGS)


@given(st.integers(0, 2**40 - 1), st.integers(0, 2**24 - 1))
def test_a_token_is_read_back_and_has_its_length(subscriber: int, campaign: int) -> None:
    token = LINKS.unsubscribe_token(subscriber, campaign)
    assert len(token) == TOKEN_LENGTH
    assert LINKS.read_unsubscribe(token) == ReaderToken(
        subscriber_id=subscriber, campaign_id=campaign
    )


@given(st.integers(1, 2**24), st.integers(1, 2**31 - 1))
def test_a_bounce_address_survives_a_change_of_case(campaign: int, ordinal: int) -> None:
    address = LINKS.bounce_address(campaign, ordinal)
    assert len(address.partition("@")[0]) <= 64
    assert LINKS.read_bounce(address.upper()) == (campaign, ordinal)


def test_a_token_serves_one_purpose() -> None:
    token = LINKS.unsubscribe_token(7, 3)
    for read in (LINKS.read_preferences, LINKS.read_confirm):
        with pytest.raises(BadToken):
            read(token)


@given(st.integers(0, TOKEN_LENGTH - 1), st.sampled_from("AZaz09-_"))
def test_a_changed_token_is_refused(place: int, character: str) -> None:
    token = LINKS.unsubscribe_token(7, 3)
    changed = token[:place] + character + token[place + 1 :]
    if changed != token:
        with pytest.raises(BadToken):
            LINKS.read_unsubscribe(changed)


@pytest.mark.parametrize("text", ["", "x", "=" * 32, "é" * 32, " " * 32, "A" * 33, "!" * 32])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(BadToken):
        LINKS.read_confirm(text)
    with pytest.raises(BadToken):
        LINKS.read_bounce(text)


def test_links_outlive_a_rotation_of_the_key() -> None:
    old = LINKS.unsubscribe_token(7, 3)
    rotated = SETTINGS.with_(
        secret_key="another key that is long enough too",
        secret_key_fallbacks=(SETTINGS.secret_key,),
    )
    assert Links(rotated).read_unsubscribe(old).subscriber_id == 7
    forgotten = rotated.with_(secret_key_fallbacks=())
    with pytest.raises(BadToken):
        Links(forgotten).read_unsubscribe(old)


def test_a_retry_has_the_same_message_id_and_a_neighbour_another() -> None:
    assert LINKS.message_id(3, 9) == LINKS.message_id(3, 9)
    assert LINKS.message_id(3, 9) != LINKS.message_id(3, 10)
    assert LINKS.message_id(3, 9).endswith("@levant.example>")


MOMENT = datetime(2026, 3, 1, 12, 30, 59, tzinfo=UTC)


@given(st.integers(1, 2**24 - 1), st.integers(1, 2**40), st.integers(0, 2**24 - 1))
def test_a_ticket_of_the_staff_tells_account_version_and_minute(
    staff_id: int, version: int, minutes: int
) -> None:
    at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ticket = StaffTicket(staff_id=staff_id, version=version, at=at + timedelta(seconds=59))
    token = LINKS.reset_url(ticket).rpartition("/")[2]
    assert len(token) == TOKEN_LENGTH
    read = LINKS.read_reset(token)
    assert (read.staff_id, read.at) == (staff_id, at)
    assert read.is_of(version)
    assert not read.is_of(version + 1)


def test_an_invitation_resets_no_password() -> None:
    ticket = StaffTicket(staff_id=7, version=1, at=MOMENT)
    invitation = LINKS.invitation_url(ticket).rpartition("/")[2]
    reset = LINKS.reset_url(ticket).rpartition("/")[2]
    assert LINKS.read_invitation(invitation).staff_id == LINKS.read_reset(reset).staff_id == 7
    with pytest.raises(BadToken):
        LINKS.read_reset(invitation)
    with pytest.raises(BadToken):
        LINKS.read_invitation(reset)


@pytest.mark.parametrize("wrong", [{"staff_id": 2**24}, {"at": MOMENT + timedelta(days=30_000)}])
def test_what_does_not_fit_into_a_ticket_is_told(wrong: dict[str, Any]) -> None:
    plain = {"staff_id": 7, "version": 1, "at": MOMENT}
    with pytest.raises(ValueError, match="does not fit"):
        LINKS.reset_url(StaffTicket(**(plain | wrong)))
