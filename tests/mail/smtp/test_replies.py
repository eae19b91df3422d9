"""Replies, however the network cuts them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.mail.smtp.replies import LONGEST_REPLY, ConversationBroken, ReplyReader, shown

STREAM = b"250 2.1.0 ok\r\n250-one\r\n250-\r\n250 three\r\n354\r\n550 5.1.1 no\n421 bye\r\n"
REPLIES = [(250, b"2.1.0 ok"), (250, b"one  three"), (354, b""), (550, b"5.1.1 no"), (421, b"bye")]


@given(st.lists(st.integers(0, len(STREAM)), max_size=10))
def test_any_cut_gives_the_same_replies(cuts: list[int]) -> None:
    reader, found = ReplyReader(), []
    edges = [0, *sorted(cuts), len(STREAM)]
    for start, stop in pairwise(edges):
        found += reader.feed(STREAM[start:stop])
    assert found == REPLIES


@pytest.mark.parametrize("line", [b"", b"ok", b"25 ok", b"2500 ok", b"250ok", b"150 ok", b"600 ok"])
def test_what_is_no_reply(line: bytes) -> None:
    with pytest.raises(ConversationBroken):
        ReplyReader().feed(line + b"\r\n")


@pytest.mark.parametrize("part", [b"250-a\r\n", b"2"])
def test_a_reply_has_an_end(part: bytes) -> None:
    reader = ReplyReader()
    for _ in range(LONGEST_REPLY):
        reader.feed(part)
    with pytest.raises(ConversationBroken):
        reader.feed(part)


@given(st.binary(max_size=2000))
def test_whatever_is_said_can_be_stored_and_shown(said: bytes) -> None:
    words = shown(said)
    assert len(words) <= 500
    assert not set(words) & set("\0\r\n\t\u2028\u202e\u2066")
