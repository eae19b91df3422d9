"""Whether a web address answers: a HEAD, and a GET where a server will not hear of HEAD.

The preflight tries the links and pictures of a mail with it, under the same guard as feeds: each
address on the way is checked, and nothing of a body is read.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from app.feeds.errors import BadResponse, BadStatus, ConnectionFailed, FeedError, NotFound
from app.feeds.fetch import visit

_HEADERS = {"Accept": "text/html, image/*;q=0.9, */*;q=0.8"}
_GONE = frozenset({404, 410})


@dataclass(frozen=True, kw_only=True, slots=True)
class Probed:
    """What stands at the end of the redirects; `content_type` without its parameters."""

    status: int
    content_type: str


def probe(url: str, *, seconds: float, allow_private: bool) -> Probed:
    """The good answer of an address, within `seconds` for both requests.

    Raises `NotFound` (404, 410), `BadStatus` for every other refusal of a GET, and the
    `FeedError`s of `visit`. A refused or broken HEAD alone is no fault.
    """
    deadline = time.monotonic() + seconds
    try:
        return _ask("HEAD", url, seconds=seconds, allow_private=allow_private)
    except (BadStatus, NotFound, BadResponse, ConnectionFailed):
        left = max(0.1, deadline - time.monotonic())
        return _ask("GET", url, seconds=left, allow_private=allow_private)


def trouble_of(url: str, *, seconds: float, allow_private: bool) -> tuple[str, Probed | None]:
    """The stable code of what is wrong with an address, "" when it answers; never raises for
    what goes wrong out there."""
    try:
        return "", probe(url, seconds=seconds, allow_private=allow_private)
    except FeedError as error:
        return error.code, None


def _ask(method: str, url: str, *, seconds: float, allow_private: bool) -> Probed:
    with visit(
        url, method=method, headers=_HEADERS, seconds=seconds, allow_private=allow_private
    ) as (_, answer):
        if answer.status in _GONE:
            raise NotFound(f"HTTP {answer.status}")
        if not 200 <= answer.status < 300:
            raise BadStatus(f"HTTP {answer.status}")
        content_type = answer.headers.get("Content-Type", "")
        return Probed(
            status=answer.status, content_type=content_type.partition(";")[0].strip().lower()
        )
