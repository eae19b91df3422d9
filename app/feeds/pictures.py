"""Pictures of an article: what a feed or a figure says of one, and when two are the same."""

from __future__ import annotations

from dataclasses import dataclass

from app.feeds.blocks import text_of
from app.feeds.clutter import Element


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture that the feed names beside the body; `url` is absolute."""

    url: str
    alt: str = ""
    caption: str = ""


def of_figure(figure: Element) -> Picture:
    """The picture of a flattened figure with its caption."""
    image = next(figure.iter("img"))
    caption = next(figure.iter("figcaption"), None)
    words = text_of(caption) if caption is not None else ""
    return Picture(url=image.get("src"), alt=image.get("alt", ""), caption=words)


def with_caption(picture: Picture, caption: str) -> Picture:
    """The picture with its own caption, or else with this one."""
    return Picture(url=picture.url, alt=picture.alt, caption=picture.caption or caption)


def same_picture(one: str, other: str) -> bool:
    """Whether two addresses mean one picture, perhaps in two sizes."""
    return one.partition("?")[0].split("//")[-1] == other.partition("?")[0].split("//")[-1]
