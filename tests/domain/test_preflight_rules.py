"""What the facts about a campaign's mails mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.preflight import (
    AddressFacts,
    AudienceFacts,
    Check,
    Checklist,
    ImageFacts,
    MailFacts,
    Passage,
    ScoreFacts,
    Severity,
)
from app.domain.preflight_rules import judge, starts_right_to_left

LINK = "https://levant.example/1"
PICTURE = "https://levant.example/1.jpg"
MAIL = MailFacts(
    language="ar",
    subject="المرفأ يستقبل أول سفينة",
    preheader="رصيف جديد يعمل بالكهرباء",
    text="المرفأ يستقبل أول سفينة",
    words=60,
    html_bytes=20_000,
    encoded_bytes=27_000,
    links=(LINK,),
    images=(ImageFacts(url=PICTURE, alt="المرفأ", has_size=True),),
    passages=(Passage(text="المرفأ", ratio=12.0),),
    unsubscribe=(),
    spam_in_subject=(),
    spam_in_words=(),
    shouts=False,
)
ANSWERED = AddressFacts(tried=True, troubles={LINK: "", PICTURE: ""})
AUDIENCE = AudienceFacts(
    is_own_text=False,
    readers=3,
    had=0,
    variants=1,
    looked_at=1,
    candidates=1,
    stale=0,
    least=1,
)
SCORE = ScoreFacts(score=-1.0)


def judged(
    *,
    addresses: AddressFacts = ANSWERED,
    audience: AudienceFacts = AUDIENCE,
    score: ScoreFacts = SCORE,
    **mail: Any,
) -> Checklist:
    return judge([replace(MAIL, **mail)], addresses, audience, score)


def bad(checklist: Checklist) -> dict[str, Severity]:
    return {f.code: f.severity for f in checklist.findings if f.severity is not Severity.OK}


def test_a_good_mail_has_one_good_line_for_each_check() -> None:
    checklist = judged()
    assert bad(checklist) == {}
    assert [finding.check for finding in checklist.findings] == list(Check)
    assert not checklist.needs_acceptance


@pytest.mark.parametrize(
    ("changed", "code", "severity"),
    [
        ({"subject": ""}, "no_subject", "error"),
        ({"subject": "OPEC ترفع الإنتاج"}, "subject_turned", "error"),
        ({"subject": "خبر " * 30}, "subject_long", "warning"),
        ({"preheader": ""}, "no_preheader", "warning"),
        ({"preheader": MAIL.subject}, "preheader_repeats", "warning"),
        ({"html_bytes": 80_001}, "too_large", "error"),
        ({"encoded_bytes": 100_001}, "too_large", "error"),
        ({"text": " \n"}, "no_text", "error"),
        ({"words": 10_000}, "text_short", "warning"),
        ({"passages": (Passage(text="x", ratio=4.49),)}, "contrast_faint", "warning"),
        ({"passages": (Passage(text="x", ratio=2.9),)}, "contrast_lost", "error"),
        ({"unsubscribe": ("no_header",)}, "no_header", "error"),
        ({"unsubscribe": ("link_far_down",)}, "link_far_down", "warning"),
        ({"spam_in_subject": ("اضغط هنا",)}, "spam_in_subject", "warning"),
        ({"spam_in_words": ("a", "b", "c")}, "spam_in_body", "warning"),
        ({"shouts": True}, "subject_shouts", "warning"),
        (
            {"images": (ImageFacts(url=PICTURE, alt="", has_size=True),)},
            "images_without_alt",
            "warning",
        ),
        (
            {"images": (ImageFacts(url=PICTURE, alt="x", has_size=False),)},
            "images_without_size",
            "warning",
        ),
    ],
)
def test_each_fault_of_a_mail(changed: dict[str, Any], code: str, severity: str) -> None:
    assert bad(judged(**changed)) == {code: Severity(severity)}


@pytest.mark.parametrize(
    ("trouble", "code", "severity"),
    [
        ("not_found", "links_dead", "error"),
        ("private_address", "links_dead", "error"),
        ("timeout", "links_silent", "warning"),
        ("name_not_found", "links_silent", "warning"),
        ("bad_status", "links_silent", "warning"),
    ],
)
def test_a_link_that_does_not_answer(trouble: str, code: str, severity: str) -> None:
    checklist = judged(addresses=AddressFacts(tried=True, troubles={LINK: trouble, PICTURE: ""}))
    assert bad(checklist) == {code: Severity(severity)}
    (finding,) = (f for f in checklist.findings if f.code == code)
    assert finding.examples == (LINK,)


def test_a_broken_picture_only_warns() -> None:
    addresses = AddressFacts(tried=True, troubles={LINK: "", PICTURE: "not_found"})
    assert bad(judged(addresses=addresses)) == {"images_broken": Severity.WARNING}


def test_links_that_were_left_out_are_told() -> None:
    late = judged(addresses=AddressFacts(tried=True, troubles={PICTURE: ""}))
    assert bad(late) == {"links_untried": Severity.WARNING}
    off = judged(addresses=AddressFacts(tried=False, troubles={}))
    assert bad(off) == {}
    assert "links_unchecked" in [finding.code for finding in off.findings]


@pytest.mark.parametrize(
    ("score", "code", "severity"),
    [(1.9, "score", "ok"), (2.0, "score_high", "warning"), (5.0, "score_high", "error")],
)
def test_the_score(score: float, code: str, severity: str) -> None:
    (finding,) = (
        f for f in judged(score=ScoreFacts(score=score)).findings if f.check is Check.SPAM_SCORE
    )
    assert (finding.code, finding.severity) == (code, Severity(severity))


def test_a_judge_who_is_not_there_stops_nothing() -> None:
    checklist = judged(score=ScoreFacts(missing="not_installed"))
    assert bad(checklist) == {}
    assert checklist.findings[-1].code == "not_installed"


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"candidates": 0, "readers": 0}, {"nobody", "nothing_new"}),
        ({"readers": 0, "had": 7}, {"nothing_new"}),
        ({"readers": 0}, {"nobody"}),
        ({"least": 3}, {"too_few"}),
    ],
)
def test_nothing_to_send_needs_no_acceptance(changed: dict[str, Any], codes: set[str]) -> None:
    checklist = judge([], ANSWERED, replace(AUDIENCE, **changed), SCORE)
    assert bad(checklist).keys() == codes
    assert checklist.is_empty
    assert not checklist.needs_acceptance
    assert not checklist.errors


def test_the_worst_of_several_mails_counts() -> None:
    large = replace(MAIL, html_bytes=90_000, subject="المرفأ والمدينة")
    checklist = judge([MAIL, large], ANSWERED, AUDIENCE, SCORE)
    (finding,) = checklist.errors
    assert (finding.code, finding.numbers["html"]) == ("too_large", 90)


def test_a_list_survives_its_row() -> None:
    checklist = judged(html_bytes=90_000, spam_in_subject=("اضغط هنا",))
    assert Checklist.from_json(checklist.as_json()) == checklist


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("المرفأ", True),
        ("«المرفأ» يعود", True),
        ("\u200f2025 عام", True),
        ("\u2068OPEC\u2069 ترفع", False),
        ("OPEC ترفع", False),
        ("", False),
    ],
)
def test_which_way_a_subject_opens(subject: str, answer: bool) -> None:
    assert starts_right_to_left(subject) is answer
