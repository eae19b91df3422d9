"""The running text of a page, and whether it has any: found by its markup, by trafilatura, or in
the structured data; and the signs of a page that is a list or a question for consent."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import trafilatura
from lxml import etree

from app.domain.article import fold_name
from app.feeds.blocks import flatten, parse_body, text_of
from app.feeds.dates import read_date
from app.feeds.page_meta import KICKER, STANDFIRST, named
from app.feeds.web_address import absolute_url

Element = Any
"""An lxml element; lxml ships no types."""

_MANY_TEASERS = 5
_MOST_ABOVE = 400
"""Characters of kicker, standfirst, date and menu that may stand above a headline."""

_OVERLAY = re.compile(r"cookie|consent|gdpr|onetrust|didomi|cmp-|newsletter|paywall", re.IGNORECASE)
_CONSENT = re.compile(
    r"ملفات (?:تعريف )?(?:ال)?ارتباط|ملفات تعريف|الكوكيز|الموافقة على|cookies?\b|consent\b",
    re.IGNORECASE,
)
_NO_TEXT = ("nav", "form", "script", "style", "button", "select", "textarea", "noscript", "iframe")
_LATE = re.compile(
    r"related|most-?read|read-?more|tags?|share|social|comments?|sidebar|breadcrumbs?",
    re.IGNORECASE,
)


def take_out_overlays(tree: Element) -> None:
    """Changes the tree: boxes over the page that ask for consent or an address go, unless they
    hold the article itself."""
    for node in list(tree.iterdescendants()):
        if not isinstance(node.tag, str) or node.tag in ("html", "head", "body", "main", "article"):
            continue
        names = f"{node.get('class') or ''} {node.get('id') or ''}"
        if node.getparent() is None or not _OVERLAY.search(names):
            continue
        if len(text_of(node)) < 3000 and next(node.iter("article", "h1"), None) is None:
            node.drop_tree()


def body_html(tree: Element, *, told: str, base: str) -> str:
    """The body as HTML of whatever cleanness, without the parts that stand above it; "" if none
    is found. `told` is the plain text that structured data gave."""
    found = _marked(tree) or _guessed(tree, base)
    lines = [html.escape(line) for line in told.splitlines() if line.strip()]
    if lines and (prose(found)[0] * 2 < len(told) or found.count("<p") < 2 < len(lines)):
        return "".join(f"<p>{line}</p>" for line in lines)
    root = parse_body(found)
    root = _below_headline(root, tree, base)
    _without_head(root, tree)
    return etree.tostring(root, encoding="unicode", method="html") if found else ""


def _marked(tree: Element) -> str:
    """What the page itself calls its body, in microdata."""
    for node in tree.iter():
        if "articleBody" in (node.get("itemprop") or "").split() and node.tag != "meta":
            copied = deepcopy(node)
            copied.tail = None
            for part in list(copied.iter(*_NO_TEXT)):
                part.drop_tree()
            return str(etree.tostring(copied, encoding="unicode", method="html"))
    return ""


def _guessed(tree: Element, base: str) -> str:
    found = trafilatura.extract(
        deepcopy(tree),
        url=base,
        output_format="html",
        include_comments=False,
        include_formatting=True,
        include_images=True,
        include_links=True,
        favor_recall=True,
        with_metadata=False,
    )
    return re.sub(r">\s+<", "> <", found or "")


def _below_headline(root: Element, tree: Element, base: str) -> Element:
    """The blocks below the page's headline, if it stands near the beginning of the text: what is
    above it belongs to the page and not to the article."""
    headings = {fold_name(text_of(node)) for node in tree.iter("h1")}
    if not any(fold_name(text_of(node)) in headings for node in root.iter("h1", "h2")):
        return root
    blocks = flatten(deepcopy(root), base)
    above = 0
    for place, block in enumerate(blocks):
        words = text_of(block)
        if block.tag == "h2" and fold_name(words) in headings and above < _MOST_ABOVE:
            below = parse_body("<div></div>")
            below.extend([one for one in blocks[:place] if one.tag == "figure"])
            below.extend(blocks[place + 1 :])
            return below
        above += len(words)
    return root


def _without_head(root: Element, tree: Element) -> None:
    """What repeats the head of the page at the beginning of the text: headline, kicker,
    standfirst and date have places of their own, and a menu has none."""
    heads = {fold_name(text_of(node)) for node in tree.iter("h1")}
    for pattern in (KICKER, STANDFIRST):
        heads.update(fold_name(text_of(node)) for node in named(tree, pattern))
    for node in [one for one in _first_blocks(root) if one is not root]:
        words = text_of(node)
        is_date = len(words) <= 60 and read_date(words, zone="UTC") is not None
        linked = sum(len(text_of(link)) for link in node.iter("a"))
        is_menu = len(list(node.iter("a"))) > 1 and linked * 2 > len(words)
        if words and (fold_name(words) in heads or is_date or is_menu or node.tag == "h1"):
            node.drop_tree()
    for node in list(named(root, _LATE)):
        if node.getparent() is not None and node.tag in ("div", "ul", "aside", "section"):
            node.drop_tree()


def _first_blocks(root: Element, most: int = 6) -> Iterator[Element]:
    blocks = (node for node in root.iter("h1", "h2", "h3", "p", "div", "span", "time"))
    leaves = (node for node in blocks if next(node.iter("p", "div", "h2"), node) is node)
    for index, node in enumerate(leaves):
        if index >= most:
            return
        yield node


def prose(body: str) -> tuple[int, int]:
    """How many characters of text a body has, and how many of them are in links."""
    if not body:
        return 0, 0
    root = parse_body(body)
    return len(text_of(root)), sum(len(text_of(link)) for link in root.iter("a"))


def is_consent(tree: Element) -> bool:
    """Whether what a reader sees is mainly a question for consent."""
    return _CONSENT.search(text_of(_seen(tree))) is not None


def looks_like_a_list(tree: Element, base: str, *, length: int, linked: int) -> bool:
    """Whether a page that does not call itself an article leads to several ones: it is the
    front page, its text is links, or teaser follows teaser."""
    if not base.split("/", 3)[-1].strip("/"):
        return True
    if linked * 2 > length:
        return True
    teasers = set()
    for node in tree.iter("article", "h2", "h3"):
        link = next(node.iter("a"), None)
        url = absolute_url(link.get("href") or "", base) if link is not None else ""
        inside = any(up.tag in ("aside", "nav", "footer") for up in node.iterancestors())
        if url and not inside and len(text_of(link)) >= 15:
            teasers.add(url)
    return len(teasers) >= _MANY_TEASERS and len(list(tree.iter("h1"))) != 1


def _seen(tree: Element) -> Element:
    body = next(tree.iter("body"), tree)
    copied = deepcopy(body)
    for part in list(copied.iter("script", "style", "noscript", "template")):
        part.drop_tree()
    return copied
