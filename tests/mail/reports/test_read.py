"""Messages as mail servers and mailboxes send them back, and what nobody ought to send."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.bounce import BounceKind, ReportKind, judge_failures
from app.mail.reports.parts import MAX_BYTES
from app.mail.reports.read import read_report

CORPUS = Path(__file__).parent / "corpus"
SENDER = "b-0000000700000003aabbccddeeff00112233445566778899@bounces.levant.example"
NAME = "AAAABwAAAAPMqg5T1Zb5H1Yx2c4kM8pQ@levant.example"

HARD, SOFT = BounceKind.HARD, BounceKind.SOFT
FAILED = {
    "arabic_address_in_base64": (SOFT, "5.2.2", "552 5.2.2 صندوق البريد ممتلئ"),
    "exchange_arabic": (HARD, "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound;"),
    "exchange_blocked": (SOFT, "5.7.606", "550 5.7.606 Access denied, banned sending IP"),
    "exchange_online_edge": (HARD, "5.4.1", "550 5.4.1 Recipient address rejected:"),
    "exim_no_such_user": (HARD, "5.0.0", "550 No such person at this address"),
    "exim_old": (SOFT, "", "lina@host.example mailbox is full: retry timeout exceeded"),
    "gmail_no_such_user": (HARD, "5.1.1", "550-5.1.1 The email account that you tried to reach"),
    "gmail_over_quota": (SOFT, "5.2.2", "552-5.2.2 The recipient's inbox is out of storage"),
    "opensmtpd_error": (HARD, "5.1.1", "Hi! This is the MAILER-DAEMON"),
    "postfix_arabic_address": (HARD, "5.1.1", "550 5.1.1 <سمير@صحيفة.example>: المستخدم غير موجود"),
    "postfix_gave_up": (SOFT, "4.4.1", "connect to mx.slow.example[192.0.2.77]:25:"),
    "postfix_no_such_domain": (HARD, "5.4.4", "Host or domain name not found."),
    "postfix_no_such_user": (HARD, "5.1.1", "550 5.1.1 <samir@journal.example>: Recipient"),
    "qmail_no_such_user": (HARD, "5.1.1", "omar@paper.example>: Sorry, no mailbox here"),
    "qmail_over_quota": (SOFT, "", "Remote host said: 552 user is over quota - المستخدم"),
    "sendmail_no_such_user": (HARD, "5.1.1", "550 5.1.1 <fadi@union.example>... User unknown"),
    "sendmail_old": (HARD, "", "550 <fadi@union.example>... Host unknown"),
    "two_of_an_alias": (SOFT, "5.2.2", "552 5.2.2 Mailbox full"),
    "yahoo_no_such_user": (HARD, "5.0.0", "554 delivery error: dd This user doesn't have"),
    "yahoo_old": (HARD, "", "majd@yahoo.example>: This user doesn't have"),
}
OTHERS = {
    "a_reader_writes": ReportKind.NO_REPORT,
    "a_report_within_a_mail": ReportKind.NO_REPORT,
    "complaint_taken_back": ReportKind.NO_REPORT,
    "complaint_with_the_mail": ReportKind.COMPLAINT,
    "complaint_with_the_sender": ReportKind.COMPLAINT,
    "dmarc_failure": ReportKind.NO_REPORT,
    "one_of_a_list": ReportKind.ARRIVED,
    "postfix_delivered": ReportKind.ARRIVED,
    "postfix_still_trying": ReportKind.DELAYED,
    "vacation_arabic": ReportKind.AUTO_REPLY,
    "vacation_english": ReportKind.AUTO_REPLY,
    "vacation_unmarked": ReportKind.AUTO_REPLY,
}


def message(name: str) -> bytes:
    return (CORPUS / f"{name}.eml").read_bytes()


def test_every_message_of_the_corpus_is_read_here() -> None:
    assert {path.stem for path in CORPUS.iterdir()} == FAILED.keys() | OTHERS.keys()


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("name", FAILED)
def test_a_bounce_says_what_the_server_said(name: str, line_end: bytes) -> None:
    kind, status, words = FAILED[name]
    report = read_report(message(name).replace(b"\n", line_end))
    assert report.kind is ReportKind.FAILED
    judged, failure = judge_failures(report.failures)
    assert (judged, failure.status) == (kind, status)
    assert failure.words.startswith(words)


@pytest.mark.parametrize("name", OTHERS)
def test_other_messages_are_told_from_bounces(name: str) -> None:
    report = read_report(message(name))
    assert (report.kind, report.failures) == (OTHERS[name], ())


@pytest.mark.parametrize(
    ("name", "names"),
    [("complaint_with_the_mail", (SENDER, NAME)), ("complaint_with_the_sender", (SENDER,))],
)
def test_a_complaint_tells_what_the_mail_was_called(name: str, names: tuple[str, ...]) -> None:
    assert tuple(read_report(message(name)).names) == names


HEAD = b"From: MAILER-DAEMON@x.example\nSubject: failure\nMIME-Version: 1.0\n"
NEST = b"".join(
    b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(4_000)
)
HOSTILE = {
    "nothing": b"",
    "a nest": HEAD + NEST,
    "mails within mails": HEAD + b"Content-Type: message/rfc822\n\n" * 5_000,
    "one line": HEAD + b"\nThe following addresses had permanent errors\n" + b"a" * 4_000_000,
    "headers without end": b"X-Failed-Recipients: a@b.example\n" * 200_000,
    "a long header": HEAD + b"Auto-Submitted: " + b" =?utf-8?b?2Lk=?=" * 200_000 + b"\n\n",
    "parts without end": HEAD
    + b'Content-Type: multipart/report; boundary="x"\n\n'
    + b"--x\nContent-Type: message/delivery-status\n\nAction: failed\n\n" * 20_000,
    "groups without end": HEAD
    + b"Content-Type: message/delivery-status\n\n"
    + b"Action: failed\nStatus: 5.1.1\n\n" * 50_000,
    "unknown charset": HEAD + b"Content-Type: text/plain; charset=no-such\n\n\xff\xfe",
    "charset in parts": HEAD + b"Content-Type: text/plain; charset*0=x; charset*1=y\n\n\xff",
    "broken base64": HEAD
    + b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n=a=b\n",
    "broken encoded word": b"Subject: =?utf-8?b?2?= =?zz?q?=ff?=\nFrom: \xff\xfe\n\n",
    "digits": HEAD + b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: "
    + b"5.1." * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_messages_are_read_within_bounds(name: str) -> None:
    report = read_report(HOSTILE[name])
    assert len(report.failures) <= 100
    assert all(len(one.words) <= 500 and len(one.status) <= 9 for one in report.failures)


def test_what_a_report_says_is_read_though_its_mail_is_huge() -> None:
    name = "postfix_no_such_user"
    report = read_report(message(name) + b"x" * 60 + b"\nx" * MAX_BYTES)
    assert judge_failures(report.failures)[0] is HARD


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=2_000))
def test_no_bytes_raise(data: bytes) -> None:
    read_report(data)


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from([*FAILED, *OTHERS]),
    at=st.integers(min_value=0, max_value=3_000),
    gone=st.integers(min_value=0, max_value=400),
    instead=st.binary(max_size=40),
)
def test_no_damage_to_a_report_raises(name: str, at: int, gone: int, instead: bytes) -> None:
    whole = message(name)
    read_report(whole[:at] + instead + whole[at + gone :])
