"""Connections to where a feed is: to an address that was checked, under the name's own SNI and
certificate, ended at a deadline however busily they drip."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from app.feeds.addresses import IpAddress, Target
from app.feeds.errors import ConnectionFailed, TimedOut, TlsFailed


def connect(target: Target, addresses: list[IpAddress], deadline: float) -> HTTPConnection:
    """A connection to the first address that answers."""
    problem = ""
    for address in addresses:
        connection = _connection(target, address, left(deadline))
        try:
            connection.connect()
        except ssl.SSLCertVerificationError as error:
            raise TlsFailed(error.verify_message) from None
        except (HTTPError, OSError) as error:
            connection.close()
            if isinstance(error, ssl.SSLError):
                raise TlsFailed(error.reason or "") from None
            problem = _reason(error)
        else:
            return connection
    if time.monotonic() >= deadline:
        raise TimedOut("it does not accept the connection")
    raise ConnectionFailed(problem)


def _connection(target: Target, address: IpAddress, seconds: float) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(str(address), target.port, timeout=seconds)
    return HTTPSConnection(
        str(address),
        target.port,
        timeout=seconds,
        server_hostname=target.host,
        ssl_context=ssl.create_default_context(),
    )


@contextmanager
def guarded(connection: HTTPConnection, deadline: float) -> Iterator[None]:
    """Ends the connection with the block, or at the deadline if that comes first.

    It works on the socket itself: the connection lets go of it before the body is read, and a
    refused head of an answer would keep it open.
    """
    line = connection.sock
    assert isinstance(line, socket.socket)
    guard = threading.Timer(left(deadline), _hang_up, [line])
    guard.daemon = True
    guard.start()
    try:
        yield
    finally:
        guard.cancel()
        guard.join()
        connection.close()
        if line.fileno() != -1:
            socket.close(line.detach())


def _hang_up(line: socket.socket) -> None:
    """Wakes whoever waits on the connection; the plain shutdown leaves TLS out of it."""
    with suppress(OSError):  # it has ended by itself
        socket.socket.shutdown(line, socket.SHUT_RDWR)


def left(deadline: float) -> float:
    """The seconds until `deadline` (monotonic). Raises `TimedOut` when there are none."""
    rest = deadline - time.monotonic()
    if rest <= 0:
        raise TimedOut
    return rest


def _reason(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    text = cause.strerror if isinstance(cause, OSError) else None
    return text or type(error).__name__
