"""Fetching a picture: one GET under the same guard as a feed, that ends before the body when the
server says that it is something else."""

from __future__ import annotations

from urllib3 import BaseHTTPResponse

from app.feeds.errors import WrongContent
from app.feeds.fetch import FetchLimits, read_answer, visit

_HEADERS = {
    "Accept": "image/jpeg, image/png, image/webp;q=0.9, image/avif;q=0.8, image/gif;q=0.8, "
    "image/*;q=0.1"
}
_NEVER = frozenset({"image/svg+xml"})
_SAYS_NOTHING = frozenset({"", "application/octet-stream", "binary/octet-stream"})
"""What storages send for files they were told nothing about."""


def fetch_picture(url: str, *, limits: FetchLimits, allow_private: bool) -> bytes:
    """What is at `url`: something that calls itself a picture, not yet looked into.

    Raises a `FeedError` for everything that can go wrong out there, after `limits.seconds` at
    the latest.
    """
    with visit(url, headers=_HEADERS, seconds=limits.seconds, allow_private=allow_private) as (
        target,
        answer,
    ):
        if answer.status == 200:
            _check_kind(answer)
        return read_answer(answer, target, {}, limits).body


def _check_kind(answer: BaseHTTPResponse) -> None:
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in _NEVER or not (kind.startswith("image/") or kind in _SAYS_NOTHING):
        raise WrongContent(kind)
