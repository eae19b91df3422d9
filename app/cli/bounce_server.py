"""A small server for mails that come back, spoken to by the mail server of the same machine.

It knows which addresses are ours by their signature and takes no other, so that it relays nothing
and answers nobody. What cannot be taken in now is asked for again later (451), never lost.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Conversation
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.links import BadToken, Links
from app.store.engine import make_engine, make_sessions
from app.store.journal import host_prefix
from app.store.pulse import BOUNCES, beat, still
from app.usecases.handle_feedback import handle_feedback, refuse_feedback

log = structlog.get_logger()

SIZE_LIMIT = 2_000_000
"""Octets of a message. Ours are far smaller, and so are reports about them."""

LONGEST_LINE = 100_000
"""Octets: a report whose server does not fold its lines is better read than lost."""

CONNECTIONS = 20
IDLE_SECONDS = 60
BEAT = 15.0
_HANDS = 2
"""Messages that are looked at in the same moment."""

COMPLAINTS = "fbl"
"""The one address for complaints, whoever they are about."""

_LATER = "451 4.3.0 Not now, try again later"


class Receiver:
    """What aiosmtpd calls for each message. One recipient each: LMTP would want an answer for
    every one, and ours are different for every mail."""

    def __init__(self, sessions: sessionmaker[Session], links: Links, domain: str) -> None:
        self._sessions = sessions
        self._links = links
        self._complaints = f"{COMPLAINTS}@{domain}".lower()
        self._hands = ThreadPoolExecutor(_HANDS, thread_name_prefix="bounces")

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self,
        _server: SMTP,
        _session: Conversation,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        if not self._is_ours(address):
            return await self._hand(self._refuse)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Conversation, envelope: Envelope
    ) -> str:
        recipient, content = envelope.rcpt_tos[0], envelope.content
        assert isinstance(content, bytes)
        return await self._hand(self._take_in, recipient, content)

    async def _hand(self, work: object, *arguments: object) -> str:
        """The database is waited for in another thread, and what goes wrong there is our fault,
        not the message's."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._hands, work, *arguments)  # type: ignore[arg-type]
        except SQLAlchemyError as error:
            log.warning("feedback_not_now", why=type(error).__name__)
        except Exception:
            log.exception("feedback_failed")
        return _LATER

    def _is_ours(self, address: str) -> bool:
        try:
            self._links.read_bounce(address)
        except BadToken:
            return address.lower() == self._complaints
        return True

    def _refuse(self) -> str:
        with self._sessions.begin() as session:
            refuse_feedback(session, now=datetime.now(UTC))
        return "550 5.1.1 No such address here"

    def _take_in(self, recipient: str, content: bytes) -> str:
        with self._sessions.begin() as session:
            handle_feedback(
                session,
                self._links,
                now=datetime.now(UTC),
                recipient=recipient,
                message=content,
            )
        return "250 2.0.0 OK"

    def close(self) -> None:
        self._hands.shutdown()


class _Full(asyncio.Protocol):
    """What one caller too many gets."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"421 4.3.2 Too many connections, try again later\r\n")
        transport.close()


class _Counted(SMTP):
    """A conversation that is in `talking` for as long as it lasts."""

    line_length_limit = LONGEST_LINE

    def __init__(self, talking: set[asyncio.Protocol], handler: Receiver, **options: Any) -> None:
        self._talking = talking
        super().__init__(handler, **options)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._talking.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._talking.discard(self)
        super().connection_lost(error)


class _CountedLMTP(_Counted, LMTP):
    """The same in LMTP (RFC 2033)."""


async def listen(settings: Settings, receiver: Receiver, fd: int | None = None) -> asyncio.Server:
    """Begins to listen at BOUNCE_LISTEN, or on a socket that does already; whoever calls closes."""
    place, loop = urlsplit(settings.bounce_listen), asyncio.get_running_loop()
    talking: set[asyncio.Protocol] = set()
    speaks = _CountedLMTP if place.scheme == "lmtp" else _Counted

    def answer() -> asyncio.Protocol:
        if len(talking) >= CONNECTIONS:
            return _Full()
        return speaks(
            talking,
            receiver,
            hostname=settings.bounce_domain,
            ident="Nashra bounces",
            enable_SMTPUTF8=True,
            data_size_limit=SIZE_LIMIT,
            timeout=IDLE_SECONDS,
            loop=loop,
        )

    if fd is not None:
        return await loop.create_server(answer, sock=socket.socket(fileno=fd))
    return await loop.create_server(answer, place.hostname, place.port or 0)


async def serve(settings: Settings, fd: int | None = None) -> None:
    """Listens until SIGTERM or SIGINT, and says now and then that it lives."""
    engine = make_engine(settings.database_url, pool_size=_HANDS + 1)
    sessions = make_sessions(engine)
    receiver = Receiver(sessions, Links(settings), settings.bounce_domain)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = await listen(settings, receiver, fd)
    log.info("bounces_open", at=settings.bounce_listen)
    name = host_prefix(settings.host_name).rstrip(".")
    while not stopped.is_set():
        await asyncio.to_thread(_beat, sessions, name)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), BEAT)
    server.close()
    receiver.close()
    await asyncio.to_thread(_still, sessions, name)
    engine.dispose()


def _beat(sessions: sessionmaker[Session], name: str) -> None:
    try:
        with sessions.begin() as session:
            beat(session, BOUNCES, name, now=datetime.now(UTC))
    except SQLAlchemyError as error:
        log.warning("no_heartbeat", why=type(error).__name__)


def _still(sessions: sessionmaker[Session], name: str) -> None:
    with suppress(SQLAlchemyError), sessions.begin() as session:
        still(session, BOUNCES, name)
