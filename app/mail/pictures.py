"""The size of an article's picture in a mail: as wide as the column, or small beside a card."""

from __future__ import annotations

from dataclasses import dataclass

from app.mail.clean import clean_text, clipped, web_url
from app.mail.content import EditionArticle

COLUMN = 600
"""The column's width in pixels."""
TEXT = 528
"""The text's width in pixels."""

_SEEN = 80
"""Narrower than this, a picture is an icon, and no picture is better."""
_SHARP = 480
"""From this width on a picture may fill the column; a smaller one would be blurred."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    width: int
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture that may stand in a mail, and the pixels it takes there: `wide` over a text,
    `thumb`, with `small_url`, beside one."""

    url: str
    small_url: str
    alt: str
    caption: str
    wide: Size
    thumb: Size


def picture_of(article: EditionArticle, *, headline: str) -> Picture | None:
    """The article's picture; None if it has none or a mere icon."""
    url = web_url(article.image_url)
    width, height = article.image_width, article.image_height
    is_known = width > 0 and height > 0
    if not url or (is_known and min(width, height) < _SEEN):
        return None
    if not is_known:
        width, height = 1600, 900
    full = COLUMN if width >= _SHARP else width
    return Picture(
        url=url,
        small_url=web_url(article.small_image_url) or url,
        alt=clipped(article.image_alt or article.image_caption or headline, 200)
        or clean_text(url.rpartition("/")[2]),
        caption=clipped(article.image_caption, 200),
        wide=_within(width, height, full, 460),
        thumb=_within(width, height, 160, 160),
    )


def size_in_text(width: str, height: str) -> Size:
    """A picture in the middle of a text, from what its tag says of it: as wide as the text, or as
    itself where that is narrower."""
    own_width, own_height = _pixels(width), _pixels(height)
    if not own_width or not own_height:
        own_width, own_height = 1600, 900
    return _within(own_width, own_height, min(own_width, TEXT), 2 * TEXT)


def _pixels(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 0


def _within(width: int, height: int, most_wide: int, most_high: int) -> Size:
    """The largest size of these proportions that both limits allow."""
    part = min(most_wide / width, most_high / height)
    return Size(width=max(1, round(width * part)), height=max(1, round(height * part)))
