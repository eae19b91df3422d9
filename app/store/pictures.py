"""The statements about pictures: wanted, claimed, kept, shown, served."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.picture import PictureState, next_try
from app.store.tables import Picture

_AT_ONCE = 1000
"""Rows a statement: the protocol bears 65,535 values."""

_CLAIM = text("""
with chosen as materialized (
    select id from picture where state = 'pending' and retry_at <= :now
    order by retry_at, id limit :room for update skip locked
)
update picture set retry_at = :until from chosen where picture.id = chosen.id
returning picture.id
""")

_SHOWN_BY = text("""
insert into campaign_picture (campaign_id, picture_id)
select :campaign, id from picture where state = 'ready' and name = any(:names)
on conflict do nothing
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPicture:
    """A copy that is ready to be shown; its size is in pixels."""

    name: str
    width: int
    height: int


def url_hash(url: str) -> bytes:
    return hashlib.sha256(url.encode()).digest()


def want(session: Session, urls: Iterable[str], *, now: datetime, afresh: bool = True) -> None:
    """Notes that articles show these pictures, so that the workers fetch what is not there; what
    is ready only becomes younger. Unless `afresh` is false, what had failed for good gets its
    chances again. To be called once in a transaction, or two of them may wait for each other."""
    hashes = {url_hash(url): url for url in urls if url}
    if not hashes:
        return
    rows = [
        {
            "url_hash": key,
            "url": hashes[key],
            "state": PictureState.PENDING,
            "wanted_at": now,
            "retry_at": now,
        }
        for key in sorted(hashes)  # one order for all, so that two writers never wait crosswise
    ]
    for some in (rows[at : at + _AT_ONCE] for at in range(0, len(rows), _AT_ONCE)):
        session.execute(
            insert(Picture)
            .values(some)
            .on_conflict_do_update(index_elements=["url_hash"], set_={"wanted_at": now})
        )
    if not afresh:
        return
    session.execute(
        update(Picture)
        .where(Picture.url_hash.in_(hashes), Picture.state == PictureState.FAILED)
        .values(state=PictureState.PENDING, attempts=0, retry_at=now)
    )


def claim(session: Session, *, now: datetime, until: datetime, room: int) -> list[int]:
    """The ids of up to `room` pictures that are due; nobody else gets them before `until`."""
    return list(session.scalars(_CLAIM, {"now": now, "until": until, "room": room}))


def kept(session: Session, urls: Iterable[str]) -> dict[str, KeptPicture]:
    """Our copies by the address in the newsroom; what is not ready is not in it."""
    hashes = [url_hash(url) for url in set(urls) if url]
    found = session.execute(
        select(Picture.url, Picture.name, Picture.width, Picture.height).where(
            Picture.url_hash.in_(hashes), Picture.state == PictureState.READY
        )
    )
    return {
        row.url: KeptPicture(name=row.name, width=row.width, height=row.height) for row in found
    }


def keep(
    session: Session,
    picture_id: int,
    picture: KeptPicture,
    *,
    body: bytes,
    small: bytes,
    now: datetime,
) -> None:
    """Keeps a copy; one that another worker has kept meanwhile stays as it is."""
    session.execute(
        update(Picture)
        .where(Picture.id == picture_id, Picture.state != PictureState.READY)
        .values(
            state=PictureState.READY,
            reason="",
            fetched_at=now,
            name=picture.name,
            width=picture.width,
            height=picture.height,
            body=body,
            small=small,
        )
    )


def note_failure(
    session: Session, picture_id: int, *, reason: str, lasting: bool, now: datetime
) -> None:
    """Notes why there is no copy; what may still become good is asked for again later."""
    picture = session.get(Picture, picture_id, with_for_update=True)
    if picture is None or picture.state is not PictureState.PENDING:
        return
    picture.attempts += 1
    picture.reason = reason
    again = None if lasting else next_try(picture.attempts, now)
    if again is None:
        picture.state = PictureState.FAILED
    else:
        picture.retry_at = again


def note_shown(session: Session, campaign_id: int, names: Sequence[str]) -> None:
    """A frozen edition shows these: they stay as long as it does."""
    if names:
        session.execute(_SHOWN_BY, {"campaign": campaign_id, "names": list(names)})


def served(session: Session, name: str, *, small: bool) -> bytes | None:
    """The JPEG that is published under a name."""
    column = Picture.small if small else Picture.body
    return session.scalar(
        select(column).where(Picture.name == name, Picture.state == PictureState.READY).limit(1)
    )


def published(session: Session, names: Iterable[str]) -> set[str]:
    """Those of the names that are served."""
    wanted = Picture.name.in_(sorted(set(names)))
    return set(session.scalars(select(Picture.name).where(wanted)).all())
