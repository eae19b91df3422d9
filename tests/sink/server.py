"""The sink's process: `python -m tests.sink.server [PORT] [--log FILE] [--delay SECONDS] ...`

Prints one line of JSON with its port when it listens. Every line of JSON on its standard input
is the whole of the faults from then on (`{}` is none); it answers each with a line of figures.
It ends when its standard input does.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import selectors
import socket
import sys
import time
from collections import deque
from pathlib import Path

from tests.sink.faults import Faults
from tests.sink.session import EDGE, Session, message_id

BUFFER = 1 << 20


class Sink:
    """All connections of the process, driven by one loop."""

    def __init__(
        self, port: int, *, log: Path | None = None, delay: float = 0.0, pipelining: bool = True
    ) -> None:
        self.faults = Faults()
        self.logs = log is not None
        self.pipelining = pipelining
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if log else -1
        self._delay = delay
        self._late: deque[tuple[float, Session, bytes, bool]] = deque()
        self._buffer = bytearray(EDGE + BUFFER)
        self._room = memoryview(self._buffer)[EDGE:]
        self._selector = selectors.DefaultSelector()
        self._sessions: set[Session] = set()
        self._listener: socket.socket | None = None
        self.messages = self.bytes = self.connections = 0
        self.port = self._listen(port)

    def _listen(self, port: int) -> int:
        listener = socket.create_server(("127.0.0.1", port), backlog=256)
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ, self._welcome)
        self._listener = listener
        return int(listener.getsockname()[1])

    def accept(self, head: bytes) -> None:
        """Takes responsibility for a message: from here on it counts as accepted."""
        self.messages += 1
        if self.logs:
            os.write(self._log, message_id(head) + b"\n")

    def behave(self, faults: Faults) -> None:
        """Changes the faults at once."""
        faults.met = self.faults.met
        self.faults = faults
        if faults.unplug:
            for session in list(self._sessions):
                self._close(session)
        if (faults.refuse or faults.unplug) and self._listener is not None:
            self._selector.unregister(self._listener)
            self._listener.close()
            self._listener = None
        elif not (faults.refuse or faults.unplug) and self._listener is None:
            self._listen(self.port)

    def figures(self) -> dict[str, float]:
        return {
            "messages": self.messages,
            "bytes": self.bytes,
            "connections": self.connections,
            "open": len(self._sessions),
            "cpu": time.process_time(),
        }

    def serve(self, control: int) -> None:
        """Runs until the control input ends."""
        self._selector.register(control, selectors.EVENT_READ, None)
        rest = b""
        while True:
            for key, _ in self._selector.select(self._patience()):
                if isinstance(key.data, Session):
                    self._hear(key.data)
                elif key.data is not None:
                    key.data()
                else:
                    data = os.read(control, 65536)
                    if not data:
                        return
                    *lines, rest = (rest + data).split(b"\n")
                    for line in lines:
                        self.behave(Faults(**json.loads(line)))
                        say(self.figures())
            if self._late:
                self._send_late()

    def _patience(self) -> float | None:
        return max(0.0, self._late[0][0] - time.monotonic()) if self._late else None

    def _welcome(self) -> None:
        assert self._listener is not None
        with contextlib.suppress(BlockingIOError):
            while True:
                sock, _ = self._listener.accept()
                self.connections += 1
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
                sock.setblocking(False)
                session = Session(sock, self)
                self._sessions.add(session)
                self._selector.register(sock, selectors.EVENT_READ, session)
                self._answer(session, b"220 sink ESMTP\r\n")

    def _hear(self, session: Session) -> None:
        if session not in self._sessions:
            return
        self._buffer[:EDGE] = session.edge
        try:
            size = session.sock.recv_into(self._room)
        except BlockingIOError:
            return
        except OSError:
            size = 0
        if not size:
            self._close(session)
            return
        self.bytes += size
        answer = session.feed(self._buffer, size)
        if answer or session.over:
            self._answer(session, answer)

    def _answer(self, session: Session, answer: bytes) -> None:
        if self._delay:
            self._late.append((time.monotonic() + self._delay, session, answer, session.over))
        else:
            self._send(session, answer, over=session.over)

    def _send_late(self) -> None:
        now = time.monotonic()
        while self._late and self._late[0][0] <= now:
            _, session, answer, over = self._late.popleft()
            self._send(session, answer, over=over)

    def _send(self, session: Session, answer: bytes, *, over: bool) -> None:
        # Answers are a few hundred bytes: a client that leaves no room for them is gone.
        with contextlib.suppress(OSError):
            session.sock.send(answer)
        if over:
            self._close(session)

    def _close(self, session: Session) -> None:
        if session in self._sessions:
            self._sessions.discard(session)
            self._selector.unregister(session.sock)
            session.sock.close()


def say(figures: dict[str, float]) -> None:
    print(json.dumps(figures), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int, nargs="?", default=0)
    parser.add_argument("--log", type=Path, help="where accepted Message-IDs are appended")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before every answer")
    parser.add_argument("--no-pipelining", action="store_true")
    chosen = parser.parse_args()
    sink = Sink(
        chosen.port, log=chosen.log, delay=chosen.delay, pipelining=not chosen.no_pipelining
    )
    say({"port": sink.port})
    sink.serve(sys.stdin.fileno())


if __name__ == "__main__":
    main()
