"""The sink itself: what it says it accepted is what it was brought, in every kind of chunk."""

from __future__ import annotations

import smtplib
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import run

import pytest

from tests.sink.handle import ROOT, SinkProcess

SENDER, READER = "news@levant.example", "reader@levant.example"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[SinkProcess]:
    with SinkProcess(log=tmp_path / "accepted.log") as sink:
        yield sink


def mail(number: int) -> bytes:
    head = b"Subject: x\r\nMessage-ID: <%d@levant.example>\r\n\r\n" % number
    return head + b"Message-ID: <body@levant.example>\r\n.\r\n..\r\n" + b"text\r\n" * 5000


def client(sink: SinkProcess) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", sink.port, local_hostname="levant.example", timeout=5)


def test_every_accepted_message_is_logged_before_its_answer(sink: SinkProcess) -> None:
    with client(sink) as smtp:
        for number in range(3):
            smtp.sendmail(SENDER, READER, mail(number))
            assert sink.accepted() == [f"<{n}@levant.example>" for n in range(number + 1)]
    assert sink.behave()["messages"] == 3


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000, 10**9])
def test_ends_are_found_across_the_edges_of_packets(sink: SinkProcess, size: int) -> None:
    content = b"Message-ID: <1@levant.example>\r\n\r\n.\r.\n..\r\n.\r\n"
    said = b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"
    with socket.create_connection(("127.0.0.1", sink.port), timeout=5) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = sock.makefile("rb")
        lines.readline()
        for step in (said, content + said, b".\r\nQUIT\r\n"):
            for start in range(0, len(step), size):
                sock.sendall(step[start : start + size])
            answers = [lines.readline()[:3]]
            while answers[-1] not in (b"354", b"221"):
                answers.append(lines.readline()[:3])
        lines.close()
    assert answers == [b"250", b"221"]
    assert sink.accepted() == ["<1@levant.example>", ""]


def test_the_limit_brings_exactly_what_it_says(sink: SinkProcess) -> None:
    command = [sys.executable, "-m", "tests.bench.blast", str(sink.port)]
    sizes = ["--messages", "300", "--size", "21000", "--connections", "3"]
    run([*command, *sizes], cwd=ROOT, check=True, capture_output=True)
    assert sink.behave()["messages"] == 300
    assert sink.accepted() == ["<limit@levant.example>"] * 300


def test_refusals(sink: SinkProcess) -> None:
    with client(sink) as smtp:
        sink.behave(rcpt=[550, "reader@"])
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.sendmail(SENDER, READER, mail(1))
        smtp.sendmail(SENDER, "other@levant.example", mail(2))
        sink.behave(end=451)
        with pytest.raises(smtplib.SMTPDataError):
            smtp.sendmail(SENDER, READER, mail(3))
        sink.behave(mail=452)
        with pytest.raises(smtplib.SMTPSenderRefused):
            smtp.sendmail(SENDER, READER, mail(4))
        sink.behave(greylist=True)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.sendmail(SENDER, READER, mail(5))
        smtp.sendmail(SENDER, READER, mail(6))
    assert sink.accepted() == ["<2@levant.example>", "<6@levant.example>"]


@pytest.mark.parametrize(("fault", "accepted"), [("drop", 1), ("lose", 0)])
def test_cut_after_the_dot(sink: SinkProcess, fault: str, accepted: int) -> None:
    sink.behave(**{fault: 1})
    with pytest.raises(smtplib.SMTPServerDisconnected), client(sink) as smtp:
        smtp.sendmail(SENDER, READER, mail(1))
    assert len(sink.accepted()) == accepted
    with client(sink) as smtp:
        smtp.sendmail(SENDER, READER, mail(2))


def test_enough_for_one_connection(sink: SinkProcess) -> None:
    sink.behave(limit=1)
    with client(sink) as smtp:
        smtp.sendmail(SENDER, READER, mail(1))
        with pytest.raises(smtplib.SMTPSenderRefused, match="421"):
            smtp.sendmail(SENDER, READER, mail(2))


def test_unplugged_and_plugged_in_again(sink: SinkProcess) -> None:
    with client(sink) as smtp:
        sink.behave(unplug=True)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            smtp.noop()
    with pytest.raises(ConnectionRefusedError):
        client(sink)
    sink.behave()
    client(sink).quit()


def test_mute(sink: SinkProcess) -> None:
    with client(sink) as smtp:
        smtp.ehlo()
        sink.behave(mute=True)
        assert smtp.sock is not None
        smtp.sock.settimeout(0.2)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            smtp.noop()
