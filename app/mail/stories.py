"""Lays out an edition: its articles cleaned, clipped and put in order, before any template.

The first article leads. The others stand under their topics, in the order in which the topics
first come up. What a mail has no room for becomes a list of links, and past that a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.bidi import Direction, prevailing_direction
from app.domain.reading import minutes_for, words_in
from app.mail.body import Block, article_body
from app.mail.clean import clean_text, clipped, web_url
from app.mail.content import EditionArticle
from app.mail.pictures import Picture, picture_of

_RELATED = 3
_MANY = 5
"""Articles besides the lead from which on a mail says at its beginning what is in it."""
_CONTENTS = 5
"""Lines that this may take."""
_WHOLE = 60
"""Words from which a body is an article and not its first lines."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    title: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """An article ready for a template: texts without controls, URLs that may be linked to.

    `base` is the direction it is set in: the edition's, but an Arabic article in an English
    edition keeps its own. `minutes` is how long the whole article takes to read, 0 if only its
    beginning is known.
    """

    url: str
    kicker: str
    headline: str
    standfirst: str
    picture: Picture | None
    related: tuple[Link, ...]
    byline: str
    minutes: int
    topic: str
    published_at: datetime
    base: Direction


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A topic and its stories; the topic may be "" for articles without one."""

    topic: str
    stories: tuple[Story, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """How much of an edition is shown: the lead, what else is in it at a glance, cards by topic,
    mere links, and how many articles are left out. `blocks` is the lead's body where it is
    shown, with its related links after `related_after` of them; `cut` says that the body goes on
    on the site."""

    lead: Story | None
    sections: tuple[Section, ...]
    links: tuple[Story, ...]
    left_out: int
    blocks: tuple[Block, ...] = ()
    related_after: int = 0
    cut: bool = False
    contents: tuple[Story, ...] = ()


def story(article: EditionArticle, *, base: Direction, fallback_url: str) -> Story:
    """Cleans and clips one article. What has no usable address leads to `fallback_url`."""
    headline = clipped(article.headline, 240) or clipped(article.standfirst, 120) or article.url
    return Story(
        url=web_url(article.url) or fallback_url,
        kicker=clipped(article.kicker, 80),
        headline=headline,
        standfirst=clipped(article.standfirst, 420),
        picture=picture_of(article, headline=headline),
        related=tuple(
            Link(title=clipped(title, 200), url=web_url(url))
            for title, url in article.related
            if web_url(url) and clean_text(title)
        )[:_RELATED],
        byline=clipped(article.byline, 120),
        minutes=_minutes(article),
        topic=clipped(article.topic, 80),
        published_at=article.published_at,
        base=base if base == "rtl" else prevailing_direction(headline, base),
    )


def _minutes(article: EditionArticle) -> int:
    words = words_in(article.body_html)
    return minutes_for(words) if words >= _WHOLE else 0


class Richness:
    """The layouts of an edition from the poorest to the richest, by number, so that the richest
    one that fits into a mail can be searched for."""

    def __init__(self, stories: Sequence[Story], *, leads: bool, body: str = "") -> None:
        self._lead = _under_no_heading(stories[0]) if stories and leads else None
        self._others = tuple(map(_under_a_heading, stories[1:] if self._lead else stories))
        self._blocks = article_body(body, self._lead.base) if body and self._lead else ()
        self._contents = _contents(self._others) if self._lead else ()
        self.top = 2 * len(self._others) + len(self._blocks)

    def layout(self, level: int) -> Layout:
        """First come links, one by one, then the lead's body, block by block, then cards in the
        place of links."""
        others = self._others
        shown = min(level, len(others))
        blocks = min(level - shown, len(self._blocks))
        cards = level - shown - blocks
        body = self._blocks[:blocks]
        return Layout(
            lead=self._lead,
            sections=_sections(others[:cards]),
            links=others[cards:shown],
            left_out=len(others) - shown,
            blocks=body,
            related_after=_related_after(body),
            cut=blocks < len(self._blocks),
            contents=self._contents,
        )


def _contents(others: Sequence[Story]) -> tuple[Story, ...]:
    """What a long issue holds, at a glance: the first article of each topic."""
    sections = _sections(others)
    if len(others) < _MANY or len(sections) < 2:
        return ()
    return tuple(section.stories[0] for section in sections[:_CONTENTS])


def _under_no_heading(one: Story) -> Story:
    return replace(one, kicker=one.kicker or one.topic)


def _under_a_heading(one: Story) -> Story:
    """Its topic stands above it already."""
    return replace(one, kicker="") if one.kicker == one.topic else one


def _related_after(body: Sequence[Block]) -> int:
    """After the second paragraph, where a page of the site has it; else at the end."""
    paragraphs = [at for at, block in enumerate(body, start=1) if block.kind == "p"]
    return paragraphs[1] if len(paragraphs) > 2 else len(body)


def _sections(stories: Sequence[Story]) -> tuple[Section, ...]:
    by_topic: dict[str, list[Story]] = {}
    for one in stories:
        by_topic.setdefault(one.topic, []).append(one)
    return tuple(Section(topic=topic, stories=tuple(these)) for topic, these in by_topic.items())
