"""A mail server that follows a script: what it answers, and when it does not.

A script is one connection's answers in order, one for each command line or content after EHLO;
`OK` stands for the usual answer, which is also given when the script is at its end. Connections
beyond the last script behave, or are refused where `refuse_more` is set.
"""

from __future__ import annotations

import contextlib
import io
import socket
import struct
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
    """What is sent as it stands, in separate packets, `apart` seconds before each."""

    parts: tuple[str, ...]
    apart: float = 0.01


@dataclass(frozen=True)
class Midway:
    """Answers DATA with 354, says this after the first bytes of the content, and hangs up."""

    said: str


Answer = str | Special | Pieces | Midway
Script = Sequence[Answer]


class ScriptedServer:
    """`seen` holds, for each connection, the command lines and `CONTENT` for each content;
    `contents` every content and what was said to it, or the `Special` that ended it."""

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
        self.contents: list[tuple[bytes, str]] = []

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
        for end in self._ends:
            end.close()  # One may have come in while the others were closed.

    def _accept(self) -> None:
        threads = []
        with contextlib.suppress(OSError):
            while True:
                end, _ = self._listener.accept()
                self._ends.append(end)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
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
            said: str | None = self._greeting
            end.sendall(f"{said}\r\n".encode())
            while said is not None and (line := lines.readline()):
                command = line.decode("utf-8").rstrip("\r\n")
                if command.upper().startswith(("EHLO", "HELO")):
                    end.sendall(self._hello())
                    continue
                seen.append(command)
                answer = script.pop(0) if script else OK
                if isinstance(answer, Midway):
                    end.sendall(b"354 go on\r\n")
                    lines.read(100)
                    end.sendall(answer.said.encode())
                    shut(end)
                    return
                said = answer_with(end, answer, command)
                if command == "DATA" and said is not None and "354 " in said:
                    content = read_content(lines)
                    seen.append(CONTENT)
                    answer = script.pop(0) if script else OK
                    said = answer_with(end, answer, CONTENT)
                    self.contents.append((content, said or str(answer)))

    def _hello(self) -> bytes:
        texts = ["scripted", *self._features]
        lines = [f"250-{text}\r\n" for text in texts[:-1]] + [f"250 {texts[-1]}\r\n"]
        return "".join(lines).encode()


def read_content(lines: io.BufferedReader) -> bytes:
    content = []
    while (line := lines.readline()) != b".\r\n":
        if not line:
            raise ConnectionError
        content.append(line)
    return b"".join(content)


def answer_with(end: socket.socket, answer: Answer, command: str) -> str | None:
    """What was said; None when the connection is over."""
    if isinstance(answer, Pieces):
        for part in answer.parts:
            time.sleep(answer.apart)
            end.sendall(part.encode())
        return "".join(answer.parts)
    if isinstance(answer, str) or answer is OK:
        said = answer if isinstance(answer, str) else usual(command)
        end.sendall(f"{said}\r\n".encode())
        if not said.startswith(("421", "221")):
            return said
    if answer is SILENCE:
        with contextlib.suppress(OSError):
            while end.recv(65536):
                pass
    if answer is RESET:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.close()
    else:
        shut(end)
    return None


def shut(end: socket.socket) -> None:
    """Says that nothing more comes, and reads what is still on its way, so that no reset
    overtakes what was said."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_WR)
        while end.recv(65536):
            pass


def usual(command: str) -> str:
    return {"DATA": "354 go on", "QUIT": "221 bye", CONTENT: "250 queued"}.get(command, "250 ok")
