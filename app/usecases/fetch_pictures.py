"""Pictures come in: what articles show is fetched under guard and made into our own copy.

Stands between ingesting, which notes what is wanted, and freezing, which shows only what is
ready. So no mail and no page hangs on the newsroom's servers, or tells them who reads.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.picture import PictureState
from app.feeds.errors import BadResponse, BadUrl, FeedError, PrivateAddress, WrongContent
from app.feeds.fetch import FetchLimits
from app.feeds.fetch_picture import fetch_picture
from app.pictures.errors import PictureError
from app.pictures.in_body import addresses_in
from app.pictures.resize import ReadyPicture, make_picture
from app.store.pictures import KeptPicture, keep, note_failure, url_hash, want
from app.store.tables import Article, Picture

log = structlog.get_logger()

TURN = 12
"""Pictures a task: their bytes are in memory together."""

TURN_SECONDS = 30.0
FREEZING_SECONDS = 5.0
"""What a campaign that is due waits at most for pictures that are not there yet."""

_AT_ONCE = 4
_LASTING = (BadUrl, PrivateAddress, WrongContent)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    id: int
    url: str


def fetch_pictures(
    sessions: sessionmaker[Session],
    settings: Settings,
    *,
    now: datetime,
    picture_ids: Sequence[int],
) -> int:
    """Fetches these pictures if they are still wanting; how many became ready. May be repeated,
    and two at once do no harm. Ends after about `TURN_SECONDS`."""
    return _fetch(sessions, settings, Picture.id.in_(picture_ids), now=now, seconds=TURN_SECONDS)


def fetch_for_freezing(
    sessions: sessionmaker[Session],
    settings: Settings,
    *,
    now: datetime,
    article_ids: Sequence[int],
) -> int:
    """Fetches what these articles show and nobody has fetched yet, for `FREEZING_SECONDS` at
    most; how many became ready. What has failed before is not waited for."""
    with sessions.begin() as session:
        articles = session.execute(
            select(Article.image_url, Article.body_html).where(Article.id.in_(article_ids))
        ).all()
        urls = [row.image_url for row in articles if row.image_url]
        urls += [url for row in articles for url in addresses_in(row.body_html)]
        want(session, urls, now=now, afresh=False)
    first_time = Picture.url_hash.in_([url_hash(url) for url in urls]) & (Picture.attempts == 0)
    return _fetch(sessions, settings, first_time, now=now, seconds=FREEZING_SECONDS)


def keep_picture(session: Session, *, now: datetime, url: str, data: bytes) -> None:
    """Keeps a picture whose bytes are at hand already. Raises `PictureError`."""
    made = make_picture(data)
    want(session, [url], now=now)
    number = session.scalar(select(Picture.id).where(Picture.url_hash == url_hash(url)))
    assert number is not None
    _keep(session, number, made, now=now)


def _fetch(
    sessions: sessionmaker[Session],
    settings: Settings,
    which: ColumnElement[bool],
    *,
    now: datetime,
    seconds: float,
) -> int:
    """The network is spoken to in threads and with no transaction open; unpacking, which needs
    the memory, is done one after the other."""
    deadline = time.monotonic() + seconds
    with sessions() as session:
        rows = session.execute(
            select(Picture.id, Picture.url)
            .where(which, Picture.state == PictureState.PENDING)
            .order_by(Picture.id)
        )
        wanted = [_Wanted(id=row.id, url=row.url) for row in rows]
    ready = 0
    for one, got in _come_in(settings, wanted, deadline):
        with sessions.begin() as session:
            ready += _settle(session, one, got, now=now)
    return ready


def _come_in(
    settings: Settings, wanted: Sequence[_Wanted], deadline: float
) -> Iterator[tuple[_Wanted, bytes | FeedError]]:
    """What was fetched, in the order of coming, until the deadline; the rest is as it was. Each
    fetch ends by itself then."""

    def fetch(one: _Wanted) -> bytes | FeedError | None:
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        limits = FetchLimits(
            max_bytes=settings.picture_max_bytes, seconds=min(left, settings.feed_timeout)
        )
        try:
            return fetch_picture(one.url, limits=limits, allow_private=settings.allow_private_feeds)
        except FeedError as error:
            return error
        except Exception as error:  # whatever it was, no campaign may fail for a picture
            log.exception("picture_unfetchable", picture=one.id)
            return BadResponse(type(error).__name__)

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        asked: dict[Future[bytes | FeedError | None], _Wanted] = {
            threads.submit(fetch, one): one for one in wanted
        }
        for future in as_completed(list(asked)):
            one = asked.pop(future)
            got = future.result()
            if isinstance(got, FeedError) or (got and time.monotonic() < deadline):
                yield one, got


def _settle(session: Session, one: _Wanted, got: bytes | FeedError, *, now: datetime) -> bool:
    if isinstance(got, FeedError):
        lasting = isinstance(got, _LASTING)
        return _failed(session, one, got.code, got.detail, lasting=lasting, now=now)
    try:
        made = make_picture(got)
    except PictureError as error:
        return _failed(session, one, error.code, error.detail, lasting=True, now=now)
    _keep(session, one.id, made, now=now)
    return True


def _failed(
    session: Session, one: _Wanted, code: str, detail: str, *, lasting: bool, now: datetime
) -> bool:
    log.info("picture_failed", picture=one.id, code=code, detail=detail)
    note_failure(session, one.id, reason=code, lasting=lasting, now=now)
    return False


def _keep(session: Session, picture_id: int, made: ReadyPicture, *, now: datetime) -> None:
    copy = KeptPicture(name=made.name, width=made.width, height=made.height)
    keep(session, picture_id, copy, body=made.body, small=made.small, now=now)
