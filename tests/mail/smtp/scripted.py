"""A mail server that follows a script: what it answers, and when it does not.

A script is one connection's answers in order, one for each command line or content after EHLO;
`OK` stands for the usual answer, which is also given when the script is at its end. Connections
beyond the last script behave, or are refused where `refuse_more` is set.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Self

CONTENT = "<content>"


class Special(Enum):
    OK = "the usual answer"
    HANG_UP = "close the connection"
    RESET = "close it so that the other side gets an error"
    SILENCE = "say nothing, and read nothing more"


OK, HANG_UP, RESET, SILENCE = Special.OK, Special.HANG_UP, Special.RESET, Special.SILENCE


@dataclass(frozen=True)
class Pieces:
    """One answer, or several, in separate packets; sent as they are."""

    parts: tuple[str, ...]


@dataclass(frozen=True)
class Midway:
    """Answers DATA with 354, says this after the first bytes of the content, and hangs up."""

    reply: str


Answer = str | Special | Pieces | Midway
Script = Sequence[Answer]


class ScriptedServer:
    """`seen` holds, for each connection, the command lines and `CONTENT` for each content."""

    def __init__(
        self,
        *scripts: Script,
        features: Sequence[str] = ("PIPELINING",),
        greeting: str = "220 scripted",
        refuse_more: bool = False,
    ) -> None:
        self._scripts = list(scripts)
        self._features = features
        self._greeting = greeting
        self._refuse_more = refuse_more
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        self.seen: list[list[str]] = []
        self.contents: list[bytes] = []

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._thread.join()

    def _accept(self) -> None:
        threads = []
        with contextlib.suppress(OSError):
            while True:
                end, _ = self._listener.accept()
                self._ends.append(end)
                self.seen.append([])
                script = list(self._scripts.pop(0)) if self._scripts else []
                if self._refuse_more and not self._scripts:
                    self._listener.close()
                work = (end, script, self.seen[-1])
                threads.append(threading.Thread(target=self._serve, args=work, daemon=True))
                threads[-1].start()
        for thread in threads:
            thread.join()

    def _serve(self, end: socket.socket, script: list[Answer], seen: list[str]) -> None:
        with contextlib.suppress(OSError), end.makefile("rb") as lines:
            end.sendall(f"{self._greeting}\r\n".encode())
            while line := lines.readline():
                command = line.decode("utf-8").rstrip("\r\n")
                if command.upper().startswith(("EHLO", "HELO")):
                    shown = ["scripted", *self._features]
                    marks = ["-"] * (len(shown) - 1) + [" "]
                    hello = [f"250{mark}{text}\r\n" for mark, text in zip(marks, shown, strict=True)]
                    end.sendall("".join(hello).encode())
                    continue
                seen.append(command)
                answer = script.pop(0) if script else OK
                if isinstance(answer, Midway):
                    end.sendall(b"354 go on\r\n")
                    lines.read(100)
                    answer_with(end, answer.reply)
                    return
                said = answer_with(end, answer, command)
                if said is None:
                    return
                if said.startswith("354") and command == "DATA":
                    self._read_content(lines)
                    seen.append(CONTENT)
                    if answer_with(end, script.pop(0) if script else OK, CONTENT) is None:
                        return

    def _read_content(self, lines: socket.SocketIO) -> None:
        content = b""
        while (line := lines.readline()) != b".\r\n":
            if not line:
                raise OSError
            content += line
        self.contents.append(content)


def answer_with(end: socket.socket, answer: Answer, command: str = "") -> str | None:
    """What was said; None when the connection is over for this server."""
    if answer is SILENCE:
        threading.Event().wait(5)
    elif answer is RESET:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    elif isinstance(answer, Pieces):
        for part in answer.parts:
            end.sendall(part.encode())
            time.sleep(0.01)
        return answer.parts[0]
    elif answer is not HANG_UP:
        said = usual(command) if isinstance(answer, Special) else str(answer)
        end.sendall(f"{said}\r\n".encode())
        if said.startswith(("421", "221")):
            close(end)
            return None
        return said
    close(end)
    return None


def close(end: socket.socket) -> None:
    # makefile holds the socket open: shutdown ends it in any case, close() alone does not.
    linger = end.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
    if linger[0] == 0:
        end.shutdown(socket.SHUT_WR)
    end.close()


def usual(command: str) -> str:
    return {"DATA": "354 go on", "QUIT": "221 bye", CONTENT: "250 queued"}.get(command, "250 ok")
