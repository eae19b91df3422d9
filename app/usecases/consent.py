"""Appends to the consent history: who did it from where, and what held afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.subscription import ConsentKind
from app.store.tables import ConsentEvent, Subscriber

AGENT_LENGTH = 300
"""Characters of a user agent that are kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where an act of consent came from. `place` names the page; IP and agent are kept briefly."""

    place: str
    ip: str | None = None
    user_agent: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """The sentence that was agreed to, as it was shown, and its version."""

    text: str = ""
    version: str = ""


def record_consent(
    session: Session,
    reader: Subscriber,
    kind: ConsentKind,
    *,
    at: datetime,
    origin: Origin,
    wording: Wording | None = None,
    asked_at: datetime | None = None,
    campaign_id: int = 0,
) -> None:
    """Adds an event with the reader's present choice; the reader must be flushed."""
    wording = wording or Wording()
    session.add(
        ConsentEvent(
            subscriber_id=reader.id,
            kind=kind,
            at=at,
            asked_at=asked_at,
            wording=wording.text,
            wording_version=wording.version,
            place=origin.place,
            cadence=reader.cadence,
            topic_mask=reader.topic_mask,
            campaign_id=campaign_id or None,
            ip=origin.ip,
            user_agent=origin.user_agent[:AGENT_LENGTH],
        )
    )
