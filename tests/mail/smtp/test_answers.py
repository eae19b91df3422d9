"""Every way a server can answer in the middle, and what becomes of three messages."""

from __future__ import annotations

import pytest

from app.mail.transport import Batch
from tests.mail.smtp.parts import Recorder, messages, pool_for
from tests.mail.smtp.scripted import (
    CONTENT,
    HANG_UP,
    OK,
    RESET,
    SILENCE,
    Pieces,
    Script,
    ScriptedServer,
)

ALL_SENT = ("sent 250", "sent 250", "sent 250")
LOST_FIRST = ("lost", "sent 250", "sent 250")
REFUSED_451 = ("temporary 451", "sent 250", "sent 250")
REFUSED_550 = ("permanent 550", "sent 250", "sent 250")
NOT_YET = Pieces(("",))

# Answers of the first connection; a second one behaves. Whatever way the client talks.
EITHER_WAY: dict[str, tuple[Script, tuple[str, ...]]] = {
    "all is well": ([], ALL_SENT),
    "refused at the end": ([OK, OK, OK, "550 spam"], REFUSED_550),
    "deferred at the end": ([OK, OK, OK, "451 later"], REFUSED_451),
    "another success code": ([OK, OK, OK, "252 taken"], ("sent 252", "sent 250", "sent 250")),
    "421 at the end": ([OK, OK, OK, "421 bye"], ("temporary 421", "sent 250", "sent 250")),
    "421 at MAIL": (["421 bye"], ALL_SENT),
    "421 at RCPT": ([OK, "421 bye"], ALL_SENT),
    "421 at DATA": ([OK, OK, "421 bye"], ALL_SENT),
    "421 at the second MAIL": ([OK, OK, OK, OK, "421 enough"], ALL_SENT),
    "cut at MAIL": ([HANG_UP], ALL_SENT),
    "cut at RCPT": ([OK, HANG_UP], ALL_SENT),
    "cut at DATA": ([OK, OK, HANG_UP], ALL_SENT),
    "cut after the dot": ([OK, OK, OK, HANG_UP], LOST_FIRST),
    "reset at DATA": ([OK, OK, RESET], ALL_SENT),
    "reset after the dot": ([OK, OK, OK, RESET], LOST_FIRST),
    "cut at the second DATA": ([OK] * 6 + [HANG_UP], ALL_SENT),
    "silent at MAIL": ([SILENCE], ALL_SENT),
    "silent at DATA": ([OK, OK, SILENCE], ALL_SENT),
    "silent after the dot": ([OK, OK, OK, SILENCE], LOST_FIRST),
    "several lines": ([OK, "250-one\r\n250-two\r\n250 three", OK, "250-a\r\n250 b"], ALL_SENT),
    "in pieces": ([OK, Pieces(("25", "0-o", "k\r", "\n250", " so\r\n"))], ALL_SENT),
    "code without text": (["250", OK, OK, "250"], ALL_SENT),
    "bare line feeds": ([Pieces(("250 ok\n",)), OK, OK, Pieces(("250 ok\n",))], ALL_SENT),
    "no reply at all at MAIL": (["hello"], ALL_SENT),
    "no reply at all at the end": ([OK, OK, OK, "hello"], LOST_FIRST),
    "an impossible code at the end": ([OK, OK, OK, "999 ok"], LOST_FIRST),
    "an endless reply": ([OK, OK, OK, "250-" + "a" * 20_000], LOST_FIRST),
    "354 at MAIL": (["354 go"], ALL_SENT),
    "354 at the end": ([OK, OK, OK, "354 go"], LOST_FIRST),
    "250 at DATA": ([OK, OK, "250 ok"], ALL_SENT),
    "an answer too many": ([OK, OK, OK, "250 one\r\n250 two"], ("sent 250",) * 3),
    "the third is refused": ([OK] * 11 + ["550 no"], ("sent 250", "sent 250", "permanent 550")),
}

PIPELINED: dict[str, tuple[Script, tuple[str, ...]]] = {
    "MAIL deferred": (["451 later", "503 no MAIL", "503 no MAIL"], REFUSED_451),
    "RCPT refused": ([OK, "550 unknown", "554 nobody"], REFUSED_550),
    "RCPT refused, DATA welcome": ([OK, "550 unknown", OK, "554 nobody"], REFUSED_550),
    "RCPT refused, no content accepted": ([OK, "550 unknown", OK, OK], REFUSED_550),
    "DATA deferred": ([OK, OK, "451 later"], REFUSED_451),
    "MAIL refused, RCPT welcome": (["550 no", OK, OK], REFUSED_550),
    "all answered together": (
        [NOT_YET, NOT_YET, Pieces(("250 a\r\n250 b\r\n354 go\r\n",))],
        ALL_SENT,
    ),
    "refused twice in a row": (
        [OK, "550 a", "554 b", OK, OK, "451 c", "554 d"],
        ("permanent 550", "temporary 451", "sent 250"),
    ),
    "RSET refused": ([OK, "550 a", "554 b", "500 what"], REFUSED_550),
}

LOCK_STEP: dict[str, tuple[Script, tuple[str, ...]]] = {
    "MAIL deferred": (["451 later"], REFUSED_451),
    "RCPT refused": ([OK, "550 unknown"], REFUSED_550),
    "DATA deferred": ([OK, OK, "451 later"], REFUSED_451),
    "RSET refused": ([OK, "550 a", "500 what"], REFUSED_550),
    "refused twice in a row": (
        [OK, "550 a", OK, OK, "451 c"],
        ("permanent 550", "temporary 451", "sent 250"),
    ),
}


@pytest.mark.parametrize("name", EITHER_WAY)
@pytest.mark.parametrize("features", [("PIPELINING",), ()], ids=["pipelined", "lock step"])
def test_whatever_way_the_client_talks(name: str, features: tuple[str, ...]) -> None:
    script, expected = EITHER_WAY[name]
    check(script, expected, features)


@pytest.mark.parametrize("name", PIPELINED)
def test_pipelined(name: str) -> None:
    script, expected = PIPELINED[name]
    check(script, expected, ("PIPELINING",))


@pytest.mark.parametrize("name", LOCK_STEP)
def test_in_lock_step(name: str) -> None:
    script, expected = LOCK_STEP[name]
    check(script, expected, ())


def check(script: Script, expected: tuple[str, ...], features: tuple[str, ...]) -> None:
    recorder = Recorder()
    with ScriptedServer(script, features=features) as server, pool_for(server.port) as pool:
        pool.run(Batch(messages(3)), recorder)
    assert recorder.by_key == dict(enumerate(expected))
    # Nothing is sent twice, and what is said to be sent or lost was really brought.
    brought = [content for content, _ in server.contents if content]
    assert len(brought) == len(set(brought))
    certain = [m.data for m, what in zip(messages(3), expected, strict=True) if "sent" in what]
    assert set(certain) <= set(brought)
    # What ended without a 2xx, 4xx or 5xx is only ever reported for a dot that had been announced.
    for index, heard in enumerate(recorder.heard):
        if not isinstance(heard, int) and heard.kind in ("sent", "lost"):
            assert heard.key in recorder.heard[:index]


def test_the_words_of_a_refusal_are_kept() -> None:
    words = "550-5.7.1 Your\x07 mail\r\n550 5.7.1 is \u202eunwelcome"
    recorder = Recorder()
    with ScriptedServer([OK, OK, OK, words]) as server, pool_for(server.port) as pool:
        pool.run(Batch(messages(1)), recorder)
    assert recorder.outcomes[0].reply == "5.7.1 Your mail 5.7.1 is unwelcome"


def test_one_write_brings_a_content_and_the_next_envelope() -> None:
    with ScriptedServer() as server, pool_for(server.port) as pool:
        pool.run(Batch(messages(2)), Recorder())
    assert server.seen == [
        [
            "MAIL FROM:<b+0@levant.example>",
            "RCPT TO:<reader0@levant.example>",
            "DATA",
            CONTENT,
            "MAIL FROM:<b+1@levant.example>",
            "RCPT TO:<reader1@levant.example>",
            "DATA",
            CONTENT,
            "QUIT",
        ]
    ]
    assert [content for content, _ in server.contents] == [m.data for m in messages(2)]


def test_a_refused_transaction_is_cleared_before_the_next() -> None:
    with (
        ScriptedServer([OK, "550 unknown", "554 nobody"]) as server,
        pool_for(server.port) as pool,
    ):
        pool.run(Batch(messages(2)), Recorder())
    assert server.seen[0][2:5] == ["DATA", "RSET", "MAIL FROM:<b+1@levant.example>"]


def test_a_lone_dot_follows_an_unwanted_go_ahead() -> None:
    with (
        ScriptedServer([OK, "550 unknown", OK, "554 nobody"]) as server,
        pool_for(server.port) as pool,
    ):
        pool.run(Batch(messages(1)), Recorder())
    assert server.contents == [(b"", "554 nobody")]
