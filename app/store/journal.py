"""The journal that narrows the one window no database can close: between a message's final dot
and the record of its answer.

A worker process has one file. It writes `S ordinal` before the final dot of a message may leave
and `R ordinal` when the server has accepted it; plain appends, no fsync, since it is there for
a killed process and not for a lost machine. When a chunk's lease has run out, whoever takes it
over reads the file: R was sent, S without R is uncertain, neither was never handed over.
"""

from __future__ import annotations

import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_NAME = re.compile(r"[A-Za-z0-9._-]+\.journal")
_LINE = re.compile(rb"^([SR]) (\d+):(\d+)\n", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalEntries:
    """Ordinals of one campaign that a journal knows to be begun and to be accepted."""

    begun: frozenset[int]
    accepted: frozenset[int]


def host_prefix() -> str:
    """What the names of this machine's journals begin with."""
    return re.sub(r"[^A-Za-z0-9]+", "-", socket.gethostname()) + "."


class Journal:
    """One process's file. Holds the lines of one chunk at a time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._open()

    def _open(self) -> None:
        self.name = f"{host_prefix()}{os.getpid()}.{os.urandom(4).hex()}.journal"
        self._path = self._folder / self.name
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def start_chunk(self) -> None:
        """Forgets the chunk before: its results are in the database."""
        os.ftruncate(self._file, 0)

    def keep(self) -> None:
        """Leaves the lines of this chunk for whoever takes it over, and goes on in a new file."""
        os.close(self._file)
        self._open()

    def begun(self, campaign_id: int, ordinal: int) -> None:
        os.write(self._file, b"S %d:%d\n" % (campaign_id, ordinal))

    def accepted(self, campaign_id: int, ordinal: int) -> None:
        os.write(self._file, b"R %d:%d\n" % (campaign_id, ordinal))

    def close(self) -> None:
        """Removes the file; only for a process that ends in order, with no chunk in its hands."""
        os.close(self._file)
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_journal(folder: Path, name: str, campaign_id: int) -> JournalEntries | None:
    """What the journal of this name says of the campaign; None when it is not on this machine."""
    if not _NAME.fullmatch(name):
        return None
    try:
        content = (folder / name).read_bytes()
    except OSError:
        return None
    found: dict[bytes, set[int]] = {b"S": set(), b"R": set()}
    for kind, campaign, ordinal in _LINE.findall(content):
        if int(campaign) == campaign_id:
            found[kind].add(int(ordinal))
    return JournalEntries(begun=frozenset(found[b"S"]), accepted=frozenset(found[b"R"]))
