"""Every golden mail as SpamAssassin scores it by the rules that come with it, without network.

The messages go in as one mailbox: starting the program takes longer than judging them all.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.judges.outside import SPAMASSASSIN, needs_spamassassin
from tests.mail.goldens import NAMES, approved, sent

pytestmark = needs_spamassassin

LIMIT = 1.0
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
"""The text that every spam filter must refuse: it shows that the judge is awake."""

SPAM = (
    b'From: "Levant" <news@levant.example>\r\nTo: <reader@levant.example>\r\n'
    b"Subject: Hello\r\nDate: Wed, 22 Jan 2025 06:30:00 +0000\r\n"
    b"Message-ID: <1@levant.example>\r\n\r\n" + GTUBE + b"\r\n"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    score: float
    rules: str


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Verdict]:
    messages = {name: sent(approved(name)) for name in NAMES} | {"spam": SPAM}
    return judged(messages, home=tmp_path_factory.mktemp("spamassassin"))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_far_from_spam(name: str, verdicts: Mapping[str, Verdict]) -> None:
    assert verdicts[name].score < LIMIT, verdicts[name].rules


def test_the_judge_knows_spam(verdicts: Mapping[str, Verdict]) -> None:
    assert verdicts["spam"].score > 5
    assert "GTUBE" in verdicts["spam"].rules
    assert "HTML_MESSAGE" in verdicts[NAMES[0]].rules


def judged(messages: Mapping[str, bytes], *, home: Path) -> Mapping[str, Verdict]:
    """By name. Each gets the line that a receiving server adds, with the date of the mail: without
    one the age of a golden mail would count against it."""
    mailbox = b"".join(
        b"From news@levant.example Wed Jan 22 06:30:05 2025\n"
        b"X-Name: %s\n"
        b"Received: by mx.reader.example with LMTP id 7; Wed, 22 Jan 2025 06:30:05 +0000\n"
        b"%s\n" % (name.encode(), message.replace(b"\r\n", b"\n"))
        for name, message in messages.items()
    )
    done = subprocess.run(
        [
            SPAMASSASSIN, "--local", "--mbox", "--configpath=/usr/share/spamassassin",
            f"--prefs-file={home / 'user_prefs'}", "--cf=use_bayes 0",
        ],
        input=mailbox, capture_output=True, check=False,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return dict(map(_verdict, re.split(rb"(?m)^From .*\n", done.stdout)[1:]))


def _verdict(message: bytes) -> tuple[str, Verdict]:
    # A message that is spam comes back inside a report, which keeps the first headers' names.
    headers = message_from_bytes(message)
    status = re.sub(r"\s+", " ", headers["X-Spam-Status"])
    name = re.search(rb"(?m)^X-Name: (\S+)", message)
    score = re.search(r"score=(-?[\d.]+)", status)
    assert name is not None, message[:400]
    assert score is not None, status
    return name[1].decode(), Verdict(score=float(score[1]), rules=status)
