"""Feeds that made the parser underneath raise: each is read, or refused as a whole with a code."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.feeds.errors import BadResponse, FeedError
from app.feeds.parse import parse_feed

NOW = datetime(2025, 1, 22, 6, 30, tzinfo=UTC)
NAMES = (
    'xmlns:psc="http://podlove.org/simple-chapters" xmlns:gml="http://www.opengis.net/gml" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def _feed(item: str) -> bytes:
    channel = f"<channel><title>ليفانت</title><item>{item}</item></channel>"
    return f'<rss version="2.0" {NAMES}>{channel}</rss>'.encode()


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("افتتاح السوق &#55357;&#56832; اليوم", "افتتاح السوق 😀 اليوم"),
        ("افتتاح السوق &#xD83D;&#xDE00; اليوم", "افتتاح السوق 😀 اليوم"),
        ("افتتاح السوق &#55357; اليوم", "افتتاح السوق � اليوم"),
        ("افتتاح السوق &#99999999999; اليوم", "افتتاح السوق � اليوم"),
        ("افتتاح &#8;السوق&#11; اليوم", "افتتاح السوق اليوم"),
        ("افتتاح &#x628;اب السوق", "افتتاح باب السوق"),
    ],
)
def test_numeric_references_in_a_title(title: str, headline: str) -> None:
    feed = parse_feed(_feed(f"<title>{title}</title>"), base_url="http://a.example/", now=NOW)
    assert [entry.headline for entry in feed.entries] == [headline]


@pytest.mark.parametrize(
    ("html", "body"),
    [
        ("أ &amp;#55357;&amp;#56832; ب", "<p>أ 😀 ب</p>"),
        ("&amp;#8;أ ب", "<p>أ ب</p>"),
        ("أ &amp;#65534; ب", "<p>أ ب</p>"),
        ("أ &amp;#1114112; ب", "<p>أ � ب</p>"),
    ],
)
def test_numeric_references_inside_of_html(html: str, body: str) -> None:
    text = f"<title>ع</title><description>{html}&lt;p&gt;تتمة&lt;/p&gt;</description>"
    (entry,) = parse_feed(_feed(text), base_url="http://a.example/", now=NOW).entries
    assert entry.body_html.splitlines()[0] == body


@pytest.mark.parametrize(
    "element",
    ["<gml:pos>33.5 36.3</gml:pos>", "<psc:chapters><psc:chapter/></psc:chapters>"],
)
def test_elements_that_the_parser_cannot_bear_refuse_the_feed_with_a_code(element: str) -> None:
    with pytest.raises(BadResponse) as refusal:
        parse_feed(_feed(f"<title>ع</title>{element}"), base_url="http://a.example/", now=NOW)
    assert isinstance(refusal.value, FeedError)
    assert refusal.value.code == "bad_response"


@pytest.mark.parametrize("word", ["a", "a.", "a@", "a@a."])
def test_an_endless_word_as_author_is_read_to_the_end(word: str) -> None:
    """A search for a mail address in it takes the square of its length: hours for this one."""
    author = word * (1_000_000 // len(word))
    item = f"<title>خبر أول</title><author>{author}</author><dc:creator>{author}</dc:creator>"
    feed = parse_feed(_feed(item), base_url="http://a.example/", now=NOW)
    assert [entry.headline for entry in feed.entries] == ["خبر أول"]
    assert len(feed.entries[0].byline) <= 121


@pytest.mark.parametrize("piece", ["س <i>ص</i> ", "س<br>", "<td>س</td>", "<p><a href='/x'>س</a>"])
def test_a_body_of_many_small_pieces_is_read_to_the_end(piece: str) -> None:
    body = "<p>البداية</p>" + piece * (250_000 // len(piece))
    item = f"<title>خبر</title><description><![CDATA[{body}]]></description>"
    (entry,) = parse_feed(_feed(item), base_url="http://a.example/", now=NOW).entries
    assert entry.body_html.startswith("<p>البداية</p>")


def test_cells_of_a_row_stay_apart() -> None:
    table = "<p>الجدول</p><table><tr><th>المدينة</th><td>12</td><td>40%</td></tr></table>"
    item = f"<title>خبر</title><description><![CDATA[{table}]]></description>"
    (entry,) = parse_feed(_feed(item), base_url="http://a.example/", now=NOW).entries
    assert entry.body_html == "<p>الجدول</p>\n<p>المدينة 12 40%</p>"
