"""The addresses that an article's part of a mail leads to, and others in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape, unescape

from app.mail.clean import clean_text, clipped, web_url
from app.mail.content import EditionArticle

# The text is what `feeds.sanitise` gives: well-formed, every attribute in double quotes.
_LINK = re.compile(r'(<a\b(?:[^">]|"[^"]*")*?\bhref=")([^"]*)("[^>]*>)(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def own_address(article: EditionArticle) -> str:
    """Where the article stands, as a mail may hold it; "" if it may not."""
    return web_url(article.url)


def addresses_of(article: EditionArticle, *, body: bool) -> Iterator[tuple[str, str]]:
    """(address, what it is called) of the links that stand below an article, then of those in
    its `body`, as a mail may hold them."""
    for title, address in article.related:
        if web_url(address) and clean_text(title):
            yield web_url(address), clipped(title, 200)
    if not body:
        return
    for _, address, _, inner in _LINK.findall(article.body_html):
        url = web_url(unescape(address))
        if url:
            yield url, clipped(unescape(_TAG.sub("", inner)), 200) or url


def with_addresses(article: EditionArticle, instead_of: Callable[[str], str]) -> EditionArticle:
    """The article with other addresses: `instead_of` gives one for each, or the same again."""

    def other(address: str) -> str:
        url = web_url(address)
        return instead_of(url) if url else address

    def link(match: re.Match[str]) -> str:
        before, address, after, inner = match.groups()
        return f"{before}{escape(other(unescape(address)))}{after}{inner}</a>"

    return replace(
        article,
        url=other(article.url),
        related=tuple((title, other(address)) for title, address in article.related),
        body_html=_LINK.sub(link, article.body_html),
    )
