"""Articles that a person wrote in admin or a CMS pushed: their parts come named, so that nothing
has to be guessed; they are checked, cleaned and sanitised like those of a feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from app.domain.article import ArticleDraft, RelatedLink, one_line
from app.feeds.blocks import parse_body, text_of
from app.feeds.entry import EARLIEST
from app.feeds.extract import clean_body
from app.feeds.related import MAX_RELATED
from app.feeds.signs import after_read_also
from app.feeds.web_address import MAX_LENGTH, absolute_url

LONGEST: Mapping[str, int] = MappingProxyType(
    {
        "kicker": 120,
        "headline": 300,
        "standfirst": 600,
        "body": 200_000,
        "url": MAX_LENGTH,
        "image_url": MAX_LENGTH,
        "image_alt": 300,
        "image_caption": 300,
        "byline": 120,
    }
)
"""Characters of each part. What is longer is refused and not cut: the writer can still act."""


class BadArticle(Exception):
    """A part cannot be accepted. `code` is stable: needed, too_long, bad_url, bad_date; `field`
    is the part's name, `most` the characters it may have."""

    def __init__(self, code: str, field: str, most: int = 0) -> None:
        super().__init__(f"{field}: {code}")
        self.code = code
        self.field = field
        self.most = most


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """An article as typed or sent. `body` is HTML, or plain text with empty lines between its
    paragraphs; `url` may be empty for what stands nowhere else."""

    headline: str
    kicker: str = ""
    standfirst: str = ""
    body: str = ""
    url: str = ""
    image_url: str = ""
    image_alt: str = ""
    image_caption: str = ""
    byline: str = ""
    related: tuple[RelatedLink, ...] = ()
    published_at: datetime | None = None


def draft_of(written: Written, *, guid: str, base: str, now: datetime) -> ArticleDraft:
    """The article as it can be stored; relative addresses in it count from its own or `base`.
    A date after `now` becomes `now`.

    Raises `BadArticle` for the first part that cannot be accepted.
    """
    texts = {
        name: one_line(getattr(written, name))
        for name in ("kicker", "headline", "standfirst", "image_alt", "image_caption", "byline")
    }
    for name, most in LONGEST.items():
        if len(texts.get(name, getattr(written, name).strip())) > most:
            raise BadArticle("too_long", name, most)
    if not texts["headline"]:
        raise BadArticle("needed", "headline")
    url = _address(written.url, "", "url")
    base = url or base
    body, found = clean_body(written.body, base)
    if not body and not texts["standfirst"]:
        raise BadArticle("needed", "body")
    if written.published_at is not None and written.published_at < EARLIEST:
        raise BadArticle("bad_date", "published_at")
    related = [_related(link, base) for link in written.related]
    return ArticleDraft(
        guid=guid,
        url=url,
        body_html=body,
        image_url=_address(written.image_url, base, "image_url"),
        related=tuple({link.url: link for link in (*related, *found)}.values())[:MAX_RELATED],
        published_at=min(written.published_at, now) if written.published_at else None,
        kicker=texts["kicker"],
        headline=texts["headline"],
        standfirst=texts["standfirst"],
        image_alt=texts["image_alt"],
        image_caption=texts["image_caption"],
        byline=texts["byline"],
    )


def body_for_editing(body_html: str) -> str:
    """A stored body as a person edits it: plain paragraphs with empty lines between them, where
    it is nothing more than that; else its HTML, one block a line."""
    root = parse_body(body_html)
    plain = all(node.tag in ("p", "div") for node in root.iter())
    if plain and not {"<", "&"} & set(text_of(root)) and not root.xpath(".//p[@dir]"):
        return "\n\n".join(text_of(node) for node in root.iter("p"))
    return body_html.replace("\n", "\n\n")


def _address(text: str, base: str, field: str) -> str:
    text = text.strip()
    if not text:
        return ""
    url = absolute_url(text, base if text.startswith("/") else "")
    if not url:
        raise BadArticle("bad_url", field)
    return url


def _related(link: RelatedLink, base: str) -> RelatedLink:
    title = one_line(after_read_also(link.title) or link.title)
    if not title:
        raise BadArticle("needed", "related")
    if len(title) > LONGEST["headline"]:
        raise BadArticle("too_long", "related", LONGEST["headline"])
    url = _address(link.url, base, "related")
    if not url:
        raise BadArticle("needed", "related")
    return RelatedLink(title=title, url=url)
