"""From the bytes of a feed to drafts of articles: RSS 0.9x to 2.0, RSS 1.0, Atom and JSON Feed.

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
from app.feeds.entry import draft_from, listed
from app.feeds.errors import BadResponse, EmptyFeed, NotAFeed, NotXml, TooLarge
from app.feeds.json_feed import looks_like_json, read_json_feed
from app.feeds.web_address import absolute_url

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
_OLD_SPACE = re.compile("[\x0b\x0c]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ENDLESS = re.compile(r"([A-Za-z0-9_.+@-]{300})[A-Za-z0-9_.+@-]+", re.ASCII)
"""No word of a feed is that long; searching one for a mail address takes the square of it."""
_MEDIA_TEXT = re.compile(r"(</?media:)(title|description)\b")
_MEDIA_NAMES = {"title": "alttext", "description": "captiontext"}
_BARE_PICTURE = re.compile(r"<image>\s*(https?://[^\s<>]{1,2000})\s*</image>")
_WEB_PAGE = re.compile(r"<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_END = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryProblem:
    """An entry that was left out, and why: "no_text", "repeated", "cut_short", "too_many"."""

    code: str
    guid_or_title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedFeed:
    """The entries in the order of the feed, each guid once. `site` is the address that entries
    without one of their own have. `hub` and `self_url` are what the feed says of its WebSub hub
    and of its own address; "" where it says nothing."""

    title: str
    entries: tuple[ArticleDraft, ...]
    problems: tuple[EntryProblem, ...] = ()
    site: str = ""
    hub: str = ""
    self_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Raw:
    """A feed before its entries are read. `plain` means that titles are plain text by their own
    word, as in Atom and JSON Feed."""

    title: str
    home: str
    hub: str
    self_url: str
    plain: bool
    entries: list[Any]
    problems: list[EntryProblem]


def parse_feed(
    body: bytes,
    *,
    content_type: str = "",
    charset: str = "",
    base_url: str,
    now: datetime,
    zone: str = "UTC",
) -> ParsedFeed:
    """The articles of a feed. `charset` is what the server declared; relative addresses count
    from `base_url`; dates after `now` become `now`, dates in words of no standard are told in
    `zone`.

    Raises `EmptyFeed`, `NotXml`, `NotAFeed`, `TooLarge`, `BadResponse`.
    """
    raw = _read(decode_feed(body, charset=charset), content_type)
    entries, problems = raw.entries, raw.problems
    problems += [_problem("too_many", entry) for entry in entries[MAX_ENTRIES:]]
    site = one_line(raw.home) or base_url
    drafts: dict[str, ArticleDraft] = {}
    taken = entries[:MAX_ENTRIES]
    shared = _shared_guids(taken)
    for entry in taken:
        guid = _guid(entry)
        if guid in shared:
            guid = _short(_link(entry)) or guid
        draft = draft_from(
            entry, guid=guid, site=site, base=base_url, now=now, zone=zone, plain=raw.plain
        )
        if not draft.headline:
            problems.append(_problem("no_text", entry))
            continue
        if guid in drafts:
            problems.append(_problem("repeated", entry))
            del drafts[guid]
        drafts[guid] = draft
    return ParsedFeed(
        title=raw.title,
        entries=tuple(drafts.values()),
        problems=tuple(problems),
        site=absolute_url(site, base_url),
        hub=absolute_url(raw.hub, base_url),
        self_url=absolute_url(raw.self_url, base_url),
    )


def _read(text: str, content_type: str) -> _Raw:
    if not text.strip("\ufeff \t\r\n"):
        raise EmptyFeed
    if looks_like_json(text):
        feed = read_json_feed(text)
        return _Raw(
            title=feed.title,
            home=feed.home,
            hub=feed.hub,
            self_url=feed.self_url,
            plain=True,
            entries=feed.entries,
            problems=[],
        )
    text = _prepare(text)
    if not text:
        raise EmptyFeed
    if text.count("<") > MAX_TAGS:
        raise TooLarge(f"more than {MAX_TAGS} tags")
    parsed = _parsed(text)
    if not parsed.version:
        _refuse(text, parsed, content_type)
    entries = list(parsed.entries)
    cut = bool(parsed.bozo and entries and not _END.search(text[-200:]))
    return _Raw(
        title=one_line(str(parsed.feed.get("title") or "")),
        home=str(parsed.feed.get("link") or ""),
        hub=_linked(parsed.feed, "hub"),
        self_url=_linked(parsed.feed, "self"),
        plain="atom" in parsed.version,
        problems=[_problem("cut_short", entries.pop())] if cut else [],
        entries=entries,
    )


def _linked(feed: Any, relation: str) -> str:
    links = listed(feed, "links")
    return next((str(one.get("href") or "") for one in links if one.get("rel") == relation), "")


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
    text = _NOT_IN_XML.sub("", _OLD_SPACE.sub(" ", text)).lstrip("\ufeff \t\r\n")
    start = _PROLOG.match(text)
    place = start.end() if start else 0
    doctype = _DOCTYPE.match(text, place)
    if doctype is not None and not _WEB_PAGE.match(text, place):
        text = text[:place] + text[doctype.end() :]
    text = _ENDLESS.sub(r"\1", mend_references(text))
    text = _BARE_PICTURE.sub(r"<image><url>\1</url></image>", text)
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
    given = one_line(str(entry.get("id") or "")) or _link(entry)
    if not given:
        words = [str(entry.get(name) or "") for name in ("title", "summary", "published")]
        return "sha256:" + _digest(words)
    return _short(given)


def _shared_guids(entries: Iterable[Any]) -> set[str]:
    """The guids that mark nothing: given to entries of other addresses and other titles, as by
    an engine that writes `0` into each. There the address is the mark."""
    seen: dict[str, set[tuple[str, str]]] = {}
    for entry in entries:
        seen.setdefault(_guid(entry), set()).add((_link(entry), str(entry.get("title") or "")))
    return {
        guid
        for guid, named in seen.items()
        if len({link for link, _ in named}) > 1 < len({title for _, title in named})
    }


def _link(entry: Any) -> str:
    return one_line(str(entry.get("link") or ""))


def _short(guid: str) -> str:
    return guid if len(guid) <= MAX_GUID else "sha256:" + _digest([guid])


def _digest(words: Iterable[str]) -> str:
    return hashlib.sha256("\x00".join(words).encode(errors="replace")).hexdigest()


def _problem(code: str, entry: Any) -> EntryProblem:
    named = str(entry.get("id") or entry.get("link") or entry.get("title") or "")
    return EntryProblem(code=code, guid_or_title=one_line(named)[:200])
