"""The mailbox pages, on messages as the embedded server writes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.web.mailbox.pages import PAGE_LENGTH
from tests.web.conftest import Clock, make_app
from tests.web.site import Site, tree, words

SUBJECT = "لماذا؟ ٢٠٢٥: أسئلة العام الجديد"
WORD = (
    "=?utf-8?b?2YTZhdin2LDYp9ifINmi2aDZotmlOiA=?=\r\n"
    " =?utf-8?b?2KPYs9im2YTYqSDYp9mE2LnYp9mFINin2YTYrNiv2YrYrw==?="
)
MESSAGE = """Return-Path: <b@levant.example>\r
Delivered-To: {to}\r
From: =?utf-8?b?2YTZitmB2KfZhtiq?= <news@levant.example>\r
To: {to}\r
Subject: {subject}\r
List-Unsubscribe: <https://levant.example/u/AAAA>\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary="b"\r
\r
--b\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: 8bit\r
\r
نص الرسالة\r
--b\r
Content-Type: text/html; charset=utf-8\r
Content-Transfer-Encoding: 8bit\r
\r
<html><head><style>@media (prefers-color-scheme: dark) {{ p {{ color: #eee }} }}</style></head>\
<body><p>متن الرسالة</p><script>alert(1)</script></body></html>\r
--b--\r
"""


def put(folder: Path, number: int, content: bytes, *, box: str = "new") -> str:
    """A message as `app.embedded.mailbox_server` names it; gives its key."""
    (folder / box).mkdir(parents=True, exist_ok=True)
    key = f"{1_737_500_000_000_000_000 + number:020d}.77_{number}.localhost"
    (folder / box / key).write_bytes(content)
    return key


def mail(to: str = "a@example.org", subject: str = WORD) -> bytes:
    return MESSAGE.format(to=to, subject=subject).encode()


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.mailbox_dir


@pytest.fixture
def box(
    settings: Settings, session: Session, sessions: sessionmaker[Session], clock: Clock
) -> Site:
    app = make_app(settings.with_(embedded=frozenset({"mailbox"})), sessions, clock)
    return Site(app.test_client(), clock, session)


def test_it_does_not_exist_with_a_mail_server(client: FlaskClient) -> None:
    assert client.get("/mailbox", base_url="https://levant.example").status_code == 404


def test_an_empty_one_says_what_comes_here(box: Site) -> None:
    assert "ستصل رسالة التأكيد إلى هنا" in words(box.open("/mailbox"))


def test_the_list_is_newest_first_with_subjects_as_they_are_read(box: Site, folder: Path) -> None:
    put(folder, 1, mail("first@example.org"))
    put(folder, 3, mail("third@example.org", "Third"), box="cur")
    put(folder, 2, mail("second@example.org", "=?x-none?q?a?= broken"))
    page = box.open("/mailbox")
    subjects = [e.text_content() for e in tree(page).xpath("//*[@class='mail-subject']")]
    assert subjects == ["Third", "=?x-none?q?a?= broken", SUBJECT]
    assert tree(page).xpath("//*[@class='mail-from']/bdi")[0].text == "ليفانت"
    assert tree(page).xpath("//*[@class='mail-to']/bdi")[0].text == "third@example.org"
    assert "٣ رسائل" in words(page)


def test_it_finds_a_recipient_and_turns_pages(box: Site, folder: Path) -> None:
    for number in range(PAGE_LENGTH + 7):
        put(folder, number, mail(f"reader{number}@example.org", f"Mail {number}"))
    first, second = box.open("/mailbox"), box.open("/mailbox?page=2")
    assert "الصفحة ١ من ٢" in words(first)
    assert len(tree(first).xpath("//ol/li")) == PAGE_LENGTH
    assert len(tree(second).xpath("//ol/li")) == 7
    assert len(tree(box.open("/mailbox?page=99")).xpath("//ol/li")) == 7
    assert box.open("/mailbox?page=x").status_code == 200
    found = box.open("/mailbox?q=READER12@")
    assert [e.text for e in tree(found).xpath("//*[@class='mail-subject']/bdi")] == ["Mail 12"]
    assert "لا توجد رسائل" in words(box.open("/mailbox?q=nobody"))


def test_a_message_has_its_html_in_a_sandbox_its_text_and_its_headers(
    box: Site, folder: Path
) -> None:
    key = put(folder, 1, mail())
    page = box.open(f"/mailbox/{key}")
    assert tree(page).findtext(".//h1/bdi") == SUBJECT
    (frame,) = tree(page).xpath("//iframe")
    sandbox = frame.get("sandbox").split()
    assert not {"allow-scripts", "allow-same-origin", "allow-forms"} & set(sandbox)
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]

    inside = box.open(frame.get("src"))
    policy = inside.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert inside.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "متن الرسالة" in inside.get_data(as_text=True)
    assert tree(inside).xpath("//base/@target") == ["_blank"]

    assert "نص الرسالة" in words(box.open(f"/mailbox/{key}?view=text"))
    headers = words(box.open(f"/mailbox/{key}?view=headers"))
    assert "<https://levant.example/u/AAAA>" in headers
    assert SUBJECT in headers
    source = box.open(f"/mailbox/{key}/source")
    assert source.mimetype == "text/plain"
    assert source.data == mail()


def test_the_colours_are_those_that_are_asked_for(box: Site, folder: Path) -> None:
    key = put(folder, 1, mail())
    dark = box.open(f"/mailbox/{key}/frame?scheme=dark").get_data(as_text=True)
    light = box.open(f"/mailbox/{key}/frame").get_data(as_text=True)
    assert "@media (min-width: 0)" in dark
    assert "@media (max-width: 0)" in light
    page = tree(box.open(f"/mailbox/{key}?width=phone&scheme=dark"))
    assert page.xpath("//div[@class='frame phone dark']")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00 no header at all",
        b"Subject: x\r\nContent-Type: text/html; charset=no-such\r\n\r\n<p>\xe3</p>",
        b"Content-Type: multipart/alternative\r\n\r\nno boundary",
        b"Content-Type: text/plain\r\nSubject: =?x-none?q?a?=\r\n\r\nplain only",
    ],
)
def test_no_message_breaks_the_pages(box: Site, folder: Path, content: bytes) -> None:
    key = put(folder, 1, content)
    assert box.open("/mailbox").status_code == 200
    for view in ("html", "text", "headers"):
        assert box.open(f"/mailbox/{key}?view={view}").status_code == 200
    assert box.open(f"/mailbox/{key}/frame").status_code == 200


@pytest.mark.parametrize(
    "key", ["nothing", "..", "..%2f..%2fsecret_key", ".hidden", "a*", "%00", "new", "x" * 500]
)
def test_a_key_is_no_path(box: Site, folder: Path, key: str) -> None:
    put(folder, 1, mail())
    (folder.parent / "secret_key").write_text("secret")
    os.symlink(folder.parent / "secret_key", folder / "secret_key")
    for path in (f"/mailbox/{key}", f"/mailbox/{key}/source", f"/mailbox/{key}/frame"):
        assert box.open(path).status_code in (400, 404)
