import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import Settings
from app.domain.edition import TOKEN_LENGTH
from app.links import BadToken, Links, ReaderToken

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
