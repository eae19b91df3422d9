"""Signs of life: written by whatever runs, read by those who watch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.store.tables import Pulse

WORKER = "worker"
CLOCK = "clock"
BOUNCES = "bounces"
READERS = "readers"
DNS = "dns"
DNS_ASKED = "dns-asked"
SMTP = "smtp"

FORGOTTEN_AFTER = timedelta(days=1)
"""A machine that is not heard of for so long was taken away; its absence is no news any more."""


def beat(session: Session, kind: str, name: str, *, now: datetime, **detail: Any) -> None:
    """Notes that `name` lives and what it says of itself (JSON, no secret)."""
    session.execute(
        insert(Pulse)
        .values(kind=kind, name=name, at=now, detail=detail)
        .on_conflict_do_update(index_elements=["kind", "name"], set_={"at": now, "detail": detail})
    )


def still(session: Session, kind: str, name: str) -> None:
    """Takes a sign of life back: `name` has ended in order."""
    session.execute(delete(Pulse).where(Pulse.kind == kind, Pulse.name == name))


def forget_the_gone(session: Session, *, now: datetime) -> None:
    """Removes the processes that were taken away long ago."""
    session.execute(
        delete(Pulse).where(
            Pulse.kind.in_((WORKER, CLOCK, BOUNCES)), Pulse.at < now - FORGOTTEN_AFTER
        )
    )


def pulses(session: Session, *kinds: str) -> Sequence[Pulse]:
    """What was heard of these kinds, the latest first."""
    return session.scalars(
        select(Pulse).where(Pulse.kind.in_(kinds)).order_by(Pulse.at.desc(), Pulse.name)
    ).all()
