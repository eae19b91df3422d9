"""The journal that narrows the one window no database can close: between a message's final dot
and the record of its answer.

A worker process has one file, mapped into its memory: a head that names the chunk, and one
letter for each of its deliveries, `S` from just before the final dot may leave and `R` once the
server has accepted the message. Setting a letter is a store to memory that outlives a killed
process, as it need not outlive a lost machine. All of the file's room is taken when it is made:
a disk that fills up stops no message half-way. The file is locked as long as its process lives
and holds it: one that can be locked tells that its chunk is in nobody's hands. Whoever takes
that chunk over reads the file: R was sent, S is uncertain, neither was never handed over.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_NAME = re.compile(r"[A-Za-z0-9._-]+\.journal")
_HEAD = re.compile(rb"(\d+):(\d+) *\n")
_HEAD_SIZE = 64
_FILE_SIZE = 8192
_BEGUN, _ACCEPTED = b"SR"

MOST_DELIVERIES = _FILE_SIZE - _HEAD_SIZE
"""How many deliveries of one chunk a journal holds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalEntries:
    """Ordinals of one campaign that a journal knows to be begun and to be accepted."""

    begun: frozenset[int]
    accepted: frozenset[int]


def host_prefix(name: str = "") -> str:
    """What the names of this machine's journals begin with; `name` stands for its own name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name or socket.gethostname()) + "."


class Journal:
    """One process's file. Holds the letters of one chunk at a time."""

    def __init__(self, folder: Path, *, host: str = "") -> None:
        self.name = ""
        self._host = host_prefix(host)
        self._folder = folder
        self._map: mmap.mmap | None = None
        self._file = -1
        self._base = 0

    def open(self) -> None:
        """Makes sure that there is a file; to be called before a chunk is leased under `name`.
        Raises `OSError` when there is no room for it."""
        if self._map is not None and self._path.exists():
            return
        self.keep()
        self._folder.mkdir(parents=True, exist_ok=True)
        self.name = f"{self._host}{os.getpid()}.{os.urandom(4).hex()}.journal"
        unready = self._path.with_suffix(".new")
        file = os.open(unready, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.write(file, bytes(_FILE_SIZE)) < _FILE_SIZE:
                raise OSError("there is no room for a journal")
            self._map = mmap.mmap(file, _FILE_SIZE)
            unready.rename(self._path)
        except OSError:
            self.keep()
            os.close(file)
            unready.unlink(missing_ok=True)
            raise
        self._file = file

    def start_chunk(self, campaign_id: int, first: int, last: int) -> None:
        """Forgets the chunk before, whose results are in the database, and begins this one."""
        if last - first >= MOST_DELIVERIES:
            raise ValueError(f"a chunk of {last - first + 1} deliveries does not fit a journal")
        self._letters[_HEAD_SIZE:] = bytes(MOST_DELIVERIES)
        head = b"%d:%d" % (campaign_id, first)
        self._letters[:_HEAD_SIZE] = head.ljust(_HEAD_SIZE - 1) + b"\n"
        self._base = _HEAD_SIZE - first

    def begun(self, ordinal: int) -> None:
        """The final dot of this delivery's message may leave after this."""
        self._letters[self._base + ordinal] = _BEGUN

    def accepted(self, ordinal: int) -> None:
        """The server has accepted it."""
        self._letters[self._base + ordinal] = _ACCEPTED

    def entries(self) -> JournalEntries:
        """What is noted of this chunk."""
        return _entries_of(self._letters[:])

    def keep(self) -> None:
        """Leaves the file for whoever takes the chunk over; `open` makes another."""
        if self._map is not None:
            self._map.close()
            self._map = None
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def close(self) -> None:
        """Removes the file; only for a process that ends in order, with no chunk in its hands."""
        self.keep()
        if self.name:
            self._path.unlink(missing_ok=True)

    @property
    def _path(self) -> Path:
        return self._folder / self.name

    @property
    def _letters(self) -> mmap.mmap:
        assert self._map is not None, "the journal was not opened again"
        return self._map

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def abandoned_journals(folder: Path, *, host: str = "") -> list[str]:
    """The journals of this machine whose processes are gone, or have left them."""
    return [
        path.name for path in folder.glob(f"{host_prefix(host)}*.journal") if not _is_locked(path)
    ]


def _is_locked(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return True  # Its process has ended in order just now.
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(file)


def read_journal(folder: Path, name: str, campaign_id: int) -> JournalEntries | None:
    """What the journal of this name says of the campaign; None when it is not on this machine or
    holds something else."""
    if not _NAME.fullmatch(name):
        return None
    try:
        content = (folder / name).read_bytes()
    except OSError:
        return None
    head = _HEAD.match(content)
    return _entries_of(content) if head is not None and int(head[1]) == campaign_id else None


def _entries_of(content: bytes) -> JournalEntries:
    head = _HEAD.match(content)
    assert head is not None
    letters = list(enumerate(content[_HEAD_SIZE:], start=int(head[2])))
    return JournalEntries(
        begun=frozenset(ordinal for ordinal, letter in letters if letter),
        accepted=frozenset(ordinal for ordinal, letter in letters if letter == _ACCEPTED),
    )
