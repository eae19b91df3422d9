"""WebSub: a source whose feed names a hub is subscribed there, so that news comes in by itself.

The looks go on as before; a push only makes news faster. `subscribe_hub` asks, the hub comes back
to `confirm_subscription`, pushes come to `receive_push` and are kept for a worker; the tick renews.

Each lease has a secret of its own. A push that is replayed within a lease is known by its digest,
one from an earlier lease is not signed any more.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import urlencode, urlsplit

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.hub import (
    AFTER_REFUSAL,
    LEASE,
    VERIFY_WITHIN,
    HubState,
    ask_again_at,
    is_signed,
    lease_of,
    renew_at,
)
from app.feeds.errors import BadStatus, FeedError
from app.feeds.fetch import Fetched, visit
from app.feeds.parse import ParsedFeed
from app.links import Links
from app.store.tables import Hub, HubPush, Source

log = structlog.get_logger()

AT_ONCE = timedelta(seconds=20)
"""How long a push may wait for its hint before the tick asks again."""


class Received(Enum):
    """What came of a push: taken, known already, not signed by the hub, or for nobody."""

    TAKEN = "taken"
    REPEATED = "repeated"
    UNSIGNED = "unsigned"
    NOBODY = "nobody"


def may_be_called(settings: Settings) -> bool:
    """Whether a hub out there can reach this site: WEBSUB says so, or with `auto` a public https
    address in BASE_URL."""
    if settings.websub != "auto":
        return settings.websub == "on"
    parts = urlsplit(settings.base_url)
    host = parts.hostname or ""
    try:
        public = ipaddress.ip_address(host).is_global
    except ValueError:
        public = "." in host and not host.endswith((".local", ".internal", ".localhost"))
    return parts.scheme == "https" and public


def note_hub(
    session: Session,
    settings: Settings,
    source: Source,
    fetched: Fetched,
    feed: ParsedFeed,
    *,
    now: datetime,
) -> None:
    """Keeps the hub that a feed names, to be asked at once; forgets one that it names no more.

    Secrets are not sent over plain http, so such a hub is passed over.
    """
    url = fetched.hub or feed.hub
    topic = fetched.self_url or feed.self_url or fetched.final_url
    known = session.get(Hub, source.id)
    safe = url.startswith("https://") or settings.allow_private_feeds
    if not url or not safe or not may_be_called(settings):
        if known is not None:
            session.delete(known)
        return
    if known is not None and (known.url, known.topic_url) == (url, topic):
        return
    if known is not None:
        session.delete(known)
        session.flush()
    session.add(
        Hub(source_id=source.id, url=url, topic_url=topic, state=HubState.WANTED, next_at=now)
    )


def subscribe_hub(
    sessions: sessionmaker[Session],
    settings: Settings,
    links: Links,
    *,
    now: datetime,
    source_id: int,
) -> None:
    """Asks the hub of a source to push, or to go on. Commits before and after the network is
    spoken to. A second request within a minute is left out."""
    with sessions.begin() as session:
        hub = session.get(Hub, source_id, with_for_update=True)
        if hub is None or not may_be_called(settings):
            return
        if hub.state is HubState.ASKED and hub.next_at > now + timedelta(minutes=1):
            return
        hub.state, hub.next_at = HubState.ASKED, now + VERIFY_WITHIN
        hub.next_secret = secrets.token_urlsafe(32)
        form = {
            "hub.mode": "subscribe",
            "hub.topic": hub.topic_url,
            "hub.callback": links.hub_url(source_id),
            "hub.secret": hub.next_secret,
            "hub.lease_seconds": str(int(LEASE.total_seconds())),
        }
        url = hub.url
    try:
        _post(url, form, settings)
    except FeedError as error:
        log.info("hub_failed", source=source_id, code=error.code, detail=error.detail)
        with sessions.begin() as session:
            _note_failure(session, source_id, str(form["hub.secret"]), error, now=now)


def _post(url: str, form: dict[str, str], settings: Settings) -> None:
    with visit(
        url,
        method="POST",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(form).encode(),
        seconds=settings.feed_timeout,
        allow_private=settings.allow_private_feeds,
    ) as (_, answer):
        if not 200 <= answer.status < 300:
            raise BadStatus(f"HTTP {answer.status}")


def _note_failure(
    session: Session, source_id: int, secret: str, error: FeedError, *, now: datetime
) -> None:
    """The hub could not be asked; what it does until the lease ends goes on."""
    hub = session.get(Hub, source_id, with_for_update=True)
    if hub is None or hub.next_secret != secret:
        return  # it was confirmed, or is another one by now
    still_runs = hub.secret and hub.expires_at is not None and hub.expires_at > now
    hub.state = HubState.VERIFIED if still_runs else HubState.WANTED
    hub.next_secret = ""
    hub.failures += 1
    hub.next_at = ask_again_at(now, hub.failures)
    hub.reason = error.code


def confirm_subscription(
    session: Session,
    *,
    now: datetime,
    source_id: int,
    mode: str,
    topic: str,
    lease: str,
    reason: str,
) -> bool:
    """Answers a hub that asks whether we want what it was asked for; True if it is so.

    May be repeated: the same question again gets the same answer. What we never ask, such as to
    be unsubscribed, is denied.
    """
    hub = session.get(Hub, source_id, with_for_update=True)
    if hub is None or topic != hub.topic_url or not _is_active(session, source_id):
        return False
    if mode == "denied":
        hub.state, hub.secret, hub.next_secret = HubState.REFUSED, "", ""
        hub.next_at, hub.expires_at = now + AFTER_REFUSAL, None
        hub.reason = f"denied: {reason[:200]}"
        return True
    granted = lease_of(lease)
    if mode != "subscribe" or granted is None:
        return False
    if hub.next_secret:
        hub.secret, hub.next_secret = hub.next_secret, ""
        hub.state, hub.failures, hub.reason = HubState.VERIFIED, 0, ""
        hub.expires_at, hub.next_at = now + granted, renew_at(now, granted)
    return hub.state is HubState.VERIFIED


def receive_push(
    session: Session,
    *,
    now: datetime,
    source_id: int,
    body: bytes,
    signature: str,
    content_type: str,
) -> tuple[Received, int]:
    """Keeps a push for a worker, if the hub has signed it; its id, or 0. The caller enqueues it
    after the commit."""
    hub = session.get(Hub, source_id)
    if hub is None or not _is_active(session, source_id):
        return Received.NOBODY, 0
    if not is_signed(signature, body, _secrets_of(hub, now)):
        log.info("push_unsigned", source=source_id)
        return Received.UNSIGNED, 0
    made = session.scalar(
        insert(HubPush)
        .values(
            source_id=source_id,
            digest=hashlib.sha256(body).digest(),
            content_type=content_type[:200],
            body=body,
            received_at=now,
            next_at=now + AT_ONCE,
        )
        .on_conflict_do_nothing(index_elements=["source_id", "digest"])
        .returning(HubPush.id)
    )
    if made is None:
        return Received.REPEATED, 0
    hub.pushed_at = now
    return Received.TAKEN, made


def _secrets_of(hub: Hub, now: datetime) -> tuple[str, ...]:
    """The secret of the lease while it lasts, and that of a request under way: a hub may push
    before it has come back to confirm."""
    lasting = hub.expires_at is not None and hub.expires_at > now
    return (hub.secret if lasting else "", hub.next_secret)


def _is_active(session: Session, source_id: int) -> bool:
    return bool(session.scalar(select(Source.active).where(Source.id == source_id)))
