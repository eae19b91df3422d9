"""Reports for tests beyond the corpus: the shortest that say what they say."""

from __future__ import annotations


def bounce(
    status: str = "5.1.1", words: str = "550 5.1.1 User unknown", action: str = "failed"
) -> bytes:
    return f"""From: MAILER-DAEMON@mx.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; somebody@mx.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}
--b--
""".encode()


def complaint(*names: str) -> bytes:
    headers = "\n".join(names)
    return f"""From: fbl@mailbox.example
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1
--b
Content-Type: message/rfc822

{headers}
Subject: redacted

--b--
""".encode()


VACATION = b"""From: somebody@mx.example
Subject: Out of office
Auto-Submitted: auto-replied

Back on Sunday.
"""
