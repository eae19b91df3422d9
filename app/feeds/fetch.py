"""Fetching a feed: one conditional GET with limits on addresses, time, size and redirects.

The connection goes to an address that `addresses.resolve` has checked, under the name's own
Host, SNI and certificate. No proxy is taken from the environment.
"""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urljoin

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from app.feeds.addresses import IpAddress, Target, read_url, resolve
from app.feeds.connection import connect, guarded, left
from app.feeds.errors import (
    BadRedirect,
    BadResponse,
    BadStatus,
    BadUrl,
    ConnectionFailed,
    Gone,
    NotFound,
    RedirectLoop,
    TimedOut,
    TooLarge,
    TooManyRedirects,
)
from app.feeds.web_address import absolute_url

MAX_REDIRECTS = 5
_PIECE = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
FOR_FEEDS = (
    "application/rss+xml, application/atom+xml, application/rdf+xml;q=0.9, "
    "application/feed+json, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
FOR_PAGES = "text/html, application/xhtml+xml, */*;q=0.1"
_VALIDATOR = re.compile(r"[\x20-\x7e]{1,500}")
_LINK = re.compile(r"<([^<>]{1,2000})>([^<,]*)")
_RELATION = re.compile(r"""rel\s*=\s*["']?([\w\s-]+)""", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchLimits:
    """What one feed may cost: decoded bytes, and seconds in all, redirects included."""

    max_bytes: int
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """The answer. "unchanged" has no body. `charset` is what the server declared, if it did;
    `etag` and `last_modified` are to be given with the next fetch, which best goes to
    `lasting_url`. `hub` and `self_url` are what its Link headers say of WebSub."""

    status: Literal["new", "unchanged"]
    body: bytes = b""
    content_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    final_url: str = ""
    lasting_url: str = ""
    hub: str = ""
    self_url: str = ""


def fetch_feed(
    url: str,
    *,
    etag: str = "",
    last_modified: str = "",
    accept: str = FOR_FEEDS,
    limits: FetchLimits,
    allow_private: bool,
) -> Fetched:
    """What is at `url` now, a feed or with `FOR_PAGES` a page. It may be repeated at any time.

    Raises a `FeedError` for everything that can go wrong out there, after `limits.seconds` at
    the latest.
    """
    asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    conditions = {name: value for name, value in asked.items() if value}
    with visit(
        url,
        headers={"Accept": accept, **conditions},
        seconds=limits.seconds,
        allow_private=allow_private,
    ) as (target, answer):
        return read_answer(answer, target, conditions, limits)


@contextmanager
def visit(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str],
    body: bytes | None = None,
    seconds: float,
    allow_private: bool,
) -> Iterator[tuple[Target, BaseHTTPResponse]]:
    """The answer at the end of all redirects and where that was, its body unread. Every address
    on the way is checked, and the connection ends with the block or after `seconds`.

    Raises a `FeedError`, also for what goes wrong while the body is read.
    """
    deadline = time.monotonic() + seconds
    target = read_url(url)
    seen = {target.url}
    lasting = target.url
    for _ in range(MAX_REDIRECTS + 1):
        addresses = resolve(target, seconds=left(deadline), allow_private=allow_private)
        with _answer(target, addresses, method, headers, body, deadline) as answer:
            if answer.status not in _REDIRECTS:
                yield replace(target, lasting_url=lasting), answer
                return
            before, target = target, _next_target(target, answer.headers.get("Location", ""))
            if answer.status in _FOR_GOOD and lasting == before.url:
                lasting = target.url
        if target.url in seen:
            raise RedirectLoop(f"back to {target.host}")
        seen.add(target.url)
    raise TooManyRedirects(f"more than {MAX_REDIRECTS}")


def _next_target(target: Target, location: str) -> Target:
    location = _as_meant(location.strip())
    if not location:
        raise BadRedirect("it names no address")
    try:
        return read_url(urljoin(target.url, location))
    except (BadUrl, ValueError):
        raise BadRedirect("it leads to no http or https address") from None


def _as_meant(location: str) -> str:
    """Headers are read as Latin-1; Arabic sites write the letters of an address in UTF-8."""
    try:
        return location.encode("latin-1").decode()
    except UnicodeError:
        return location


@contextmanager
def _answer(
    target: Target,
    addresses: list[IpAddress],
    method: str,
    headers: Mapping[str, str],
    body: bytes | None,
    deadline: float,
) -> Iterator[BaseHTTPResponse]:
    """The answer to one request; its errors, and those of reading it, become `FeedError`s.

    Socket timeouts count from byte to byte, so a guard ends the connection at the deadline,
    however busily it drips.
    """
    all_headers = {
        "Host": target.host_header,
        "User-Agent": "Nashra (newsletter feed reader)",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
        **headers,
    }
    try:
        connection = connect(target, addresses, deadline)
        with guarded(connection, deadline):
            connection.request(
                method, target.path, body=body, headers=all_headers, preload_content=False
            )
            with closing(connection.getresponse()) as answer:
                yield answer
            left(deadline)  # an answer without a length looks complete when it is hung up
    except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
            raise TimedOut from None
        if isinstance(error, ConnectionError):
            raise ConnectionFailed("the connection was closed") from None
        raise BadResponse(type(error).__name__) from None


def read_answer(
    answer: BaseHTTPResponse, target: Target, conditions: dict[str, str], limits: FetchLimits
) -> Fetched:
    """The whole of a good answer, or the `FeedError` that its status or size is."""
    if answer.status == 304 and conditions:
        return Fetched(status="unchanged", final_url=target.url, lasting_url=target.lasting_url)
    if answer.status == 404:
        raise NotFound("HTTP 404")
    if answer.status == 410:
        raise Gone("HTTP 410")
    if answer.status != 200:
        raise BadStatus(f"HTTP {answer.status}", retry_after=_retry_after(answer))
    length = answer.headers.get("Content-Length", "")
    if length.isdecimal() and len(length) < 20 and int(length) > limits.max_bytes:
        raise TooLarge(f"more than {limits.max_bytes} bytes")
    plain = as_fetched(
        _body(answer, limits.max_bytes),
        content_type=answer.headers.get("Content-Type", ""),
        url=target.url,
    )
    return replace(
        plain,
        etag=_validator(answer.headers.get("ETag", "")),
        last_modified=_validator(answer.headers.get("Last-Modified", "")),
        lasting_url=target.lasting_url,
        hub=_linked(answer, "hub", target.url),
        self_url=_linked(answer, "self", target.url),
    )


def as_fetched(body: bytes, *, content_type: str, url: str) -> Fetched:
    """A body that came with this Content-Type header, as if from `url`."""
    charset = _CHARSET.search(content_type)
    return Fetched(
        status="new",
        body=body,
        content_type=content_type.partition(";")[0].strip().lower(),
        charset=charset[1].lower() if charset else "",
        final_url=url,
    )


def _linked(answer: BaseHTTPResponse, relation: str, base: str) -> str:
    """The address that a Link header (RFC 8288) gives for a relation; "" for none."""
    for found in _LINK.finditer(answer.headers.get("Link", "")[:8000]):
        relations = _RELATION.search(found[2])
        if relations is not None and relation in relations[1].lower().split():
            return absolute_url(found[1], base)
    return ""


def _retry_after(answer: BaseHTTPResponse) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _body(answer: BaseHTTPResponse, max_bytes: int) -> bytes:
    """The decoded body; a small answer that unpacks without end stops at `max_bytes`."""
    pieces, size = [], 0
    while piece := answer.read(_PIECE, decode_content=True):
        size += len(piece)
        if size > max_bytes:
            raise TooLarge(f"more than {max_bytes} bytes")
        pieces.append(piece)
    return b"".join(pieces)


def _validator(value: str) -> str:
    """ETag or Last-Modified, if it can be sent back as it is."""
    return value if _VALIDATOR.fullmatch(value) else ""
