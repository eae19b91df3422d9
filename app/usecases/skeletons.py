"""The byte skeletons of the variants that a worker process is sending, compiled once each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignKind
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
            site_name = read_brand(session, self._settings).site_name
        return Skeleton.compile(
            RenderedMail(subject=variant.subject, html=variant.html, text=variant.text),
            wire_headers(
                self._settings,
                site_name=site_name,
                kind=kind,
                campaign_id=chunk.campaign_id,
                date=chunk.date_at,
            ),
        )


def wire_headers(
    settings: Settings, *, site_name: str, kind: CampaignKind, campaign_id: int, date: datetime
) -> WireHeaders:
    """The headers that all mails of a campaign share."""
    return WireHeaders(
        from_name=settings.mail_from_name,
        from_address=settings.mail_from,
        date=date,
        base_url=settings.base_url,
        list_id=f"{kind}.{settings.bounce_domain}",
        list_name=site_name,
        feedback_id=f"{campaign_id}:{kind}:nashra",
    )
