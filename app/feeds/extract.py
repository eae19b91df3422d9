"""The parts of an article, found in what its feed calls title, description and content.

A feed has fewer elements than a page has parts: the kicker stands in the title, the caption and
the byline in the body. They are taken out of there, so that a mail can show each in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from app.domain.article import ArticleDraft, RelatedLink, one_line
from app.feeds.blocks import flatten, parse_body, text_of
from app.feeds.clutter import Element
from app.feeds.pictures import Picture, of_figure, same_picture, with_caption
from app.feeds.related import split_related
from app.feeds.sanitise import sanitise
from app.feeds.signs import (
    MAX_STANDFIRST,
    author_name,
    clip,
    is_address,
    is_byline,
    is_caption,
    is_excerpt,
    is_leftover,
    split_kicker,
    without_more,
)

MAX_HEADLINE = 300
MAX_BODY = 200_000
SHORT_CONTENT = 2_000

_KICKER_CLASSES = ("kicker", "overline", "eyebrow", "supratitle", "strapline")
_STANDFIRST_CLASSES = ("standfirst", "dek", "subtitle", "subheadline", "sub-title", "excerpt")
_CAPTION_CLASSES = ("wp-caption-text", "caption", "image-caption", "photo-caption")
_BYLINE_CLASSES = ("byline", "author-name")


@dataclass(frozen=True, kw_only=True, slots=True)
class RawEntry:
    """One entry as its feed has it; summary and content are HTML, the others plain text."""

    title: str
    kicker: str = ""
    summary: str = ""
    content: str = ""
    author: str = ""
    pictures: tuple[Picture, ...] = ()
    base: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """The parts of an article: clean texts, sanitised body, absolute addresses."""

    kicker: str
    headline: str
    standfirst: str
    body_html: str
    image: Picture
    related: tuple[RelatedLink, ...]
    byline: str

    def as_draft(
        self, *, guid: str, url: str, published_at: datetime | None, categories: Sequence[str]
    ) -> ArticleDraft:
        """The article that these are the parts of."""
        return ArticleDraft(
            guid=guid,
            url=url,
            kicker=self.kicker,
            headline=self.headline,
            standfirst=self.standfirst,
            body_html=self.body_html,
            image_url=self.image.url,
            image_alt=one_line(self.image.alt),
            image_caption=one_line(self.image.caption),
            related=self.related,
            byline=self.byline,
            published_at=published_at,
            categories=tuple(categories),
        )


def extract(raw: RawEntry) -> Parts:
    """The parts of an entry. The headline is empty if there is no text at all."""
    content, summary = _content_and_summary(raw)
    body = _Body(content or summary, raw.base)
    marked = body.marked
    image = body.take_image(raw.pictures, marked.caption)
    related = body.take_related()
    byline = body.take_byline(author_name(one_line(raw.author)) or marked.byline)
    standfirst = marked.standfirst or body.take_standfirst(summary if content else "")
    title = one_line(raw.title)
    kicker, headline = split_kicker("" if is_address(title) else title)
    kicker = one_line(raw.kicker) or marked.kicker or kicker
    if not headline:
        headline = _first_words(standfirst or body.text)
    return Parts(
        kicker=clip(kicker.rstrip(" .…"), 120),
        headline=clip(headline, MAX_HEADLINE),
        standfirst=standfirst,
        body_html=body.html(),
        image=image,
        related=related,
        byline=clip(byline, 120),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Marked:
    """Parts that the page's own markup names."""

    kicker: str
    standfirst: str
    caption: str
    byline: str


class _Body:
    """The blocks of a body, from which parts are taken one by one."""

    def __init__(self, html: str, base: str) -> None:
        root = parse_body(html)
        self.marked = _Marked(
            kicker=_take_marked(root, _KICKER_CLASSES),
            standfirst=clip(_take_marked(root, _STANDFIRST_CLASSES), MAX_STANDFIRST),
            caption=clip(_take_marked(root, _CAPTION_CLASSES), 300),
            byline=_take_marked(root, _BYLINE_CLASSES),
        )
        self.base = base
        self.blocks = [b for b in flatten(root, base) if not is_leftover(text_of(b))]
        self._whole = self.text

    @property
    def text(self) -> str:
        return " ".join(text_of(b) for b in self.blocks if b.tag != "figure")

    def take_image(self, named: Sequence[Picture], caption: str) -> Picture:
        """The lead picture: the one the feed names, else the first in the body, which leaves it."""
        figure = next((b for b in self.blocks if b.tag == "figure"), None)
        if figure is None:
            return with_caption(named[0], caption) if named else Picture(url="")
        inside = of_figure(figure)
        if named and not same_picture(named[0].url, inside.url):
            return with_caption(named[0], caption)
        place = self.blocks.index(figure)
        following = self.blocks[place + 1] if place + 1 < len(self.blocks) else None
        if not inside.caption and following is not None and is_caption(text_of(following)):
            caption = caption or text_of(following)
            self.blocks.remove(following)
        self.blocks.remove(figure)
        first = named[0] if named else inside
        return Picture(
            url=first.url,
            alt=first.alt or inside.alt,
            caption=first.caption or inside.caption or caption,
        )

    def take_related(self) -> tuple[RelatedLink, ...]:
        """The links of «اقرأ أيضاً: …», whose paragraphs leave the body."""
        found, self.blocks = split_related(self.blocks)
        return found

    def take_byline(self, author: str) -> str:
        """The author; the signing last paragraph leaves the body if it says no more than that."""
        texts = [b for b in self.blocks if b.tag == "p"]
        if len(self.blocks) < 2 or not texts or texts[-1] is not self.blocks[-1]:
            return author
        last = text_of(texts[-1])
        if last == author or (is_byline(last) and not author):
            self.blocks.pop()
            return last
        return author

    def take_standfirst(self, summary: str) -> str:
        """The feed's own teaser, or a body that is nothing but one, or a heading before the text.

        A teaser that is cut from the body by a machine is none.
        """
        teaser = without_more(text_of(_flat(summary, self.base))) if summary else ""
        first = text_of(self.blocks[0]) if self.blocks else ""
        if teaser and teaser == first and len(self.blocks) > 1:
            self.blocks.pop(0)
            return clip(teaser, MAX_STANDFIRST)
        if teaser and not is_excerpt(teaser, self._whole):
            return clip(teaser, MAX_STANDFIRST)
        if not summary and len(self.blocks) == 1 and len(first) <= MAX_STANDFIRST:
            self.blocks.pop(0)
            return without_more(first)
        if len(self.blocks) > 1 and len(first) <= MAX_STANDFIRST and _is_lead(self.blocks[0]):
            self.blocks.pop(0)
            return first
        return ""

    def html(self) -> str:
        """The blocks, sanitised; whole blocks are left out at the end of an endless body."""
        pieces, size = [], 0
        for block in self.blocks:
            piece = sanitise(etree.tostring(block, encoding="unicode", method="html"))
            size += len(piece)
            if size > MAX_BODY:
                break
            pieces.append(piece)
        return "\n".join(pieces)


def _content_and_summary(raw: RawEntry) -> tuple[str, str]:
    """Some engines fill the two in the other way round, or put a mere picture into the content:
    what is longer by far to a reader is the content."""
    if not raw.content or len(raw.content) > SHORT_CONTENT:
        return raw.content, raw.summary
    read = text_of(_flat(raw.content, raw.base))
    if len(text_of(_flat(raw.summary, raw.base))) <= 1.5 * len(read):
        return raw.content, raw.summary
    if "<img" in raw.content:
        return f"{raw.content}<div>{raw.summary}</div>", ""
    return raw.summary, raw.content


def _flat(html: str, base: str) -> Element:
    root = parse_body(html)
    for figure in list(root.iter("figcaption")):
        figure.drop_tree()
    made = parse_body("<p></p>")
    for block in flatten(root, base):
        if block.tag != "figure" and not is_leftover(text_of(block)):
            block.tail = " "
            made.append(block)
    return made


def _first_words(text: str) -> str:
    sentence = text.split(". ", 1)[0] if 20 <= len(text.split(". ", 1)[0]) <= 120 else text
    return clip(sentence.rstrip("."), 120)


def _take_marked(root: Element, classes: tuple[str, ...]) -> str:
    """The text of the first element of such a class, which leaves the tree."""
    for node in root.iterdescendants():
        named = (node.get("class") or "").lower().split()
        words = text_of(node) if any(name in classes for name in named) else ""
        if words and next(node.iter("img"), None) is None:
            node.drop_tree()
            return words
    return ""


def _is_lead(block: Element) -> bool:
    """A heading, or a paragraph that is bold from end to end, before the text itself."""
    if block.tag in ("h2", "h3"):
        return True
    bold = sum(len(text_of(node)) for node in block.iterchildren("strong"))
    return block.tag == "p" and bold > 0 and bold >= len(text_of(block)) - 1


def clean_body(html: str, base: str) -> tuple[str, tuple[RelatedLink, ...]]:
    """A body that a person or a CMS wrote, HTML or plain paragraphs: its blocks, sanitised, and
    the links of «اقرأ أيضاً», which leave it. Nothing else is taken out."""
    root = parse_body(html)
    for node in root.iter():
        node.attrib.pop("class", None)
    body = _Body(etree.tostring(root, encoding="unicode", method="html"), base)
    related = body.take_related()
    return body.html(), related
