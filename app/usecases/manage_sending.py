"""How fast may be sent, as owners chose it in admin, over what the environment says. Workers look
at it before every chunk, so that a change takes effect within seconds and without a restart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.sending_pace import Pace, WarmUp
from app.store.tables import SendingChoice
from app.throttle import pace_of


@dataclass(frozen=True, kw_only=True, slots=True)
class PaceChoice:
    """What an owner chose. None leaves it to the environment; 0 is no limit. `warmup` counts
    only with `own_warmup`; None is then no warm-up."""

    per_second: int | None = None
    per_hour: int | None = None
    per_day: int | None = None
    connections: int | None = None
    own_warmup: bool = False
    warmup: WarmUp | None = None


def read_pace(session: Session, settings: Settings) -> Pace:
    """What holds now."""
    return pace_with(read_pace_choice(session), settings)


def pace_with(choice: PaceChoice, settings: Settings) -> Pace:
    """What would hold with a choice."""
    pace = pace_of(settings)
    chosen = {
        name: value
        for name in ("per_second", "per_hour", "per_day", "connections")
        if (value := getattr(choice, name)) is not None
    }
    if choice.own_warmup:
        chosen["warmup"] = choice.warmup
    return replace(pace, **chosen)


def read_pace_choice(session: Session) -> PaceChoice:
    """What was chosen so far."""
    row = _row(session)
    if row is None:
        return PaceChoice()
    return PaceChoice(
        per_second=row.per_second,
        per_hour=row.per_hour,
        per_day=row.per_day,
        connections=row.connections,
        own_warmup=row.warmup is not None,
        warmup=_warmup(row.warmup),
    )


def save_pace_choice(
    session: Session, *, now: datetime, staff_id: int | None, choice: PaceChoice
) -> None:
    """Keeps the choice; the caller commits."""
    warmup = choice.warmup
    kept = {
        "begins": warmup.begins.isoformat() if warmup else "",
        "limits": list(warmup.limits) if warmup else [],
    }
    _save(
        session,
        now,
        staff_id,
        per_second=choice.per_second,
        per_hour=choice.per_hour,
        per_day=choice.per_day,
        connections=choice.connections,
        warmup=kept if choice.own_warmup else None,
    )


def chosen_selectors(session: Session) -> list[str]:
    """The selectors of the mail server's DKIM keys, as far as an owner named them."""
    row = _row(session)
    return row.dkim_selector.split() if row is not None else []


def choose_selectors(
    session: Session, *, now: datetime, staff_id: int | None, selectors: Sequence[str]
) -> None:
    """Keeps them for the next check; the caller commits."""
    _save(session, now, staff_id, dkim_selector=" ".join(selectors))


def _row(session: Session) -> SendingChoice | None:
    return session.scalar(
        select(SendingChoice).where(SendingChoice.id == 1),
        execution_options={"populate_existing": True},
    )


def _save(session: Session, now: datetime, staff_id: int | None, **values: Any) -> None:
    values |= {"changed_at": now, "changed_by": staff_id}
    session.execute(
        insert(SendingChoice)
        .values(id=1, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )


def _warmup(kept: dict[str, Any] | None) -> WarmUp | None:
    if not kept or not kept["limits"]:
        return None
    return WarmUp(begins=date.fromisoformat(kept["begins"]), limits=tuple(kept["limits"]))
