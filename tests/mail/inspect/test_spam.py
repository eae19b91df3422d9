"""Words of advertising, and the outside judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.mail.inspect.spam_words import shouts, spam_words
from app.mail.inspect.spamassassin import NoScore, spam_score
from tests.judges.outside import needs_spamassassin
from tests.mail.goldens import approved
from tests.mail.inspect.test_facts import COMMON, TOKEN, trial_message


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("لقد رَبِحْتَ! واضغط هنا", ["لقد ربحت", "اضغط هنا"]),
        ("أربــاح مضمونه", ["ارباح مضمونه"]),
        ("BUY NOW, you’ve won", ["buy now", "you've won"]),
        ("مضغط هناك، والربح مضمون التحسن", []),
        ("The winner of the election will act nowhere", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert spam_words(text) == found


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("خبر عاجل!!", True),
        ("ماذا؟!", True),
        ("ماذا بعد؟", False),
        ("BREAKING NEWS FROM BEIRUT", True),
        ("قمة OPEC في فيينا", False),
    ],
)
def test_shouting(subject: str, answer: bool) -> None:
    assert shouts(subject) is answer


@needs_spamassassin
def test_the_outside_judge_likes_a_digest_and_knows_its_test_line() -> None:
    mail = trial_message(approved("morning_ar"), COMMON, token=TOKEN)
    assert spam_score(mail, seconds=60).score < 1
    head = b"From: a@example.org\r\nSubject: x\r\n\r\n"
    gtube = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n"
    caught = spam_score(head + gtube, seconds=60)
    assert caught.score > 500
    assert "GTUBE" in caught.rules


def test_without_it_there_is_no_score(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoScore, match="not_installed"):
        spam_score(b"", seconds=1)


def test_a_judge_who_takes_too_long(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "spamassassin"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoScore, match="too_slow"):
        spam_score(b"", seconds=0.1)
