"""What a person or a CMS wrote becomes an article, and a stored body can be edited again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.domain.article import RelatedLink
from app.feeds.written import BadArticle, Written, body_for_editing, draft_of

NOW = datetime(2025, 1, 22, 6, 30, tzinfo=UTC)
BASE = "https://levant.example"

PARAGRAPHS = some.lists(
    some.text("أبتثجحخد و،.؟!»«123 abc&<>\"'", min_size=1).filter(lambda text: text.strip()),
    min_size=1,
    max_size=5,
)


def body_of(body: str) -> str:
    written = Written(headline="خبر", standfirst="مقدمة", body=body)
    return draft_of(written, guid="1", base=BASE, now=NOW).body_html


@given(PARAGRAPHS)
def test_what_was_stored_is_the_same_after_an_edit_that_changed_nothing(texts: list[str]) -> None:
    stored = body_of("\n\n".join(texts))
    assert body_of(body_for_editing(stored)) == stored


@pytest.mark.parametrize(
    "stored",
    [
        "<p>سطر</p>\n<p>ثان</p>",
        "<p>واحد أصغر من اثنين: 1 &lt; 2 &amp;amp;</p>",
        '<p>نص <a href="https://a.example/x?y=1&amp;z=2">رابط</a> <strong>قوي</strong></p>',
        "<h2>عنوان</h2>\n<ul><li>أ</li><li>ب</li></ul>\n<blockquote><p>قول</p></blockquote>",
        '<p dir="ltr">English</p>\n<p>عربي<br>سطر</p>',
        (
            '<figure><img src="https://a.example/i.jpg" alt="صورة"><figcaption>تعليق</figcaption>'
            "</figure>\n<p>نص</p>"
        ),
    ],
)
def test_markup_survives_an_edit(stored: str) -> None:
    assert body_of(body_for_editing(stored)) == stored


def test_plain_paragraphs_are_edited_as_plain_text() -> None:
    assert body_for_editing("<p>سطر</p>\n<p>ثان</p>") == "سطر\n\nثان"
    assert body_of("سطر\r\n\r\n\r\nثان") == "<p>سطر</p>\n<p>ثان</p>"


def test_relative_addresses_count_from_the_article_s_own() -> None:
    written = Written(
        headline="خبر",
        body="<p><a href='/b'>ب</a></p>",
        url="https://news.example/a/1",
        image_url="/i.jpg",
        related=(RelatedLink(title="اقرأ أيضاً: خبر", url="/c"),),
    )
    draft = draft_of(written, guid="1", base=BASE, now=NOW)
    assert draft.body_html == '<p><a href="https://news.example/b">ب</a></p>'
    assert draft.image_url == "https://news.example/i.jpg"
    assert draft.related[0].url == "https://news.example/c"


def test_a_date_to_come_is_now() -> None:
    written = Written(headline="خبر", body="نص", published_at=NOW + timedelta(days=1))
    assert draft_of(written, guid="1", base=BASE, now=NOW).published_at == NOW


def test_a_headline_keeps_its_two_dots_where_a_person_wrote_them() -> None:
    written = Written(headline="بعد عام.. الجسر يعود", body="نص")
    assert draft_of(written, guid="1", base=BASE, now=NOW).headline == "بعد عام.. الجسر يعود"


def test_an_address_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadArticle) as raised:
        draft_of(
            Written(headline="خبر", body="نص", url=f"{BASE}/{'x' * 2001}"),
            guid="1",
            base=BASE,
            now=NOW,
        )
    assert (raised.value.code, raised.value.field) == ("too_long", "url")
