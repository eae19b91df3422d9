"""Feeds as they are out there: each file of the corpus is named by what is wrong with it, and
`expected.json` says what must come out of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.article import ArticleDraft
from app.feeds.errors import FeedError
from app.feeds.parse import MAX_ENTRIES, MAX_TAGS, parse_feed

CORPUS = Path(__file__).parent / "corpus"
EXPECTED: dict[str, Any] = json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))
NOW = datetime(2025, 1, 22, 6, 30, tzinfo=UTC)
BASE = "https://sidra.example/feeds/all.xml"


def test_every_file_has_its_expectation() -> None:
    assert {path.name for path in CORPUS.iterdir()} - {"expected.json"} == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_corpus(name: str) -> None:
    expected = EXPECTED[name]
    asked = {key: expected.get(key, "") for key in ("content_type", "charset")}
    body = (CORPUS / name).read_bytes()
    if "error" in expected:
        with pytest.raises(FeedError) as caught:
            parse_feed(body, **asked, base_url=BASE, now=NOW)
        assert caught.value.code == expected["error"]
        return
    feed = parse_feed(body, **asked, base_url=BASE, now=NOW, zone="Asia/Beirut")
    found = [
        _shown(entry, fields.keys())
        for entry, fields in zip(feed.entries, expected["entries"], strict=True)
    ]
    wanted = zip(expected["entries"], feed.entries, strict=True)
    assert found == [_wanted(fields, entry) for fields, entry in wanted]
    assert [[p.code, p.guid_or_title] for p in feed.problems] == expected.get("problems", [])


def _wanted(fields: dict[str, Any], entry: ArticleDraft) -> dict[str, Any]:
    start = fields.get("guid_starts")
    if start is None:
        return fields
    assert entry.guid.startswith(start)
    return {**fields, "guid_starts": entry.guid}


def _shown(entry: ArticleDraft, names: Any) -> dict[str, Any]:
    values = {
        "guid_starts": entry.guid,
        "published_at": entry.published_at.isoformat() if entry.published_at else None,
        "related": [[link.title, link.url] for link in entry.related],
        "categories": list(entry.categories),
    }
    return {name: values[name] if name in values else getattr(entry, name) for name in names}


def test_the_same_bytes_give_the_same_hashes() -> None:
    body = (CORPUS / "rss-2.0-with-every-part.xml").read_bytes()
    first, second = (parse_feed(body, base_url=BASE, now=NOW).entries[0] for _ in range(2))
    assert first.content_hash == second.content_hash


def test_more_entries_than_one_look_takes_are_told() -> None:
    items = "".join(f"<item><guid>{n}</guid><title>خبر</title></item>" for n in range(502))
    body = f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode()
    feed = parse_feed(body, base_url=BASE, now=NOW)
    assert len(feed.entries) == MAX_ENTRIES
    assert [(p.code, p.guid_or_title) for p in feed.problems] == [
        ("too_many", "500"),
        ("too_many", "501"),
    ]


@pytest.mark.parametrize("inside", ["<div>" * 50_000, "<b><i>" * 30_000, "<ul><li>" * 30_000])
def test_nesting_without_end_is_read_as_text(inside: str) -> None:
    html = f"<description><![CDATA[{inside}نص في القاع]]></description>"
    body = f"<rss version='2.0'><channel><item><title>خبر</title>{html}</item></channel></rss>"
    feed = parse_feed(body.encode(), base_url=BASE, now=NOW)
    assert feed.entries[0].standfirst == "نص في القاع"


def test_more_tags_than_any_feed_has() -> None:
    with pytest.raises(FeedError) as caught:
        parse_feed(b"<rss version='2.0'>" + b"<a>" * MAX_TAGS, base_url=BASE, now=NOW)
    assert caught.value.code == "too_large"
