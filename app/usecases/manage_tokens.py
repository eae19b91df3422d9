"""Tokens of a CMS: made once, shown once, found by their hash, revoked for good."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.store.tables import ApiToken

PREFIX = "nashra_"
"""So that whoever finds one lying about sees what it opens."""

_NOTE_EVERY = timedelta(minutes=1)


def create_token(
    session: Session, *, now: datetime, name: str, staff_id: int | None
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is kept nowhere: this is the only time it can be shown."""
    secret = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken(
        name=name.strip(), token_hash=_hash(secret), created_at=now, created_by=staff_id
    )
    session.add(made)
    session.flush()
    return made, secret


def revoke_token(session: Session, token_id: int, *, now: datetime) -> ApiToken:
    """From now on it opens nothing. May be repeated. Raises `NoResultFound`."""
    token = session.get_one(ApiToken, token_id, with_for_update=True, populate_existing=True)
    token.revoked_at = token.revoked_at or now
    session.flush()
    return token


def token_of(session: Session, secret: str, *, now: datetime) -> ApiToken | None:
    """The token of this secret, if there is one that counts; notes its use, once a minute at
    most, so that a busy CMS does not write one row again and again."""
    token = session.scalar(
        select(ApiToken).where(ApiToken.token_hash == _hash(secret), ApiToken.revoked_at.is_(None))
    )
    if token is not None and (token.used_at is None or now - token.used_at > _NOTE_EVERY):
        session.execute(update(ApiToken).where(ApiToken.id == token.id).values(used_at=now))
    return token


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
