"""A mail server that keeps every message: real SMTP on loopback, one file a message (Maildir).

Run as a process of its own: `python -m app.embedded.mailbox_server PORT FOLDER [LISTEN]`. Messages
are kept as they came over the wire, behind the envelope in two headers, as a delivering server
writes it; beyond a bound the oldest are removed. Where LISTEN says who takes bounces, mails to some
addresses come back (`app.embedded.returns`).
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import signal
import sys
import time
from collections import deque
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from app.embedded.ports import LOOPBACK
from app.embedded.returns import comes_back, hand_in, report_of

KEPT = 5_000
_SIZE_LIMIT = 30_000_000


class Maildir:
    """A folder of messages whose file names sort by the time of their arrival."""

    def __init__(self, folder: Path, *, kept: int = KEPT) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        self._kept = kept
        self._numbers = itertools.count()
        found = [*(folder / "new").iterdir(), *(folder / "cur").iterdir()]
        self._paths = deque(sorted(found, key=lambda path: path.name))
        self._prune()

    def add(self, content: bytes) -> None:
        name = f"{time.time_ns():020d}.{os.getpid()}_{next(self._numbers)}.localhost"
        written, path = self._folder / "tmp" / name, self._folder / "new" / name
        written.write_bytes(content)
        written.rename(path)
        self._paths.append(path)
        self._prune()

    def _prune(self) -> None:
        while len(self._paths) > self._kept:
            oldest = self._paths.popleft()
            oldest.unlink(missing_ok=True)
            for moved in (self._folder / "cur").glob(f"{oldest.name.partition(':')[0]}*"):
                moved.unlink(missing_ok=True)


class Handler:
    """What aiosmtpd calls: it offers pipelining, and accepts everything."""

    def __init__(self, maildir: Maildir, listen: str = "") -> None:
        self._maildir = maildir
        self._listen = listen

    async def handle_EHLO(  # noqa: N802 - the name is aiosmtpd's
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        kept = [one for one in envelope.rcpt_tos if not self._return(envelope, one, content)]
        if kept:
            headers = [f"Return-Path: <{envelope.mail_from or ''}>"]
            headers += [f"Delivered-To: {recipient}" for recipient in kept]
            self._maildir.add("\r\n".join((*headers, "")).encode(errors="replace") + content)
        return "250 OK"

    def _return(self, envelope: Envelope, recipient: str, content: bytes) -> bool:
        """Sends back what comes back of it; whether the mail itself does."""
        sender = (envelope.mail_from or "").strip("<>")  # nobody is told about a report
        report = report_of(sender, recipient, content) if self._listen and sender else None
        if report is None:
            return False
        asyncio.get_running_loop().run_in_executor(None, hand_in, self._listen, sender, report)
        return comes_back(recipient)


async def serve(port: int, folder: Path, listen: str) -> None:
    """Listens until SIGTERM or SIGINT."""
    handler = Handler(Maildir(folder), listen)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(
        lambda: SMTP(
            handler,
            hostname="mailbox.localhost",
            ident="Nashra mailbox",
            enable_SMTPUTF8=True,
            data_size_limit=_SIZE_LIMIT,
            loop=loop,
        ),
        LOOPBACK,
        port,
    )
    async with server:
        await stopped.wait()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), "".join(sys.argv[3:4])))
