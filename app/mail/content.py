"""What a mail is made from, and what rendering makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.campaign import CampaignKind
from app.domain.edition import Design


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionArticle:
    """An article as a mail shows it; `body_html` is sanitised, `related` are (title, url). The
    picture's size is in its own pixels, 0 where it is not known; `small_image_url` is the same
    picture in fewer bytes, for a card. Without a picture both addresses are empty."""

    id: int
    url: str
    kicker: str
    headline: str
    standfirst: str
    body_html: str
    image_url: str
    image_alt: str
    image_caption: str
    related: tuple[tuple[str, str], ...]
    byline: str
    topic: str
    published_at: datetime
    image_width: int = 0
    image_height: int = 0
    small_image_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionContent:
    """One list of articles of a campaign, the lead first. An empty subject is made from the
    lead's headline, an empty preheader from its standfirst; `note` is an editor's plain text,
    its paragraphs apart by blank lines, and `note_links` says where its web addresses lead
    instead. Without a design it has the one of its kind."""

    kind: CampaignKind
    language: str
    subject: str
    preheader: str
    date: datetime
    note: str
    articles: tuple[EditionArticle, ...]
    web_url: str
    design: Design | None = None
    note_links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeContext:
    """What a notice says: `values` are what its templates use beyond the brand. Nothing that a
    stranger could have typed may be among them."""

    language: str
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedMail:
    """A mail as text: with slots for the reader's tokens if it is an edition's."""

    subject: str
    html: str
    text: str
