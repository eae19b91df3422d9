"""One non-blocking socket, plain or TLS: what is written leaves as soon as the kernel takes it."""

from __future__ import annotations

import socket
import ssl

from app.mail.smtp.replies import ConversationBroken

_READ = 8192
_TLS_RECORD = 16_384


class Channel:
    """`waiting` counts the bytes that were written here and have not left yet; `untouched` those
    of them of which not even a part can have left."""

    __slots__ = ("_offered", "_parts", "_tls", "sock", "waiting")

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.waiting = 0
        self._offered = 0
        self._parts: list[bytes | memoryview] = []
        self._tls = sock if isinstance(sock, ssl.SSLSocket) else None

    def write(self, *parts: bytes) -> None:
        """Sends the parts in one system call where the kernel has room, keeps the rest."""
        self._parts.extend(parts)
        for part in parts:
            self.waiting += len(part)
        self.flush()

    def flush(self) -> None:
        """Sends what is kept, as far as it goes. Raises `ConversationBroken`."""
        if not self.waiting:
            return
        try:
            if self._tls is None:
                self._flush_plain()
            else:
                self._flush_tls(self._tls)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError as error:
            raise ConversationBroken(f"The connection was lost while writing: {error}") from error

    def _flush_plain(self) -> None:
        # Once: between two writes of a long message the server may have something to say.
        sent = self.sock.sendmsg(self._parts)
        self.waiting -= sent
        if self.waiting:
            self._drop(sent)
        else:
            self._parts.clear()

    def _drop(self, sent: int) -> None:
        """Forgets the first `sent` bytes of what is kept."""
        parts = self._parts
        while parts and sent >= len(parts[0]):
            sent -= len(parts.pop(0))
        if sent:
            parts[0] = memoryview(parts[0])[sent:]

    def _flush_tls(self, tls: ssl.SSLSocket) -> None:
        # One record at a time. OpenSSL may keep a part of one that it could not finish, and
        # wants the same bytes again.
        if len(self._parts) > 1:
            self._parts = [b"".join(self._parts)]
        while self.waiting:
            record = memoryview(self._parts[0])[: self._offered or _TLS_RECORD]
            self._offered = len(record)
            sent = tls.send(record)
            self._offered = 0
            self.waiting -= sent
            self._drop(sent)

    def read(self) -> bytes:
        """What has come, b"" for nothing now. Raises `ConversationBroken` at the end."""
        try:
            data = self.sock.recv(_READ)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return b""
        except OSError as error:
            raise ConversationBroken(f"The connection was lost: {error}") from error
        if not data:
            raise ConversationBroken("The server closed the connection.")
        return data

    @property
    def untouched(self) -> int:
        return self.waiting - self._offered

    @property
    def encrypted(self) -> bool:
        return self._tls is not None

    def close(self) -> None:
        self.sock.close()
