"""Opens connections: connect, EHLO, STARTTLS and login by smtplib, in a thread for each.

smtplib waits for every answer; a thread lets the other connections go on sending meanwhile.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from queue import Empty, SimpleQueue

from app.mail.smtp.relay import Relay, Security
from app.mail.smtp.replies import shown
from app.mail.transport import ConnectFailed, FailureReason

SEND_BUFFER = 262_144
"""Bytes the kernel takes over at once, so that a message leaves in one system call."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """An open connection, greeted and logged in, and what its server offers."""

    sock: socket.socket
    pipelining: bool
    smtputf8: bool


def dial(relay: Relay, *, hello: str, timeout: float) -> Line:
    """Opens one connection, waiting at most `timeout` seconds for each answer.

    Raises `ConnectFailed`."""
    client: smtplib.SMTP | None = None
    try:
        client = greeted(relay, hello, timeout)
        sock = client.sock
        assert isinstance(sock, socket.socket)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    except (OSError, ValueError) as error:  # smtplib's errors are OSErrors too
        if client is not None:
            client.close()
        raise _explain(error) from error
    _detach(client)
    return Line(
        sock=sock,
        pipelining=client.has_extn("pipelining"),
        smtputf8=client.has_extn("smtputf8"),
    )


class Stage(StrEnum):
    """How far the opening of a connection has come."""

    CONNECT = "connect"
    GREETING = "greeting"
    TLS = "tls"
    LOGIN = "login"


def greeted(
    relay: Relay, hello: str, timeout: float, *, reach: Callable[[Stage], None] | None = None
) -> smtplib.SMTP:
    """A client that may send. `reach` is told of each stage when it begins.

    Raises what smtplib and the sockets raise, and closes the connection then."""
    reach = reach or (lambda _stage: None)
    reach(Stage.CONNECT)
    client: smtplib.SMTP
    if relay.security is Security.TLS:
        client = smtplib.SMTP_SSL(
            relay.host,
            relay.port,
            local_hostname=hello,
            timeout=timeout,
            context=relay.tls_context(),
        )
    else:
        client = smtplib.SMTP(relay.host, relay.port, local_hostname=hello, timeout=timeout)
    try:
        reach(Stage.GREETING)
        client.ehlo_or_helo_if_needed()
        if relay.security is Security.STARTTLS:
            reach(Stage.TLS)
            client.starttls(context=relay.tls_context())
            client.ehlo_or_helo_if_needed()
        if relay.user:
            reach(Stage.LOGIN)
            client.login(relay.user, relay.password)
    except BaseException:
        client.close()
        raise
    return client


def _detach(client: smtplib.SMTP) -> None:
    """Takes the socket out of smtplib's hands, so that nothing of it closes or reads it."""
    if client.file is not None:
        client.file.close()
    client.file = None
    client.sock = None


def _explain(error: Exception) -> ConnectFailed:
    """One line for the operator, and whether waiting can help."""
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code < 200:
        return ConnectFailed(FailureReason.REFUSED, "The server's greeting is no SMTP reply.")
    if isinstance(error, smtplib.SMTPResponseException):
        login = isinstance(error, smtplib.SMTPAuthenticationError)
        words = error.smtp_error
        text = shown(words if isinstance(words, bytes) else str(words).encode())
        what = "The login was refused" if login else "The server refused"
        return ConnectFailed(
            FailureReason.LOGIN if login else FailureReason.REFUSED,
            f"{what}: {error.smtp_code} {text}",
            permanent=error.smtp_code >= 500,
            code=error.smtp_code,
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return ConnectFailed(FailureReason.REFUSED, f"{error}", permanent=True)
    if isinstance(error, ssl.SSLCertVerificationError):
        text = f"The server's certificate is not valid: {error.verify_message}"
        return ConnectFailed(FailureReason.TLS, text, permanent=True)
    if isinstance(error, ssl.SSLError):
        return ConnectFailed(FailureReason.TLS, f"TLS failed: {error.reason or error}")
    if isinstance(error, UnicodeError):
        text = "Only ASCII can stand in the mail server's user name and password."
        return ConnectFailed(FailureReason.LOGIN, text, permanent=True)
    text = " ".join(f"{error}".split()) or type(error).__name__
    return ConnectFailed(FailureReason.UNREACHABLE, f"The mail server cannot be reached: {text}")


class Dialler:
    """Dials in the background. `fileno` becomes readable when a dial has ended."""

    def __init__(self, relay: Relay, *, hello: str, timeout: float) -> None:
        self._relay, self._hello, self._timeout = relay, hello, timeout
        self._ended: SimpleQueue[Line | ConnectFailed] = SimpleQueue()
        self._bell, self._push = socket.socketpair()
        self._bell.setblocking(False)
        self._door = threading.Lock()
        self._closed = False
        self.under_way = 0

    def fileno(self) -> int:
        return self._bell.fileno()

    def start(self) -> None:
        self.under_way += 1
        threading.Thread(target=self._dial, name="smtp-dial", daemon=True).start()

    def _dial(self) -> None:
        try:
            ended: Line | ConnectFailed = dial(
                self._relay, hello=self._hello, timeout=self._timeout
            )
        except ConnectFailed as failure:
            ended = failure
        with self._door:
            if not self._closed:
                self._ended.put(ended)
                self._push.send(b"!")
            elif isinstance(ended, Line):
                ended.sock.close()

    def ended(self) -> Iterator[Line | ConnectFailed]:
        """The dials that have ended since the last call."""
        with contextlib.suppress(BlockingIOError):
            self._bell.recv(4096)
        with contextlib.suppress(Empty):
            while True:
                ended = self._ended.get_nowait()
                self.under_way -= 1
                yield ended

    def close(self) -> None:
        """Whatever is still being dialled is closed when it answers."""
        with self._door:
            self._closed = True
        for ended in self.ended():
            if isinstance(ended, Line):
                ended.sock.close()
        self._bell.close()
        self._push.close()
