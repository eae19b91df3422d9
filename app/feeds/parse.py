"""From the bytes of a feed to drafts of articles: RSS 0.9x to 2.0, RSS 1.0 and Atom.

feedparser reads what is well-formed and most of what is not. Around it: the encoding is decided
here, document types are taken out before any parser sees an entity, and what one entry lacks
is made up for or reported without losing the others. feedparser is not told where the feed stands:
it would resolve even marks like `<guid>17</guid>`, which then change with the site's address.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax import SAXException

import feedparser

from app.domain.article import ArticleDraft, one_line
from app.feeds.decode import decode_feed, mend_references
from app.feeds.entry import draft_from
from app.feeds.errors import BadResponse, EmptyFeed, NotAFeed, NotXml, TooLarge

MAX_ENTRIES = 500
MAX_GUID = 500
MAX_TAGS = 300_000
"""More than any feed of five million bytes needs, few enough to be read in seconds."""
_DOCTYPE = re.compile(
    r"<!DOCTYPE(?:[^<>\[\"']|\"[^\"]*\"|'[^']*')*"
    r"(?:\[(?:[^\]\"']|\"[^\"]*\"|'[^']*')*\]\s*)?>",
    re.IGNORECASE,
)
_PROLOG = re.compile(r"\A(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ENDLESS = re.compile(r"([A-Za-z0-9_.+@-]{300})[A-Za-z0-9_.+@-]+", re.ASCII)
"""No word of a feed is that long; searching one for a mail address takes the square of it."""
_MEDIA_TEXT = re.compile(r"(</?media:)(title|description)\b")
_MEDIA_NAMES = {"title": "alttext", "description": "captiontext"}
_WEB_PAGE = re.compile(r"<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_END = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryProblem:
    """An entry that was left out, and why: "no_text", "repeated", "cut_short", "too_many"."""

    code: str
    guid_or_title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedFeed:
    """The entries in the order of the feed, each guid once."""

    title: str
    entries: tuple[ArticleDraft, ...]
    problems: tuple[EntryProblem, ...] = ()


def parse_feed(
    body: bytes, *, content_type: str = "", charset: str = "", base_url: str, now: datetime
) -> ParsedFeed:
    """The articles of a feed. `charset` is what the server declared; relative addresses count
    from `base_url`; dates after `now` become `now`.

    Raises `EmptyFeed`, `NotXml`, `NotAFeed`, `TooLarge`, `BadResponse`.
    """
    text = _prepare(decode_feed(body, charset=charset))
    if not text.strip():
        raise EmptyFeed
    if text.count("<") > MAX_TAGS:
        raise TooLarge(f"more than {MAX_TAGS} tags")
    parsed = _parsed(text)
    entries = list(parsed.entries)
    if not parsed.version:
        _refuse(text, parsed, content_type)
    problems: list[EntryProblem] = []
    if parsed.bozo and entries and not _END.search(text[-200:]):
        problems.append(_problem("cut_short", entries.pop()))
    problems += [_problem("too_many", entry) for entry in entries[MAX_ENTRIES:]]
    site = one_line(str(parsed.feed.get("link") or "")) or base_url
    drafts: dict[str, ArticleDraft] = {}
    for entry in entries[:MAX_ENTRIES]:
        guid = _guid(entry)
        draft = draft_from(
            entry, guid=guid, site=site, base=base_url, now=now, atom="atom" in parsed.version
        )
        if not draft.headline:
            problems.append(_problem("no_text", entry))
            continue
        if guid in drafts:
            problems.append(_problem("repeated", entry))
            del drafts[guid]
        drafts[guid] = draft
    return ParsedFeed(
        title=one_line(str(parsed.feed.get("title") or "")),
        entries=tuple(drafts.values()),
        problems=tuple(problems),
    )


def _parsed(text: str) -> Any:
    try:
        return feedparser.parse(
            text.encode(),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # what it raises on odd elements is listed nowhere
        raise BadResponse(f"the parser gave up: {type(error).__name__}") from error


def _prepare(text: str) -> str:
    """Without a document type, and so without entities of its own; without characters that no
    XML may hold; with the texts of media elements under names of their own, since feedparser
    takes them for the entry's title and description."""
    text = _NOT_IN_XML.sub("", text).lstrip("\ufeff \t\r\n")
    start = _PROLOG.match(text)
    place = start.end() if start else 0
    doctype = _DOCTYPE.match(text, place)
    if doctype is not None and not _WEB_PAGE.match(text, place):
        text = text[:place] + text[doctype.end() :]
    text = _ENDLESS.sub(r"\1", mend_references(text))
    return _MEDIA_TEXT.sub(lambda found: found[1] + _MEDIA_NAMES[found[2]], text)


def _refuse(text: str, parsed: Any, content_type: str) -> None:
    if _WEB_PAGE.search(text[:2000]):
        raise NotAFeed("it is a web page")
    problem = parsed.get("bozo_exception")
    if isinstance(problem, SAXException):
        line = getattr(problem, "getLineNumber", lambda: None)()
        where = f"line {line}: " if line else ""
        raise NotXml(f"{where}{one_line(problem.getMessage())}")
    if not text.lstrip().startswith("<"):
        raise NotXml(content_type)
    raise NotAFeed("it is XML of another kind")


def _guid(entry: Any) -> str:
    """The entry's own mark, else its address, else a digest of its words."""
    given = one_line(str(entry.get("id") or "")) or one_line(str(entry.get("link") or ""))
    if not given:
        words = [str(entry.get(name) or "") for name in ("title", "summary", "published")]
        return "sha256:" + _digest(words)
    return given if len(given) <= MAX_GUID else "sha256:" + _digest([given])


def _digest(words: Iterable[str]) -> str:
    return hashlib.sha256("\x00".join(words).encode(errors="replace")).hexdigest()


def _problem(code: str, entry: Any) -> EntryProblem:
    named = str(entry.get("id") or entry.get("link") or entry.get("title") or "")
    return EntryProblem(code=code, guid_or_title=one_line(named)[:200])
