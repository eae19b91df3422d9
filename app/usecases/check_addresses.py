"""Tries the addresses of links and pictures, several side by side, and keeps the answers a while.

Outgoing requests go through the guard of feeds; the database is not held meanwhile.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.feeds.probe import trouble_of
from app.links import pictures_in
from app.store.pictures import published
from app.store.tables import LinkCheck

MOST_ADDRESSES = 150
SIDE_BY_SIDE = 8
SECONDS_EACH = 6.0
SECONDS_IN_ALL = 25.0

KEEP_GOOD = timedelta(minutes=10)
KEEP_BAD = timedelta(seconds=30)
"""A trouble is asked about again soon: an editor repairs a page and looks once more."""


def check_addresses(
    sessions: sessionmaker[Session],
    settings: Settings,
    *,
    now: datetime,
    links: Sequence[str],
    images: Sequence[str],
    tried: Callable[[int], None],
) -> dict[str, str]:
    """The trouble of each address by its code, "" for none; addresses that were left out, for
    number or time, are missing. A picture's address that answers with a page is `not_image`.

    `tried` hears how many are done. Ends after about `SECONDS_IN_ALL`.
    """
    wanted = list(dict.fromkeys([*links, *images]))
    web = [url for url in wanted if _scheme(url) in ("http", "https")]
    troubles = {url: "" if _is_for_programs(url) else "bad_url" for url in wanted if url not in web}
    with sessions() as session:
        known = _known(session, web, now) | _our_pictures(session, images)
    asked = [url for url in web if url not in known][:MOST_ADDRESSES]
    answers = _ask(asked, settings, lambda count: tried(len(wanted) - len(asked) + count))
    with sessions.begin() as session:
        _keep(session, answers, now)
    known |= answers
    for url, (trouble, content_type) in known.items():
        no_image = url in images and not trouble and not content_type.startswith("image/")
        troubles[url] = "not_image" if no_image else trouble
    return troubles


def _scheme(url: str) -> str:
    """The scheme of an address, "" for what is none."""
    with suppress(ValueError):
        return urlsplit(url).scheme
    return ""


def _is_for_programs(url: str) -> bool:
    """An address that a program opens, not a page: nothing to ask."""
    return _scheme(url) in ("mailto", "tel")


def _ask(
    urls: list[str], settings: Settings, tried: Callable[[int], None]
) -> dict[str, tuple[str, str]]:
    deadline = time.monotonic() + SECONDS_IN_ALL

    def ask(url: str) -> tuple[str, str] | None:
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        trouble, found = trouble_of(
            url,
            seconds=min(SECONDS_EACH, left),
            allow_private=settings.allow_private_feeds or url.startswith(f"{settings.base_url}/"),
        )
        return trouble, found.content_type if found else ""

    answers = {}
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="link") as pool:
        waiting: dict[Future[tuple[str, str] | None], str] = {
            pool.submit(ask, url): url for url in urls
        }
        for count, future in enumerate(as_completed(waiting), 1):
            answer = future.result()
            if answer is not None:
                answers[waiting[future]] = answer
            tried(count)
    return answers


def _known(session: Session, urls: Iterable[str], now: datetime) -> dict[str, tuple[str, str]]:
    by_hash = {_hash(url): url for url in urls}
    rows = session.scalars(
        select(LinkCheck).where(
            LinkCheck.url_hash.in_(by_hash),
            LinkCheck.checked_at > now - KEEP_GOOD,
            or_(LinkCheck.trouble == "", LinkCheck.checked_at > now - KEEP_BAD),
        )
    )
    return {by_hash[row.url_hash]: (row.trouble, row.content_type) for row in rows}


def _keep(session: Session, answers: dict[str, tuple[str, str]], now: datetime) -> None:
    for url in sorted(answers, key=_hash):
        trouble, content_type = answers[url]
        values = {"trouble": trouble, "content_type": content_type, "checked_at": now}
        session.execute(
            insert(LinkCheck)
            .values(url_hash=_hash(url), **values)
            .on_conflict_do_update(index_elements=["url_hash"], set_=values)
        )


def _our_pictures(session: Session, urls: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Our own copies are looked up: a worker may not reach the site by its public name."""
    names = {url: name for url in urls for name in pictures_in(url)}
    there = published(session, names.values())
    return {
        url: ("", "image/jpeg") if name in there else ("not_found", "")
        for url, name in names.items()
    }


def _hash(url: str) -> bytes:
    return hashlib.sha256(url.encode()).digest()
