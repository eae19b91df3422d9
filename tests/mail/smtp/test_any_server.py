"""Servers that answer at random, several connections at once: nothing is lost from sight, nothing
is brought twice, and what is said of a message is what the server did with it."""

from __future__ import annotations

import random

import pytest

from app.mail.transport import Batch, ConnectFailed, Outcome
from tests.mail.smtp.parts import Recorder, messages, pool_for
from tests.mail.smtp.scripted import HANG_UP, OK, RESET, Answer, Pieces, ScriptedServer

COUNT = 25

ODD: tuple[Answer, ...] = (
    "450 later",
    "550 no",
    "421 bye",
    "250-two\r\n250 lines",
    "250 one\r\n250 too many",
    "gibberish",
    HANG_UP,
    RESET,
    Pieces(("2", "50 in ", "pieces\r\n"), apart=0.001),
)


def script(chance: random.Random) -> list[Answer]:
    return [chance.choice(ODD) if chance.random() < 0.15 else OK for _ in range(60)]


@pytest.mark.parametrize("features", [("PIPELINING",), ()], ids=["pipelined", "lock step"])
@pytest.mark.parametrize("seed", range(25))
def test_whatever_it_answers(seed: int, features: tuple[str, ...]) -> None:
    chance = random.Random(seed)
    recorder = Recorder()
    source = Batch(messages(COUNT))
    with (
        ScriptedServer(*[script(chance) for _ in range(12)], features=features) as server,
        pool_for(server.port, connections=3, timeout=2) as pool,
    ):
        try:
            pool.run(source, recorder)
        except ConnectFailed:
            assert pool.last_failure is not None
    left = set()
    while (message := source.next()) is not None:
        left.add(message.key)
    assert recorder.by_key.keys() | left == set(range(COUNT))
    assert not recorder.by_key.keys() & left

    answers: dict[bytes, list[str]] = {}
    for content, said in server.contents:
        answers.setdefault(content, []).append(said)
    for outcome in recorder.outcomes:
        check(outcome, answers.get(messages(COUNT)[outcome.key].data, []))


def check(outcome: Outcome, answers: list[str]) -> None:
    """`answers` is what the server said each time it had the whole message."""
    assert len(answers) <= 1
    if outcome.kind == "sent":
        assert answers[0].startswith("2")
    elif outcome.kind != "lost":
        assert not answers or answers[0].startswith(("4", "5"))
