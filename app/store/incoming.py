"""Readers that come in by an import: what becomes of each of a batch, decided and done in one
statement.

An import only adds. A reader who exists stays as they are, one who has left stays away, and a
suppressed address stays suppressed, whatever the file says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.subscription import Cadence


class Fate(StrEnum):
    """What becomes of a line that can be read. `repeated`: an earlier line has the address."""

    ADDED = "added"
    KNOWN = "known"
    REPEATED = "repeated"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """One line. `again` says that an earlier line of the file has the address; `hmacs` are what a
    suppression of it may be kept under."""

    line: int
    email: str
    email_key: str
    name: str
    topic_mask: int
    cadence: Cadence
    timezone: str
    language: str
    again: bool
    hmacs: Sequence[bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """What they agreed to, for the history, and where it came from."""

    wording: str
    version: str
    place: str


_TYPES = {
    "line": "integer",
    "email": "text",
    "email_key": "text",
    "name": "text",
    "topic_mask": "bigint",
    "cadence": "cadence",
    "timezone": "text",
    "language": "text",
    "again": "boolean",
    "barred": "boolean",
}

_JUDGED = f"""
with incoming as (
    select * from unnest({", ".join(f"cast(:{name} as {kind}[])" for name, kind in _TYPES.items())})
        as t ({", ".join(_TYPES)})
), judged as (
    select i.*,
        case
            when i.barred or s.state = 'suppressed' then 'suppressed'
            when s.state = 'unsubscribed' then 'unsubscribed'
            when i.again then 'repeated'
            when s.id is not null then 'known'
            else 'added'
        end as fate
    from incoming i left join subscriber s on s.email_key = i.email_key
)
"""  # noqa: S608  of the constants above

_FORESEE = text(f"{_JUDGED} select line, fate from judged order by line")  # noqa: S608

_ADD = text(f"""{_JUDGED}
, added as (
    insert into subscriber (email, email_key, name, state, cadence, topic_mask, timezone, language,
        created_at, confirmed_at)
    select email, email_key, name, 'active', cadence, topic_mask, timezone, language, :now, :now
    from judged where fate = 'added' order by line
    on conflict (email_key) do nothing
    returning id, email_key, cadence, topic_mask
), noted as (
    insert into consent_event (subscriber_id, kind, at, wording, wording_version, place, cadence,
        topic_mask)
    select id, 'imported', :now, :wording, :version, :place, cadence, topic_mask from added
), marked as (
    insert into import_reader (job_id, subscriber_id)
    select :job, id from added where cast(:job as integer) is not null
)
select j.line, case when j.fate = 'added' and a.id is null then 'known' else j.fate end as fate
from judged j left join added a on a.email_key = j.email_key and j.fate = 'added'
order by j.line
""")  # noqa: S608

_MET = text("""
insert into import_key (job_id, key_hash)
select :job, hashtextextended(key, 0) from unnest(cast(:keys as text[])) as t (key)
on conflict do nothing
returning key_hash
""")


def foresee(session: Session, batch: Sequence[Incoming]) -> dict[int, Fate]:
    """What would become of the lines, by their number. Changes nothing."""
    rows = session.execute(_FORESEE, _arrays(session, batch))
    return {row.line: Fate(row.fate) for row in rows}


def add_readers(
    session: Session,
    batch: Sequence[Incoming],
    *,
    now: datetime,
    consent: Consent,
    job_id: int | None = None,
) -> dict[int, Fate]:
    """Adds those who are new as active readers, each with an `imported` event of this consent, and
    notes that this job added them. Returns what became of each line, by its number."""
    values = {
        "now": now,
        "wording": consent.wording,
        "version": consent.version,
        "place": consent.place,
        "job": job_id,
    }
    rows = session.execute(_ADD, {**_arrays(session, batch), **values})
    return {row.line: Fate(row.fate) for row in rows}


def met_before(session: Session, job_id: int, keys: Sequence[str]) -> list[bool]:
    """Of each address whether an earlier line of the job's file has it; notes them as met. Two
    addresses of a million are taken for one by chance once in millions of imports."""
    hashes = session.scalars(
        text("select hashtextextended(key, 0) from unnest(cast(:keys as text[])) as t (key)"),
        {"keys": list(keys)},
    ).all()
    unmet = set(session.scalars(_MET, {"job": job_id, "keys": list(keys)}))
    told = []
    for one in hashes:
        told.append(one not in unmet)
        unmet.discard(one)
    return told


def forget_met(session: Session, job_id: int) -> None:
    """The job has read its file to the end."""
    session.execute(text("delete from import_key where job_id = :job"), {"job": job_id})


def _arrays(session: Session, batch: Sequence[Incoming]) -> dict[str, Any]:
    barred = _suppressed(session, batch)
    values: dict[str, Any] = {
        name: [getattr(one, name) for one in batch] for name in _TYPES if name != "barred"
    }
    values["cadence"] = [one.cadence.value for one in batch]
    values["barred"] = [not barred.isdisjoint(one.hmacs) for one in batch]
    return values


def _suppressed(session: Session, batch: Sequence[Incoming]) -> set[bytes]:
    asked = [hmac for one in batch for hmac in one.hmacs]
    found = session.scalars(
        text("select address_hmac from suppression where address_hmac = any(:hmacs)"),
        {"hmacs": asked},
    )
    return {bytes(one) for one in found}
