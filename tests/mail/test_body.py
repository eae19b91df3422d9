import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.mail.body import article_body
from tests.mail.page import _FORBIDDEN_TAGS
from tests.mail.samples import BODY


def test_a_body_keeps_its_structure() -> None:
    blocks = article_body(BODY, "rtl")
    kinds = [block.kind for block in blocks]
    assert kinds == ["p", "p", "h2", "p", "ul", "quote", "picture", "caption", "p"]
    assert "<strong>مرفأ طرابلس</strong>" in blocks[0].html
    assert "<strong>ريم الخطيب</strong>" in blocks[1].html  # no italics in Arabic
    assert 'href="https://port.example/plan?x=1&amp;y=2"' in blocks[3].html
    assert blocks[3].text.split("\n") == [
        "يقصر زمن التفريغ إلى يومين. الخطة كاملة.",
        "https://port.example/plan?x=1&y=2",
    ]
    assert blocks[4].text.count("•") == 2


@pytest.mark.parametrize(
    ("html", "texts"),
    [
        ("كلام بلا وسوم", ["كلام بلا وسوم"]),
        ("أول<br><br>ثانٍ<br>سطر", ["أول", "ثانٍ\nسطر"]),
        ("<div>أول<div>ثانٍ</div>ثالث</div>", ["أول", "ثانٍ", "ثالث"]),
        ("<ul><li>أ<ul><li>ب</ul><li>ج</ul>د", ["\u200f• أ\n\u200f• ب\n\u200f• ج", "د"]),
        ("<p>أ<script>alert(1)</script>ب<style>p{}</style>", ["أب"]),
        ("<p>أ <a href='javascript:x'>ب</a> <a href='/c'>ج</a>", ["أ ب ج"]),
        ("<b>أ<p>ب</b>ج", ["أ", "بج"]),
        ("<p> \n\u202e </p><p><br></p><img src='data:x'>", []),
        ("<p>أ<img src='https://c.example/p.gif' width='1' height='1'>ب</p>", ["أب"]),
        ("</li></ul></blockquote>أ", ["أ"]),
    ],
)
def test_soup_becomes_paragraphs(html: str, texts: list[str]) -> None:
    assert [block.text for block in article_body(html, "rtl")] == texts


_SOUP = (
    "<p>", "</p>", "<b>", "</b>", "<a href='https://a.example/x'>", "</a>", "<ul>", "<li>", "</ul>",
    "<br>", "<blockquote>", "</blockquote>", "<h1>", "</h1>", "<figure>", "<figcaption>", "<table>",
    "<script>", "</script>", "<img src='https://a.example/i' alt='x'>", "نص", "Writer 7.",
    "&lt;b&gt;",    "<!-- x -->", "<svg onload=x>", "</svg>", "<", ">", "&amp;", '"',
    "<a href='javascript:x' onclick=y>",
)  # fmt: skip


@given(st.lists(st.sampled_from(_SOUP), max_size=40).map("".join))
def test_any_soup_becomes_balanced_harmless_blocks(soup: str) -> None:
    for block in article_body(soup, "rtl"):
        opened: list[str] = []
        for closing, name, _ in re.findall(r"<(/?)([a-z0-9]+)([^>]*)>", block.html):
            assert name not in _FORBIDDEN_TAGS
            if name in ("br", "img"):
                continue
            if closing:
                assert opened.pop() == name
            else:
                opened.append(name)
        assert opened == []
        assert not re.search(r"<[^>]*\bon\w+=|javascript:", block.html)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("width='1200' height='600'", 'width="528" height="264"'),
        ("width='300' height='200'", 'width="300" height="200" style="max-width:300px;"'),
        ("width='100%' height='auto'", 'width="528" height="297"'),
        ("", 'width="528" height="297"'),
    ],
)
def test_a_picture_in_the_text_keeps_its_proportions(said: str, shown: str) -> None:
    (block,) = article_body(f"<img src='https://c.example/p.jpg' alt='' {said}>", "rtl")
    assert shown in block.html
