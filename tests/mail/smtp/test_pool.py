"""The pool: connections kept and renewed, deadlines, the caller's errors, absent servers."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf

import pytest

from app.mail.transport import (
    Batch,
    ConnectFailed,
    FailureReason,
    Message,
    OutcomeKind,
    Pause,
)
from tests.mail.smtp.parts import TIMEOUT, Recorder, message, messages, pool_for
from tests.mail.smtp.scripted import (
    CONTENT,
    HANG_UP,
    OK,
    SILENCE,
    Midway,
    Pieces,
    ScriptedServer,
)

LARGE = 24_000_000
"""Bytes that no kernel takes over at once."""

BOTH_WAYS = pytest.mark.parametrize(
    "features", [("PIPELINING",), ()], ids=["pipelined", "lock step"]
)


class Listed:
    """A source that gives what it was made with; an exception in the list is raised."""

    def __init__(self, *items: Message | Pause | Exception, deadline: float = inf) -> None:
        self.items = list(items)
        self.deadline = deadline

    def next(self) -> Message | Pause | None:
        if not self.items:
            return None
        item = self.items.pop(0)
        if isinstance(item, Exception):
            raise item
        return item


class DiskFull(Exception):
    """What a caller's own code may raise."""


def test_connections_are_kept_between_runs() -> None:
    with ScriptedServer() as server, pool_for(server.port) as pool:
        for key in range(3):
            assert pool.send_one(message(key)).kind is OutcomeKind.SENT
    assert len(server.seen) == 1


@pytest.mark.parametrize("last", [HANG_UP, "421 idle for too long"])
@BOTH_WAYS
def test_a_connection_that_ended_while_idle_costs_nothing(
    last: object, features: tuple[str, ...]
) -> None:
    ends = "250 queued\r\n421 idle for too long\r\n" if last is not HANG_UP else "250 queued\r\n"
    script = [OK, OK, OK, Pieces((ends,)), HANG_UP]
    with ScriptedServer(script, features=features) as server, pool_for(server.port) as pool:
        assert pool.send_one(message(1)).kind is OutcomeKind.SENT
        assert pool.send_one(message(2)).kind is OutcomeKind.SENT
    assert [content for content, _ in server.contents] == [message(1).data, message(2).data]


def test_an_old_idle_connection_is_left_with_a_farewell() -> None:
    with ScriptedServer() as server, pool_for(server.port, idle_limit=0.0) as pool:
        for key in range(2):
            pool.send_one(message(key))
    assert [seen[-1] for seen in server.seen] == ["QUIT", "QUIT"]


@BOTH_WAYS
def test_a_connection_carries_so_many_messages(features: tuple[str, ...]) -> None:
    recorder = Recorder()
    with (
        ScriptedServer(features=features) as server,
        pool_for(server.port, per_connection=2) as pool,
    ):
        pool.run(Batch(messages(5)), recorder)
    assert set(recorder.by_key.values()) == {"sent 250"}
    assert [seen.count(CONTENT) for seen in server.seen] == [2, 2, 1]
    assert all(seen[-1] == "QUIT" for seen in server.seen)


def test_no_more_connections_than_there_is_work_for() -> None:
    with ScriptedServer() as server, pool_for(server.port, connections=8) as pool:
        pool.send_one(message(1))
        assert len(server.seen) == 1
        pool.run(Batch(messages(200)), Recorder())
    assert 1 <= len(server.seen) <= 8


def test_fewer_connections_hold_from_the_next_run_on() -> None:
    slow = [OK, OK, OK, Pieces(("250 queued\r\n",), apart=0.2)]
    with ScriptedServer(slow, slow, slow) as server, pool_for(server.port, connections=3) as pool:
        pool.run(Batch(messages(3)), Recorder())
        before = [one.count(CONTENT) for one in server.seen]
        pool.allow(1)
        pool.run(Batch(messages(6)), Recorder())
        after = [one.count(CONTENT) for one in server.seen]
    assert len(before) == len(after) == 3
    assert sorted(now - then for then, now in zip(before, after, strict=True)) == [0, 0, 6]


def test_never_more_unanswered_dots_than_connections() -> None:
    recorder = Recorder()
    with ScriptedServer() as server, pool_for(server.port, connections=3) as pool:
        pool.run(Batch(messages(300)), recorder)
    open_dots, most = set(), 0
    for heard in recorder.heard:
        if isinstance(heard, int):
            open_dots.add(heard)
        else:
            open_dots.discard(heard.key)
        most = max(most, len(open_dots))
    assert most <= 3
    assert len(recorder.by_key) == 300


def test_past_the_deadline_nothing_is_taken() -> None:
    source, recorder = Listed(message(1), deadline=time.monotonic() - 1), Recorder()
    with ScriptedServer() as server, pool_for(server.port) as pool:
        pool.run(source, recorder)
    assert len(source.items) == 1
    assert recorder.heard == []


def test_a_content_does_not_begin_past_the_deadline() -> None:
    late = Pieces(("354 go on\r\n",), apart=0.4)
    source = Listed(*messages(3), deadline=time.monotonic() + 0.2)
    recorder = Recorder()
    with ScriptedServer([OK, OK, late]) as server, pool_for(server.port, timeout=5) as pool:
        pool.run(source, recorder)
    assert recorder.by_key == {0: "unsent"}
    assert recorder.heard == recorder.outcomes
    assert len(source.items) == 2


def test_a_content_does_not_go_on_past_the_deadline() -> None:
    """The server reads nothing for a while: the kernel's buffers are full, the dot waits here."""
    source = Listed(message(1, size=LARGE), deadline=time.monotonic() + 0.3)
    recorder = Recorder()
    slow = Pieces(("354 go on\r\n", ""), apart=0.4)
    with ScriptedServer([OK, OK, slow]) as server, pool_for(server.port, timeout=5) as pool:
        source.deadline = time.monotonic() + 0.6
        pool.run(source, recorder)
    assert recorder.by_key == {1: "unsent"}
    assert server.contents == []


@BOTH_WAYS
def test_a_refusal_in_the_middle_of_a_content_is_heard(features: tuple[str, ...]) -> None:
    recorder = Recorder()
    script = [OK, OK, Midway("552 too large\r\n")]
    with ScriptedServer(script, features=features) as server, pool_for(server.port) as pool:
        pool.run(Batch([message(0, size=LARGE), message(1)]), recorder)
    assert recorder.by_key == {0: "permanent 552", 1: "sent 250"}


@pytest.mark.parametrize("said", ["", "250 ok\r\n", "nonsense\r\n"])
def test_a_content_that_broke_off_goes_out_again(said: str) -> None:
    recorder = Recorder()
    with ScriptedServer([OK, OK, Midway(said)]) as server, pool_for(server.port, timeout=5) as pool:
        pool.run(Batch([message(0, size=LARGE)]), recorder)
    assert recorder.by_key == {0: "sent 250"}
    assert recorder.heard[:2] == [0, 0]


def test_a_message_under_which_two_connections_broke_is_deferred() -> None:
    cut = [OK, OK, OK, OK, HANG_UP]
    recorder = Recorder()
    with ScriptedServer(cut, [HANG_UP]) as server, pool_for(server.port) as pool:
        pool.run(Batch(messages(3)), recorder)
    assert recorder.by_key == {0: "sent 250", 1: "temporary", 2: "sent 250"}


def test_a_server_that_ends_every_connection_is_given_up() -> None:
    recorder, source = Recorder(), Listed(*messages(50))
    with ScriptedServer(*[["421 overloaded"]] * 20) as server, pool_for(server.port) as pool:
        with pytest.raises(ConnectFailed, match="overloaded") as raised:
            pool.run(source, recorder)
        assert pool.last_failure is raised.value
    assert raised.value.code == 421
    assert not raised.value.permanent
    assert len(server.seen) < 5
    assert set(recorder.by_key.values()) <= {"temporary 421", "unsent"}
    assert len(recorder.outcomes) + len(source.items) == 50


def test_nothing_is_taken_while_nobody_listens(some_port: Callable[[], int]) -> None:
    source, recorder = Listed(message(1)), Recorder()
    with pool_for(some_port()) as pool:
        with pytest.raises(ConnectFailed) as raised:
            pool.run(source, recorder)
        assert raised.value.reason is FailureReason.UNREACHABLE
        outcome = pool.send_one(message(2))
    assert (len(source.items), recorder.heard) == (1, [])
    assert outcome.kind is OutcomeKind.UNSENT
    assert "cannot be reached" in outcome.reply


def test_a_server_that_goes_away_leaves_the_rest_unsent() -> None:
    script = [OK] * 7 + [HANG_UP]
    source, recorder = Listed(*messages(10)), Recorder()
    with (
        ScriptedServer(script, refuse_more=True) as server,
        pool_for(server.port) as pool,
        pytest.raises(ConnectFailed),
    ):
        pool.run(source, recorder)
    assert recorder.by_key == {0: "sent 250", 1: "lost", 2: "unsent"}
    assert len(source.items) == 7


def test_a_hanging_connection_does_not_stop_the_others() -> None:
    recorder = Recorder()
    with (
        ScriptedServer([OK, OK, OK, SILENCE]) as server,
        pool_for(server.port, connections=2, timeout=TIMEOUT) as pool,
    ):
        pool.run(Batch(messages(100)), recorder)
    kinds = list(recorder.by_key.values())
    assert (kinds.count("lost"), kinds.count("sent 250")) == (1, 99)


def test_an_answer_that_comes_while_the_source_is_busy_is_not_late() -> None:
    class Slow(Batch):
        def next(self) -> Message | None:
            time.sleep(0.25)
            return super().next()

    recorder = Recorder()
    with ScriptedServer() as server, pool_for(server.port, connections=3, timeout=0.2) as pool:
        pool.run(Slow(messages(5)), recorder)
    assert recorder.by_key == dict.fromkeys(range(5), "sent 250")


@pytest.mark.parametrize("greeting", ["554 go away", "421 too many connections", "junk"])
def test_a_greeting_that_is_none(greeting: str) -> None:
    with ScriptedServer(greeting=greeting) as server, pool_for(server.port) as pool:
        outcome = pool.send_one(message(1))
    assert outcome.kind is OutcomeKind.UNSENT
    assert outcome.code == (int(greeting[:3]) if greeting != "junk" else None)


def test_an_error_of_the_source_waits_for_the_answers() -> None:
    source, recorder = Listed(message(0), message(1), DiskFull(), message(2)), Recorder()
    with ScriptedServer() as server, pool_for(server.port) as pool:
        with pytest.raises(DiskFull):
            pool.run(source, recorder)
        assert recorder.by_key == {0: "sent 250", 1: "unsent"}
        assert pool.send_one(message(3)).kind is OutcomeKind.SENT


def test_an_error_before_the_dot_keeps_the_message_here() -> None:
    class FullDisk(Recorder):
        def about_to_end(self, key: int) -> None:
            if key == 1:
                raise DiskFull
            super().about_to_end(key)

    recorder = FullDisk()
    with ScriptedServer() as server, pool_for(server.port) as pool, pytest.raises(DiskFull):
        pool.run(Batch(messages(5)), recorder)
    assert recorder.by_key == {0: "sent 250", 1: "unsent", 2: "unsent"}
    assert len(server.contents) == 1


def test_a_pause_is_waited_for() -> None:
    source = Listed(message(0), Pause(seconds=0.05), message(1), Pause(seconds=0.0), message(2))
    recorder = Recorder()
    with ScriptedServer() as server, pool_for(server.port) as pool:
        pool.run(source, recorder)
    assert recorder.by_key == dict.fromkeys(range(3), "sent 250")


def test_an_address_beyond_ascii_needs_smtputf8() -> None:
    arabic = message(1, to="قارئ@levant.example")
    for features, expected in ((("PIPELINING",), "permanent"), (("SMTPUTF8",), "sent 250")):
        recorder = Recorder()
        with ScriptedServer(features=features) as server, pool_for(server.port) as pool:
            pool.run(Batch([message(0), arabic, message(2)]), recorder)
        assert recorder.by_key == {0: "sent 250", 1: expected, 2: "sent 250"}
        asked = [line for line in server.seen[0] if line.endswith("SMTPUTF8")]
        assert len(asked) == (expected == "sent 250")


@pytest.mark.parametrize(
    "bad", ["a@b.example>\r\nDATA", "a b@c.example", "<a@b.example>", "a\x85@b"]
)
def test_an_address_cannot_speak(bad: str) -> None:
    recorder = Recorder()
    with ScriptedServer() as server, pool_for(server.port) as pool:
        pool.run(Batch([message(0, to=bad), message(1)]), recorder)
    assert recorder.by_key == {0: "permanent", 1: "sent 250"}
    assert server.seen[0][0] == "MAIL FROM:<b+1@levant.example>"


def test_a_bounce_address_may_be_empty() -> None:
    empty = Message(key=1, sender="", recipient="reader@levant.example", data=b"A: b\r\n\r\nc\r\n")
    with ScriptedServer() as server, pool_for(server.port) as pool:
        assert pool.send_one(empty).kind is OutcomeKind.SENT
    assert server.seen[0][0] == "MAIL FROM:<>"
