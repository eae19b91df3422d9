"""Articles as values: clean text, names compared, and what counts as a change."""

from __future__ import annotations

import unicodedata
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.article import ArticleDraft, RelatedLink, fold_name, one_line

DRAFT = ArticleDraft(
    guid="1",
    url="https://sidra.example/1",
    headline="سدرة تفتح جسرها",
    related=(RelatedLink(title="خبر", url="https://sidra.example/2"),),
    categories=("سياسة", "محليات"),
)

CHANGES: dict[str, Any] = {
    "url": "https://sidra.example/other",
    "headline": "سدرة تغلق جسرها",
    "kicker": "بعد عام",
    "standfirst": "مقدمة",
    "body_html": "<p>متن</p>",
    "image_url": "https://sidra.example/i.png",
    "image_alt": "بديل",
    "image_caption": "شرح",
    "related": (),
    "byline": "ليفانت-سدرة",
    "categories": ("سياسة",),
}
UNSEEN = {"guid": "2", "published_at": datetime(2025, 1, 22, tzinfo=UTC)}


def test_every_part_is_seen_or_known_not_to_be() -> None:
    assert {field.name for field in fields(ArticleDraft)} == CHANGES.keys() | UNSEEN.keys()


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_reader_sees_is_a_change(name: str) -> None:
    assert replace(DRAFT, **{name: CHANGES[name]}).content_hash != DRAFT.content_hash


@pytest.mark.parametrize("name", UNSEEN)
def test_a_date_that_moves_is_no_change(name: str) -> None:
    assert replace(DRAFT, **{name: UNSEEN[name]}).content_hash == DRAFT.content_hash


def test_parts_do_not_run_into_each_other() -> None:
    one = replace(DRAFT, kicker="سدرة", standfirst="الوادي")
    other = replace(DRAFT, kicker="سدرةالوادي", standfirst="")
    assert one.content_hash != other.content_hash


def test_the_order_of_categories_does_not_count() -> None:
    assert replace(DRAFT, categories=("محليات", "سياسة")).content_hash == DRAFT.content_hash


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  سطر\n\tوآخر\u00a0 هنا ", "سطر وآخر هنا"),
        ("مق\u202eلوب\u202c \u2067معزول\u2069\u200f", "مقلوب معزول"),
        ("a\x00b\x1bc\x9fd\u2028e", "abcd e"),
        ("آدم", "آدم"),
        ("ن\u200cیم‌فاصله", "ن\u200cیم‌فاصله"),
        ("\ud83d مفرد", "مفرد"),
        ("كلمة\u00adمقطوعة\ufeff", "كلمةمقطوعة"),
    ],
)
def test_one_line(text: str, clean: str) -> None:
    assert one_line(text) == clean


@given(st.text())
def test_clean_text_is_clean_whatever_came(text: str) -> None:
    found = one_line(text)
    assert one_line(found) == found
    assert unicodedata.is_normalized("NFC", found)
    assert not any(unicodedata.bidirectional(c) in _CONTROLS for c in found)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in found)
    found.encode()


_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("إقتصاد", "اقتصاد"),
        ("ثقافة", "ثقافه"),
        ("رِيَاضَة", "رياضة"),
        ("سـيـاسـة", "سياسة"),
        ("موسيقى", "موسيقي"),
        ("World-News", "world news"),
        ("world_news", "World  News"),
    ],
)
def test_names_are_compared_as_people_write_them(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


def test_other_names_stay_apart() -> None:
    assert len({fold_name(name) for name in ("سياسة", "سياحة", "رياضة", "sport")}) == 4
