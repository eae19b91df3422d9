"""The byte skeletons of the variants that a worker process is sending, compiled once each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.mail.content import RenderedMail
from app.mail.wire import Skeleton, WireHeaders
from app.store.leases import LeasedChunk
from app.store.tables import Campaign, Variant
from app.usecases.manage_brand import read_brand

_KEPT = 64
"""Skeletons in memory at most; each is about twice the size of its message."""


class Skeletons:
    """A variant never changes, so what was compiled once stays good."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: dict[tuple[int, datetime], Skeleton] = {}

    def get(self, sessions: sessionmaker[Session], chunk: LeasedChunk) -> Skeleton:
        key = chunk.variant_id, chunk.date_at
        found = self._kept.pop(key, None) or self._compile(sessions, chunk)
        self._kept[key] = found
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        return found

    def _compile(self, sessions: sessionmaker[Session], chunk: LeasedChunk) -> Skeleton:
        with sessions() as session:
            variant = session.get_one(Variant, chunk.variant_id)
            kind = session.get_one(Campaign, chunk.campaign_id).kind
            brand = read_brand(session, self._settings)
        settings = self._settings
        return Skeleton.compile(
            RenderedMail(subject=variant.subject, html=variant.html, text=variant.text),
            WireHeaders(
                from_name=settings.mail_from_name,
                from_address=settings.mail_from,
                date=chunk.date_at,
                base_url=settings.base_url,
                list_id=f"{kind}.{settings.bounce_domain}",
                list_name=brand.site_name,
                feedback_id=f"{chunk.campaign_id}:{kind}:nashra",
            ),
        )
