"""The signs by which parts are told apart: what is taken, and above all what is left alone."""

from __future__ import annotations

import pytest

from app.feeds.signs import (
    after_read_also,
    author_name,
    is_byline,
    is_caption,
    is_excerpt,
    read_also,
    split_kicker,
    without_more,
)


@pytest.mark.parametrize(
    ("headline", "parts"),
    [
        ("خطوة أولى.. سدرة تفتح جسرها الجديد", ("خطوة أولى", "سدرة تفتح جسرها الجديد")),
        ("خطوة أولى… سدرة تفتح جسرها الجديد", ("خطوة أولى", "سدرة تفتح جسرها الجديد")),
        ("خطوة أولى .. سدرة تفتح جسرها الجديد", ("خطوة أولى", "سدرة تفتح جسرها الجديد")),
        ("سدرة تفتح جسرها الجديد", None),
        ("سدرة تفتح جسرها.. أخيراً", None),
        ("قيل.. وقيل.. ثم فتحت سدرة جسرها", None),
        ("خطوة أولى... سدرة تفتح جسرها الجديد", None),
        ("خطوة أولى. سدرة تفتح جسرها الجديد", None),
        ("الإصدار 2..3 من برنامج سدرة الجديد", None),
        ("جملة طويلة فيها من الكلمات ما يزيد على سبع كلها.. سدرة تفتح جسرها الجديد", None),
        ("سدرة تفتح جسرها الجديد..", None),
    ],
)
def test_kicker(headline: str, parts: tuple[str, str] | None) -> None:
    assert split_kicker(headline) == (parts or ("", headline))


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("اقرأ أيضاً: عنوان", "عنوان"),
        ("اقرأ أيضا : عنوان", "عنوان"),
        ("إقرأ أيضًا: عنوان: وفيه نقطتان", "عنوان: وفيه نقطتان"),
        ("شاهد أيضاً:", ""),
        ("اقرأ أيضاً", ""),
        ("Read also: a title", "a title"),
        ("اقرأ أيضا | عنوان", "عنوان"),
        ("اقرأ أيضاً - عنوان - وتتمته", "عنوان - وتتمته"),
        ("قد يهمك.. عنوان", "عنوان"),
        ("[شاهد أيضاً: عنوان]", "عنوان"),
        ("«ذات صلة»", ""),
        ("مواضيع ذات صلة…", ""),
        ("قد يهمك أن تعرف شيئاً", None),
        ("المزيد - من التفاصيل", None),
        ("قال المتحدث: اقرأ أيضاً", None),
        ("اقرأ الخبر كاملاً: عنوان", None),
        ("", None),
    ],
)
def test_read_also(text: str, rest: str | None) -> None:
    assert read_also(text) == rest


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("اقرأ أيضاً عنوان طويل", "عنوان طويل"),
        ("قد يهمك أيضاً عنوان", "عنوان"),
        ("قد يهمك أن تعرف شيئاً", "أن تعرف شيئاً"),  # only a link tells that this is none
        ("اقرأ أيضاً", ""),
        ("وقال: اقرأ أيضاً", ""),
        ("", ""),
    ],
)
def test_what_follows_without_a_mark(text: str, rest: str) -> None:
    assert after_read_also(text) == rest


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("ليفانت-وكالات", True),
        ("ليفانت – سدرة", True),
        ("وكالات", True),
        ("إعداد: قسم الاقتصاد", True),
        ("المصدر: متابعات", True),
        ("بقلم سلمى الراوي", True),
        ("وهذا ما كان.", False),
        ("عاد الجميع إلى بيوتهم", False),
        ("وقالت الوكالة في بيانها إن العمل مستمر حتى نهاية الأسبوع المقبل", False),
        ("", False),
    ],
)
def test_byline(text: str, signs: bool) -> None:
    assert is_byline(text) is signs


def test_caption_is_known_by_its_strokes() -> None:
    assert is_caption("سوق القناطر \\ تعبيرية \\ متداول")
    assert not is_caption("سوق القناطر في صباح عادي")
    assert not is_caption("المجلد C:\\x يحوي الملفات.")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("بداية النص […]", "بداية النص"),
        ("بداية النص [...]", "بداية النص"),
        ("بداية النص… اقرأ المزيد", "بداية النص…"),
        ("بداية النص Read more »", "بداية النص"),
        ("نص كامل.", "نص كامل."),
    ],
)
def test_more(text: str, kept: str) -> None:
    assert without_more(text) == kept


def test_excerpt_is_the_beginning_of_the_body() -> None:
    assert is_excerpt("فتحت سدرة جسرها [...]", "فتحت سدرة جسرها أمام المشاة.")
    assert not is_excerpt("الجسر يختصر الطريق", "فتحت سدرة جسرها أمام المشاة.")
    assert not is_excerpt("", "فتحت سدرة جسرها أمام المشاة.")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("سلمى الراوي", "سلمى الراوي"),
        ("salma@sidra.example (سلمى الراوي)", "سلمى الراوي"),
        ("سلمى الراوي <salma@sidra.example>", "سلمى الراوي"),
        ("salma@sidra.example", ""),
        ("admin", ""),
    ],
)
def test_author(text: str, name: str) -> None:
    assert author_name(text) == name
