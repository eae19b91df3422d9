"""Mails that come back, for a machine that has no internet: an address that says so bounces.

`name+bounce@…` is refused for good, `name+full@…` for the moment, and `name+spam@…` complains. The
report goes where a mail server would hand it in (BOUNCE_LISTEN), in the standards' own form.
"""

from __future__ import annotations

import logging
import smtplib
import time
from email.parser import BytesHeaderParser
from email.policy import compat32
from urllib.parse import urlsplit

_DOMAIN = "mailbox.localhost"
_TRIES = 10
"""Seconds that whoever takes reports may need to start."""

log = logging.getLogger(__name__)

_STATUS = """\
Reporting-MTA: dns; {domain}

Final-Recipient: rfc822; {recipient}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {words}
"""
_FEEDBACK = """\
Feedback-Type: abuse
User-Agent: Nashra-Mailbox/1
Version: 1
Original-Mail-From: <{sender}>
"""
_REPORT = """\
From: MAILER-DAEMON@{domain}
To: {sender}
Subject: {subject}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="returned"

--returned
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{subject}: {recipient}

--returned
Content-Type: message/{kind}
Content-Transfer-Encoding: 8bit

{said}
--returned
Content-Type: text/rfc822-headers

Message-ID: {message_id}
--returned--
"""


def comes_back(recipient: str) -> bool:
    """Whether a mail to this address is returned instead of kept."""
    return _tag(recipient) in ("bounce", "full")


def report_of(sender: str, recipient: str, content: bytes) -> bytes | None:
    """What comes back of a mail to this address; None where nothing does."""
    tag = _tag(recipient)
    if tag == "spam":
        subject, kind, said = "Complaint", "feedback-report", _FEEDBACK.format(sender=sender)
    elif tag in _REFUSALS:
        status, words = _REFUSALS[tag]
        subject, kind = "Undelivered Mail Returned to Sender", "delivery-status"
        said = _STATUS.format(domain=_DOMAIN, recipient=recipient, status=status, words=words)
    else:
        return None
    headers = BytesHeaderParser(policy=compat32).parsebytes(content)
    return _REPORT.format(
        domain=_DOMAIN,
        sender=sender,
        recipient=recipient,
        subject=subject,
        kind=kind,
        said=said,
        message_id=headers.get("Message-ID", ""),
    ).encode()


_REFUSALS = {
    "bounce": ("5.1.1", "550 5.1.1 No such mailbox here"),
    "full": ("5.2.2", "552 5.2.2 The mailbox is full"),
}


def _tag(recipient: str) -> str:
    return recipient.rpartition("@")[0].rpartition("+")[2].lower()


def hand_in(listen: str, sender: str, report: bytes) -> None:
    """Hands a report in at BOUNCE_LISTEN; waits a while for somebody to listen there."""
    place = urlsplit(listen)
    speak = smtplib.LMTP if place.scheme == "lmtp" else smtplib.SMTP
    for _ in range(_TRIES):
        try:
            with speak(str(place.hostname), place.port or 0, timeout=10) as talk:
                talk.sendmail("", [sender], report)
        except ConnectionRefusedError:
            time.sleep(1)
        except (OSError, smtplib.SMTPException) as error:
            log.warning("a report was not taken: %s", error)
            return
        else:
            return
    log.warning("nobody takes reports at %s", listen)
