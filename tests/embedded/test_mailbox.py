"""The mailbox: real SMTP, every message kept as it came, and only so many."""

from __future__ import annotations

import os
import smtplib
from pathlib import Path
from queue import Queue
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope

from app.domain.bounce import BounceKind, ReportKind, judge_failures
from app.embedded.mailbox import Mailbox
from app.embedded.mailbox_server import Maildir
from app.embedded.ports import LOOPBACK, free_port
from app.embedded.returns import comes_back, report_of
from app.mail.reports.read import read_report

MESSAGE = "Subject: =?utf-8?b?2YbYtNix2Kk=?=\r\n\r\n.نصّ\r\n..\r\n".encode()


def test_a_message_is_kept_as_it_came(mailbox: Mailbox, tmp_path: Path) -> None:
    parts = urlsplit(mailbox.url)
    with smtplib.SMTP(str(parts.hostname), parts.port or 0, timeout=10) as sender:
        sender.ehlo()
        assert sender.has_extn("pipelining")
        assert sender.has_extn("8bitmime")
        assert sender.has_extn("smtputf8")
        sender.sendmail(
            "قارئ@levant.example", ["reader@levant.example"], MESSAGE, ["SMTPUTF8", "BODY=8BITMIME"]
        )
    (kept,) = (tmp_path / "mailbox" / "new").iterdir()
    envelope, _, content = kept.read_bytes().partition(b"Subject:")
    assert envelope.decode() == (
        "Return-Path: <قارئ@levant.example>\r\nDelivered-To: reader@levant.example\r\n"
    )
    assert b"Subject:" + content == MESSAGE


class Listening(Controller):
    def factory(self) -> LMTP:
        return LMTP(self.handler)


class Door:
    """Takes what is handed in, and keeps it."""

    def __init__(self) -> None:
        self.taken: Queue[tuple[str, list[str], bytes]] = Queue()

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: object, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.taken.put((str(envelope.mail_from), envelope.rcpt_tos, envelope.content))
        return "250 OK"


def test_what_comes_back_is_handed_in_and_the_rest_is_kept(tmp_path: Path) -> None:
    door = Door()
    controller = Listening(door, hostname=LOOPBACK, port=free_port())
    controller.start()
    (tmp_path / "logs").mkdir()
    env = {**os.environ, "BOUNCE_LISTEN": f"lmtp://{LOOPBACK}:{controller.port}"}
    mailbox = Mailbox(tmp_path, env=env)
    mailbox.start()
    try:
        parts = urlsplit(mailbox.url)
        with smtplib.SMTP(str(parts.hostname), parts.port or 0, timeout=10) as sender:
            for to in ("lina+full@levant.example", "lina@levant.example"):
                sender.sendmail("b-1@levant.example", [to], MESSAGE)
        sender_of_report, recipients, report = door.taken.get(timeout=20)
    finally:
        mailbox.stop()
        controller.stop()
    assert (sender_of_report, recipients) == ("<>", ["b-1@levant.example"])
    assert judge_failures(read_report(report).failures)[0] is BounceKind.SOFT
    (kept,) = (tmp_path / "mailbox" / "new").iterdir()
    assert b"Delivered-To: lina@levant.example\r\n" in kept.read_bytes()


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    first = Maildir(tmp_path, kept=3)
    for number in range(3):
        first.add(b"%d" % number)
    seen = min((tmp_path / "new").iterdir())
    seen.rename(tmp_path / "cur" / f"{seen.name}:2,S")
    again = Maildir(tmp_path, kept=3)
    again.add(b"3")
    again.add(b"4")
    kept = sorted(path.read_bytes() for path in (tmp_path / "new").iterdir())
    assert kept == [b"2", b"3", b"4"]
    assert list((tmp_path / "cur").iterdir()) == []


def test_one_that_was_read_meanwhile_goes_too(tmp_path: Path) -> None:
    maildir = Maildir(tmp_path, kept=1)
    maildir.add(b"0")
    (seen,) = (tmp_path / "new").iterdir()
    seen.rename(tmp_path / "cur" / f"{seen.name}:2,S")
    maildir.add(b"1")
    assert list((tmp_path / "cur").iterdir()) == []


@pytest.mark.parametrize(
    ("tag", "kind", "kept"),
    [
        ("bounce", BounceKind.HARD, False),
        ("full", BounceKind.SOFT, False),
        ("spam", None, True),
        ("morning", None, True),
    ],
)
def test_an_address_that_says_so_sends_mail_back(
    tag: str, kind: BounceKind | None, *, kept: bool
) -> None:
    recipient = f"Reader+{tag}@levant.example"
    assert comes_back(recipient) is not kept
    report = report_of("b-0@levant.example", recipient, b"Message-ID: <1@levant.example>\r\n\r\n")
    if tag == "morning":
        assert report is None
        return
    assert report is not None
    said = read_report(report)
    if kind is None:
        assert said.kind is ReportKind.COMPLAINT
        assert said.names == ("b-0@levant.example", "1@levant.example")
    else:
        assert judge_failures(said.failures)[0] is kind
