from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.campaign import CampaignKind
from app.domain.edition import PREFERENCES_SLOT, TOKEN_LENGTH, UNSUBSCRIBE_SLOT
from app.mail.content import RenderedMail
from app.mail.render import render_edition
from app.mail.wire import InvalidValue, ReaderValues, Skeleton, WireHeaders, build_notice
from tests.mail.judge import judge
from tests.mail.samples import BRAND, DAY, edition

COMMON = WireHeaders(
    from_name="ليفانت",
    from_address="news@levant.example",
    date=DAY,
    base_url="https://levant.example",
    list_id="digest.levant.example",
    list_name="ليفانت",
    feedback_id="7:digest:nashra",
)
READER = ReaderValues(
    address="reader@mail.example",
    unsubscribe_token="u" * TOKEN_LENGTH,
    preferences_token="p-_" + "P" * (TOKEN_LENGTH - 3),
    message_id="<AAAA-_99@levant.example>",
)

_ALPHABET = "ABCXYZabcxyz019-_"
tokens = st.text(_ALPHABET, min_size=TOKEN_LENGTH, max_size=TOKEN_LENGTH)
bodies = st.lists(
    st.one_of(
        st.sampled_from(
            [UNSUBSCRIBE_SLOT, PREFERENCES_SLOT, "\n", ".", "\n.\n", "\r\n", "خبر", "~"]
        ),
        st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), max_size=90),
    ),
    max_size=12,
).map("".join)


def _filled(text: str, reader: ReaderValues) -> str:
    return (
        text.replace("\r\n", "\n")
        .replace(UNSUBSCRIBE_SLOT, reader.unsubscribe_token)
        .replace(PREFERENCES_SLOT, reader.preferences_token)
    )


@settings(deadline=None)
@given(text=bodies, html=bodies, unsubscribe=tokens, preferences=tokens)
def test_every_message_decodes_to_the_mail_with_its_slots_filled(
    text: str, html: str, unsubscribe: str, preferences: str
) -> None:
    mail = RenderedMail(subject="خبر", html=html + "</html>\n", text=text + "\n")
    reader = replace(READER, unsubscribe_token=unsubscribe, preferences_token=preferences)
    judged = judge(Skeleton.compile(mail, COMMON).message(reader))
    assert judged.text == _filled(mail.text, reader)
    assert judged.html == _filled(mail.html, reader)


@pytest.mark.parametrize("before", range(120))
def test_a_slot_may_stand_anywhere_in_a_line(before: int) -> None:
    page = "x" * before + UNSUBSCRIBE_SLOT + "." + PREFERENCES_SLOT + "y" * (before % 60)
    mail = RenderedMail(subject="خبر", html=page + UNSUBSCRIBE_SLOT, text=page)
    judged = judge(Skeleton.compile(mail, COMMON).message(READER))
    assert judged.html == _filled(mail.html, READER)
    assert judged.text == _filled(mail.text, READER)


@pytest.mark.parametrize("kind", CampaignKind)
def test_an_edition_on_the_wire(kind: CampaignKind) -> None:
    mail = render_edition(edition(kind, subject="نشرة Levant: عدد ٧"), brand=BRAND)
    message = Skeleton.compile(mail, COMMON).message(READER)
    judged = judge(message)
    assert judged.headers["Subject"] == mail.subject
    assert judged.headers["From"] == "ليفانت <news@levant.example>"
    assert judged.headers["To"] == "<reader@mail.example>"
    assert judged.headers["Message-ID"] == READER.message_id
    assert judged.headers["Date"] == "Wed, 22 Jan 2025 06:30:00 +0000"
    assert judged.headers["List-Id"] == "ليفانت <digest.levant.example>"
    assert judged.headers["List-Unsubscribe"] == f"<https://levant.example/u/{'u' * 32}>"
    assert judged.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert judged.headers["Feedback-ID"] == "7:digest:nashra"
    assert judged.headers["Precedence"] == "bulk"
    assert b"\r\nList-Unsubscribe: <https://levant.example/u/" in message
    assert (judged.text, judged.html) == (_filled(mail.text, READER), _filled(mail.html, READER))
    assert judged.encoded_html_size <= 100_000


def test_a_retry_is_the_same_to_the_byte_and_readers_differ_only_where_they_must() -> None:
    mail = render_edition(edition(), brand=BRAND)
    once, again = (Skeleton.compile(mail, COMMON).message(READER) for _ in "ab")
    assert once == again
    other = replace(READER, address="second@mail.example", message_id="<BBBB@levant.example>")
    differing = set(Skeleton.compile(mail, COMMON).message(other).split(b"\r\n")) - set(
        once.split(b"\r\n")
    )
    assert differing == {b"To: <second@mail.example>", b"Message-ID: <BBBB@levant.example>"}


@pytest.mark.parametrize(
    "change",
    [
        {"address": "a@b.example\r\nBcc: c@d.example"},
        {"address": "a@b.example\n"},
        {"address": "a\u2028b@c.example"},
        {"address": "a\x85b@c.example"},
        {"address": "a\x0bb@c.example"},
        {"address": "a\0b@c.example"},
        {"address": "a>,<b@c.example"},
        {"address": "a b@c.example"},
        {"address": "a@b@c.example"},
        {"address": "a@بريد.example"},
        {"address": "\ud800@c.example"},
        {"address": ""},
        {"message_id": "AAAA@levant.example"},
        {"message_id": "<AA\r\nAA@levant.example>"},
        {"message_id": "<AAAA@levant.example>\n"},
        {"unsubscribe_token": "u" * 31},
        {"unsubscribe_token": "u" * 33},
        {"unsubscribe_token": "u" * 31 + "\n"},
        {"unsubscribe_token": UNSUBSCRIBE_SLOT},
        {"preferences_token": "é" + "u" * 31},
        {"preferences_token": "u" * 31 + "/"},
        {"preferences_token": '"' + "u" * 31},
    ],
)
def test_a_value_that_would_leave_its_slot_is_refused(change: dict[str, str]) -> None:
    skeleton = Skeleton.compile(RenderedMail(subject="خبر", html="a\n", text="a\n"), COMMON)
    with pytest.raises(InvalidValue):
        skeleton.message(replace(READER, **change))


@pytest.mark.parametrize(
    "change",
    [
        {"base_url": "https://levant.example/\r\nBcc: a@b.example"},
        {"base_url": "https://levant.example/>"},
        {"list_id": "a b"},
        {"list_name": "a\nb"},
        {"feedback_id": "7:ديجست"},
        {"from_address": "a@b.example>"},
        {"date": DAY.replace(tzinfo=None)},
    ],
)
def test_shared_headers_are_checked_once(change: dict[str, object]) -> None:
    mail = RenderedMail(subject="خبر", html="a\n", text="a\n")
    with pytest.raises(InvalidValue):
        Skeleton.compile(mail, replace(COMMON, **change))  # type: ignore[arg-type]
    with pytest.raises(InvalidValue):
        Skeleton.compile(replace(mail, subject="a\r\nb"), COMMON)


def test_an_international_local_part_is_utf8_and_never_encoded_words() -> None:
    skeleton = Skeleton.compile(RenderedMail(subject="خبر", html="a\n", text="a\n"), COMMON)
    message = skeleton.message(replace(READER, address="قارئ@xn--ngbof4h.example"))
    assert "\r\nTo: <قارئ@xn--ngbof4h.example>\r\n".encode() in message
    assert judge(message, smtputf8=True).headers["To"] == "<قارئ@xn--ngbof4h.example>"


def test_a_notice_is_marked_as_generated_and_belongs_to_no_list() -> None:
    mail = RenderedMail(subject="أكّد اشتراكك", html="<p>خبر</p>\n", text=".خبر\n")
    message = build_notice(
        mail,
        from_name="ليفانت",
        from_address="news@levant.example",
        to="reader@mail.example",
        date=DAY,
        message_id="<AAAA@levant.example>",
    )
    judged = judge(message)
    assert judged.headers["Auto-Submitted"] == "auto-generated"
    assert not [name for name in judged.headers if name.startswith("List-")]
    assert "Precedence" not in judged.headers
    assert (judged.text, judged.html) == (mail.text, mail.html)
