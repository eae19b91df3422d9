"""What the preflight sees in real messages: the golden mails, compiled, and broken on purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.edition import TOKEN_LENGTH
from app.domain.preflight import MailFacts
from app.mail.content import RenderedMail
from app.mail.inspect.facts import mail_facts, trial_message
from app.mail.inspect.message import read_message
from app.mail.wire import WireHeaders
from tests.mail.goldens import NAMES, approved, is_edition

EDITIONS = [name for name in NAMES if is_edition(approved(name))]
BASE = "https://levant.example"
TOKEN = "T" * TOKEN_LENGTH
COMMON = WireHeaders(
    from_name="ليفانت",
    from_address="news@levant.example",
    date=datetime(2025, 1, 22, 6, 30, tzinfo=UTC),
    base_url=BASE,
    list_id="digest.levant.example",
    list_name="ليفانت",
    feedback_id="1:digest:nashra",
)


def facts(mail: RenderedMail) -> MailFacts:
    raw = trial_message(mail, COMMON, token=TOKEN)
    return mail_facts(mail, raw, language="ar", base_url=BASE, token=TOKEN)


@pytest.mark.parametrize("name", EDITIONS)
def test_a_golden_mail_is_without_fault(name: str) -> None:
    mail = approved(name)
    found = facts(mail)
    assert found.subject == mail.subject
    assert found.preheader
    assert found.preheader in mail.html
    assert found.text.strip()
    assert found.unsubscribe == ()
    assert min(passage.ratio for passage in found.passages) >= 4.5
    assert all(image.alt and image.has_size for image in found.images)
    assert found.html_bytes < found.encoded_bytes < 100_000
    assert not any("/u/" in link or "/p/" in link for link in found.links)
    assert not found.spam_in_subject


def test_a_way_out_that_was_left_out() -> None:
    mail = approved("morning_ar")
    buried = mail.html.replace("<body", "<body><p>" + "كلمة " * 200 + "</p><i", 1)
    assert facts(replace(mail, html=buried)).unsubscribe == ("link_far_down",)
    no_links = replace(mail, html=mail.html.replace("/u/", "/x/"), text="نص")
    assert facts(no_links).unsubscribe == ("no_link_in_html", "no_link_in_text")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"List-Unsubscribe: <", b"X-Other: <", "no_header"),
        (b"List-Unsubscribe: <https", b"List-Unsubscribe: <mailto", "bad_header"),
        (b"List-Unsubscribe-Post: List", b"List-Unsubscribe-Post: Lost", "no_one_click"),
    ],
)
def test_headers_that_would_hide_the_button(old: bytes, new: bytes, problem: str) -> None:
    raw = trial_message(approved("morning_ar"), COMMON, token=TOKEN).replace(old, new, 1)
    assert read_message(raw, base_url=BASE).problems == (problem,)


def test_colours_come_from_styles_and_attributes() -> None:
    html = """<body style="color:#333;background-color:#fff"><table bgcolor="#8e1b2d"><tr>
    <td>faint</td><td style="color: #ffffff !important">clear<br>still</td>
    <td style="background:rgb(255, 255, 255)"><a href="https://x.example">link</a></td>
    <td style="display:none;color:#8e1b2d">hidden</td></tr></table></body>"""
    ratios = {p.text: round(p.ratio, 1) for p in facts(page(html)).passages}
    assert ratios == {"faint": 1.4, "clear": 9.0, "still": 9.0, "link": 9.4}


def test_pictures_without_words_or_size() -> None:
    html = """<img src="https://x.example/1.png"><img src="https://x.example/2.png" alt=""
    width="10" height="10"><img src="https://x.example/3.png" alt="a"
    style="width:1px;height:1px">"""
    found = [(image.alt, image.has_size) for image in facts(page(html)).images]
    assert found == [(None, False), ("", True), ("a", True)]


def page(html: str) -> RenderedMail:
    return RenderedMail(subject="نشرة", html=html, text="نص\n")
