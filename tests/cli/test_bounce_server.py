"""The server for mails that come back, in real conversations: LMTP and SMTP."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.cli import bounce_server
from app.cli.bounce_server import CONNECTIONS, SIZE_LIMIT, Receiver, listen
from app.config import Settings
from app.domain.bounce import BounceKind
from app.embedded.ports import LOOPBACK
from app.links import Links
from app.store.tables import Bounce, Delivery, FeedbackTally
from tests.mail.reports.messages import bounce, complaint
from tests.store.ledger_rows import add_campaign

Start = Callable[..., int]


@pytest.fixture
def start(settings: Settings, sessions: sessionmaker[Session]) -> Iterator[Start]:
    """Runs the server in a thread, and says at which port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    ends: list[Callable[[], None]] = []

    def run(scheme: str = "lmtp", reach: sessionmaker[Session] = sessions) -> int:
        receiver = Receiver(reach, Links(settings), settings.bounce_domain)
        here = settings.with_(bounce_listen=f"{scheme}://{LOOPBACK}:0")
        server = asyncio.run_coroutine_threadsafe(listen(here, receiver), loop).result(10)
        ends.extend((lambda: loop.call_soon_threadsafe(server.close), receiver.close))
        return int(server.sockets[0].getsockname()[1])

    yield run
    for end in ends:
        end()
    asyncio.run_coroutine_threadsafe(_rest(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


async def _rest() -> None:
    """Lets conversations whose callers have gone end."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)


@pytest.fixture
def sender(session: Session, settings: Settings, now: datetime) -> str:
    """The envelope sender of a mail that went out."""
    chunk = add_campaign(session, now, readers=1)
    session.get_one(Delivery, (chunk.campaign_id, 1)).at = now
    session.commit()
    return Links(settings).bounce_address(chunk.campaign_id, 1)


def kept(session: Session) -> list[BounceKind]:
    return list(session.scalars(select(Bounce.kind).execution_options(populate_existing=True)))


@pytest.mark.parametrize("scheme", ["lmtp", "smtp"])
def test_a_bounce_comes_in_and_a_second_time_changes_nothing(
    start: Start, session: Session, sender: str, scheme: str
) -> None:
    caller = smtplib.LMTP if scheme == "lmtp" else smtplib.SMTP
    with caller(LOOPBACK, start(scheme), timeout=10) as talk:
        for _ in range(2):
            assert talk.sendmail("", [sender], bounce()) == {}
    assert kept(session) == [BounceKind.HARD]
    counted = {row.outcome: row.messages for row in session.scalars(select(FeedbackTally))}
    assert counted == {"hard": 1, "repeated": 1}


def test_a_report_with_a_line_too_long_is_not_lost(
    start: Start, session: Session, sender: str
) -> None:
    with smtplib.LMTP(LOOPBACK, start(), timeout=10) as talk:
        report = bounce().replace(b"\n", b"\r\n") + b"x" * 5_000 + b"\r\n"
        assert talk.sendmail("", [sender], report) == {}
    assert kept(session) == [BounceKind.HARD]


def test_complaints_come_to_one_address(
    start: Start, session: Session, settings: Settings, sender: str
) -> None:
    with smtplib.LMTP(LOOPBACK, start(), timeout=10) as talk:
        to = f"FBL@{settings.bounce_domain}"
        talk.sendmail("fbl@mailbox.example", [to], complaint(f"Return-Path: <{sender}>"))
    assert kept(session) == [BounceKind.COMPLAINT]


def test_nothing_is_taken_that_is_not_ours(start: Start, session: Session, sender: str) -> None:
    forged = f"{sender.partition('@')[0][:-1]}x@levant.example"
    with smtplib.LMTP(LOOPBACK, start(), timeout=10) as talk:
        for address in (forged, "news@levant.example", "fbl@other.example", "postmaster"):
            talk.ehlo_or_helo_if_needed()
            talk.mail("")
            assert talk.rcpt(address)[0] == 550
            talk.rset()
    assert kept(session) == []
    assert session.scalars(select(FeedbackTally.messages)).all() == [4]


def test_one_recipient_and_a_bounded_size(start: Start, session: Session, sender: str) -> None:
    with smtplib.LMTP(LOOPBACK, start(), timeout=10) as talk:
        talk.ehlo_or_helo_if_needed()
        assert talk.mail("", [f"SIZE={SIZE_LIMIT + 1}"])[0] == 552
        talk.mail("")
        assert talk.rcpt(sender)[0] == 250
        assert talk.rcpt(sender)[0] == 452
        assert talk.data(b"x" * 70 + b"\r\n" + b"y" * 70 * (SIZE_LIMIT // 70))[0] in (500, 552)
    assert kept(session) == []


def test_while_the_database_is_away_the_message_is_to_come_again(
    start: Start, session: Session, sender: str
) -> None:
    class Away:
        def begin(self) -> Session:
            raise OperationalError("connect", None, Exception("away"))

    with smtplib.LMTP(LOOPBACK, start(reach=Away()), timeout=10) as talk:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            talk.sendmail("", [sender], bounce())
        assert refused.value.smtp_code == 451
    assert kept(session) == []


def test_only_so_many_may_talk_at_once(
    start: Start, sender: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounce_server, "CONNECTIONS", 2)
    assert CONNECTIONS > 2
    port = start()
    talking = [smtplib.LMTP(LOOPBACK, port, timeout=10) for _ in range(2)]
    with socket.create_connection((LOOPBACK, port), timeout=10) as third:
        assert third.recv(100).startswith(b"421 ")
    for one in talking:
        one.quit()
