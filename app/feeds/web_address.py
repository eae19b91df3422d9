"""Addresses inside of feeds: made absolute, and left out where a reader must not follow them."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit

MAX_LENGTH = 2000
_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_SAFE = "!#$%&'()*+,/:;=?@[]~-._"


def absolute_url(href: str, base: str) -> str:
    """The http or https address that `href` means on the page `base`; "" if it is none.

    Letters beyond ASCII in path and query are percent-encoded, so that mail clients and
    browsers read the same address. User names in front of the host are refused: they serve to
    show one name and lead to another.
    """
    text = _INVISIBLE.sub("", href).strip().replace("\\", "/")
    if not text:
        return ""
    try:
        parts = urlsplit(urljoin(base, text))
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    if re.search(r"[\s<>\"'`]", parts.netloc):
        return ""
    path = quote(parts.path or "/", safe=_SAFE)
    tail = "".join(
        mark + quote(text, safe=_SAFE)
        for mark, text in (("?", parts.query), ("#", parts.fragment))
        if text
    )
    url = f"{parts.scheme}://{parts.netloc}{path}{tail}"
    return url if len(url) <= MAX_LENGTH else ""
