"""Related links in the body of an article: «اقرأ أيضاً: …», «قد يهمك | …» and the lists below such
lines, told from sentences that only begin alike."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.article import RelatedLink
from app.feeds.blocks import text_of
from app.feeds.clutter import Element
from app.feeds.signs import after_read_also, clip, read_also
from app.feeds.web_address import absolute_url

MAX_RELATED = 5
MAX_TITLE = 300


def split_related(blocks: Sequence[Element]) -> tuple[tuple[RelatedLink, ...], list[Element]]:
    """The links of such lines and of the lists below them, and the blocks that stay."""
    found: list[RelatedLink] = []
    kept: list[Element] = []
    below = False
    for block in blocks:
        rest = _read_also(block)
        links = _links(block) if rest is not None or below else []
        if rest is not None and links:
            found += links
            below = False
        elif rest == "":
            below = True
            kept.append(block)
        elif below and links and _is_only_links(block):
            found += links
            below = block.tag == "p"
            if kept and read_also(text_of(kept[-1])) == "":
                kept.pop()
        else:
            below = False
            kept.append(block)
    return tuple({link.url: link for link in found}.values())[:MAX_RELATED], kept


def _links(block: Element) -> list[RelatedLink]:
    found = []
    for link in block.iter("a"):
        title = text_of(link)
        title = read_also(title) or title
        url = absolute_url(link.get("href", ""), "")
        if title and url:
            found.append(RelatedLink(title=clip(title, MAX_TITLE), url=url))
    return found


def _read_also(block: Element) -> str | None:
    """What follows «اقرأ أيضاً» in a block; None for a block that does not begin with it. Where
    no mark stands between, what follows has to be a link, or it would be a sentence."""
    if block.tag in ("ul", "ol"):
        points = [_read_also(point) for point in block.iterchildren("li")]
        return None if None in points else " ".join(point or "" for point in points)
    text = text_of(block)
    rest = read_also(text)
    if rest is not None or block.tag == "figure":
        return rest
    after = after_read_also(text)
    linked = sum(len(text_of(link)) for link in block.iter("a"))
    return after if after and linked >= 0.8 * len(after) else None


def _is_only_links(block: Element) -> bool:
    linked = sum(len(text_of(link)) for link in block.iter("a"))
    return linked >= 0.8 * len(text_of(block))
