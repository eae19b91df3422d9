"""Pictures inside of an article's text: which there are, and our copies in their place.

The text is what `feeds.sanitise` gives: well-formed, every attribute in double quotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

MAX_IN_BODY = 30
"""More than any article has; a feed must not make us fetch thousands."""

_IMAGE = re.compile(r'<img\b(?:[^">]|"[^"]*")*>', re.IGNORECASE)
_ATTRIBUTE = re.compile(r'([a-z]+)\s*=\s*"([^"]*)"', re.IGNORECASE)


def addresses_in(body_html: str) -> list[str]:
    """Where the pictures of a text are, each once, in their order; the first `MAX_IN_BODY`."""
    found = (_attributes(tag).get("src", "") for tag in _IMAGE.findall(body_html))
    return [address for address in dict.fromkeys(found) if address][:MAX_IN_BODY]


def with_own_pictures(body_html: str, find: Callable[[str], tuple[str, int, int] | None]) -> str:
    """The text with our copies: `find` gives a copy's address, width and height. A picture that
    has no copy is left out."""

    def replace(tag: re.Match[str]) -> str:
        given = _attributes(tag[0])
        own = find(given.get("src", ""))
        if own is None:
            return ""
        address, width, height = own
        alt = escape(given.get("alt", ""))
        return f'<img src="{escape(address)}" alt="{alt}" width="{width}" height="{height}">'

    return _IMAGE.sub(replace, body_html)


def _attributes(tag: str) -> dict[str, str]:
    return {name.lower(): unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
