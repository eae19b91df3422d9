from __future__ import annotations

import pytest

from app.feeds.discover import MOST, feeds_of_page

BASE = "https://sidra.example/ar/"


def urls(page: str) -> list[str]:
    return [one.url for one in feeds_of_page(page.encode(), base_url=BASE)]


def test_the_head_goes_first_and_each_feed_is_told_once() -> None:
    page = """<!doctype html><html><head>
    <link rel="alternate" type="application/rss+xml" title=" سدرة:  أحدث الأخبار " href="/rss.xml">
    <link rel="alternate" hreflang="en" href="/en/">
    <link rel="stylesheet" type="text/css" href="/feed">
    <link rel="ALTERNATE home" type="application/atom+xml; charset=utf-8" href="atom">
    </head><body><a href="https://sidra.example/rss.xml">RSS</a>
    <a href="/sport/feed/?lang=ar">رياضة</a> <a href="/feedback">آراؤكم</a></body></html>"""
    found = feeds_of_page(page.encode(), base_url=BASE)
    assert [(one.url, one.title) for one in found] == [
        ("https://sidra.example/rss.xml", "سدرة: أحدث الأخبار"),
        ("https://sidra.example/ar/atom", ""),
        ("https://sidra.example/sport/feed/?lang=ar", "رياضة"),
    ]


@pytest.mark.parametrize("page", ["", "\x00", "<rss/>", "{}", "<p>لا شيء هنا</p>"])
def test_what_names_none_has_none(page: str) -> None:
    assert urls(page) == []


def test_what_is_no_web_address_is_left_out_and_there_is_an_end() -> None:
    links = "".join(f'<a href="/{n}/rss">x</a>' for n in range(40))
    assert len(urls(f'<a href="javascript:/rss">x</a>{links}')) == MOST
