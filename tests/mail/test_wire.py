"""Messages on the wire, read again by a strict reader: every header once, every slot filled."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.edition import PREFERENCES_SLOT, UNSUBSCRIBE_SLOT
from app.mail.content import RenderedMail
from app.mail.wire import InvalidValue, ReaderValues, Skeleton, WireHeaders, build_notice
from tests.mail.reading import Read, decoded_words, read_message

COMMON = WireHeaders(
    from_name="ليفانت",
    from_address="news@levant.example",
    date=datetime(2025, 1, 22, 6, 30, tzinfo=UTC),
    base_url="https://levant.example",
    list_id="digest-ar.levant.example",
    list_name="نشرة ليفانت",
    feedback_id="c17:digest:nashra",
)
VALUES = ReaderValues(
    address="reader@levant.example",
    unsubscribe_token="uU-_0123456789abcdefghijklmnopqr",
    preferences_token="pP-_0123456789ABCDEFGHIJKLMNOPQR",
    message_id="<4f2a.17@levant.example>",
)
BULK_HEADERS = {
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "list-id",
    "list-unsubscribe", "list-unsubscribe-post", "feedback-id", "precedence",
}  # fmt: skip
NOTICE_HEADERS = {
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type",
    "auto-submitted",
}  # fmt: skip
HEADLINE = "لماذا رفعت «Acme» أسعارها 15% في ٢٠٢٥؟"


def _mail(before: str = "مرحباً ", between: str = "\n", after: str = "\n") -> RenderedMail:
    body = (
        f"{before}https://levant.example/p/{PREFERENCES_SLOT}"
        f"{between}https://levant.example/u/{UNSUBSCRIBE_SLOT}{after}"
    )
    return RenderedMail(subject=HEADLINE, text=body, html=f"<p>{body}</p>{body}")


def _expected(page: str) -> str:
    filled = page.replace(UNSUBSCRIBE_SLOT, VALUES.unsubscribe_token)
    filled = filled.replace(PREFERENCES_SLOT, VALUES.preferences_token)
    return _with_crlf(filled)


def _with_crlf(text: str) -> str:
    return re.sub(r"\r\n|\r|\n", "\r\n", text)


def _check_parts(read: Read, mail: RenderedMail) -> None:
    assert [part.headers["content-type"] for part in read.parts] == [
        "text/plain; charset=utf-8",
        "text/html; charset=utf-8",
    ]
    assert read.parts[0].text == _expected(mail.text)
    assert read.parts[1].text == _expected(mail.html)


def test_a_bulk_message_has_each_header_once() -> None:
    mail = _mail()
    read = read_message(Skeleton.compile(mail, COMMON).message(VALUES))
    assert set(read.headers) == BULK_HEADERS
    assert read.headers["to"] == "<reader@levant.example>"
    assert decoded_words(read.headers["subject"]) == HEADLINE
    assert decoded_words(read.headers["from"]) == "ليفانت <news@levant.example>"
    assert read.headers["date"] == "Wed, 22 Jan 2025 06:30:00 +0000"
    assert read.headers["message-id"] == "<4f2a.17@levant.example>"
    assert read.headers["list-unsubscribe"] == (
        "<https://levant.example/u/uU-_0123456789abcdefghijklmnopqr>"
    )
    assert read.headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert decoded_words(read.headers["list-id"]) == "نشرة ليفانت <digest-ar.levant.example>"
    assert read.headers["precedence"] == "bulk"
    assert "reader" not in read.headers["feedback-id"]
    _check_parts(read, mail)


@given(
    before=st.text("سx~ \n.", max_size=130),
    between=st.text("ب-\n", max_size=130),
    after=st.text("é😀.\n", max_size=130),
)
def test_slots_are_filled_wherever_they_stand(before: str, between: str, after: str) -> None:
    mail = _mail(before + "|", "|" + between, "|" + after)
    _check_parts(read_message(Skeleton.compile(mail, COMMON).message(VALUES)), mail)


@pytest.mark.parametrize("offset", range(57))
def test_slots_are_filled_at_every_place_of_a_line(offset: int) -> None:
    for gap in (0, 24, 25, 57, 58, 200):
        mail = _mail("x" * offset, "\n" + "y" * gap)
        _check_parts(read_message(Skeleton.compile(mail, COMMON).message(VALUES)), mail)


def test_readers_differ_in_their_own_values_alone() -> None:
    skeleton = Skeleton.compile(_mail(), COMMON)
    other = replace(VALUES, unsubscribe_token="o" * 32, address="b@levant.example")
    first, second = skeleton.message(VALUES), skeleton.message(other)
    assert skeleton.message(VALUES) == first
    assert VALUES.unsubscribe_token.encode() not in second
    assert VALUES.unsubscribe_token not in read_message(second).parts[1].text


def test_a_retry_is_the_same_to_the_byte_and_readers_share_every_other_line() -> None:
    once, again = (Skeleton.compile(_mail(), COMMON).message(VALUES) for _ in "ab")
    assert once == again
    other = replace(VALUES, address="b@levant.example", message_id="<other@levant.example>")
    lines = set(Skeleton.compile(_mail(), COMMON).message(other).split(b"\r\n"))
    assert lines - set(once.split(b"\r\n")) == {
        b"To: <b@levant.example>",
        b"Message-ID: <other@levant.example>",
    }


def test_a_long_ascii_subject_is_folded() -> None:
    mail = replace(_mail(), subject="A very long English headline " * 9)
    read = read_message(Skeleton.compile(mail, COMMON).message(VALUES))
    assert decoded_words(read.headers["subject"]) == mail.subject


def test_an_internationalised_address_is_written_raw() -> None:
    data = Skeleton.compile(_mail(), COMMON).message(replace(VALUES, address="قارئ@levant.example"))
    assert read_message(data, smtputf8=True).headers["to"] == "<قارئ@levant.example>"


@pytest.mark.parametrize(
    "address",
    [
        "reader@levant.example\r\nBcc: all@levant.example",
        "reader@levant.example\n",
        "reader\0@levant.example",
        "reader\x0b@levant.example",
        "reader\x85@levant.example",
        "reader\u2028@levant.example",
        "reader@levant.example>, <other@levant.example",
        "a@levant.example,b@levant.example",
        "a b@levant.example",
        '"a"@levant.example',
        "a(b)@levant.example",
        "a@b@levant.example",
        "a@بريد.example",
        "\ud800@levant.example",
        "",
    ],
)
def test_a_hostile_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidValue):
        Skeleton.compile(_mail(), COMMON).message(replace(VALUES, address=address))
    with pytest.raises(InvalidValue):
        _notice(to=address)


@pytest.mark.parametrize("field", ["unsubscribe_token", "preferences_token"])
@pytest.mark.parametrize(
    "token", ["", "a" * 31, "a" * 33, "a" * 30 + "\r\n", "a" * 31 + ">", "ع" * 32, UNSUBSCRIBE_SLOT]
)
def test_a_token_of_another_form_is_refused(field: str, token: str) -> None:
    with pytest.raises(InvalidValue):
        Skeleton.compile(_mail(), COMMON).message(replace(VALUES, **{field: token}))


@pytest.mark.parametrize("message_id", ["<a@b>\r\nX: y", "<ع@levant.example>", "<a\0@b>"])
def test_a_hostile_message_id_is_refused(message_id: str) -> None:
    with pytest.raises(InvalidValue):
        Skeleton.compile(_mail(), COMMON).message(replace(VALUES, message_id=message_id))


@pytest.mark.parametrize(
    "field", ["from_name", "from_address", "base_url", "list_id", "list_name", "feedback_id"]
)
@pytest.mark.parametrize("control", ["\r\n", "\n", "\0", "\u2028"])
def test_a_hostile_common_value_is_refused(field: str, control: str) -> None:
    with pytest.raises(InvalidValue):
        Skeleton.compile(_mail(), replace(COMMON, **{field: f"a{control}Bcc: b@c.example"}))


def test_a_hostile_subject_is_refused() -> None:
    with pytest.raises(InvalidValue):
        Skeleton.compile(replace(_mail(), subject="خبر\r\nBcc: b@c.example"), COMMON)


def _notice(to: str = "reader@levant.example", mail: RenderedMail | None = None) -> bytes:
    return build_notice(
        mail or RenderedMail(subject="أكّد اشتراكك", html="<p>نص</p>", text="نص\n"),
        from_name="ليفانت",
        from_address="news@levant.example",
        to=to,
        date=datetime(2025, 1, 22, 6, 30, tzinfo=UTC),
        message_id="<n5@levant.example>",
    )


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=400))
def test_a_notice_has_each_header_once_and_its_text_whole(body: str) -> None:
    mail = RenderedMail(subject="أكّد اشتراكك", html=f"<p>{body}</p>", text=body)
    read = read_message(_notice(mail=mail))
    assert set(read.headers) == NOTICE_HEADERS
    assert read.headers["auto-submitted"] == "auto-generated"
    assert read.parts[0].text == _with_crlf(body)
    assert read.parts[1].text == _with_crlf(f"<p>{body}</p>")


def test_dots_at_the_start_of_a_line_need_no_stuffing() -> None:
    mail = RenderedMail(subject=".", html=".\n..\n", text=".\n.\n")
    data = _notice(mail=mail)
    assert not re.search(rb"(?m)^\.", data)
    assert read_message(data).parts[0].text == ".\r\n.\r\n"
