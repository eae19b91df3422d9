"""Jobs: long work in steps, its files, and the readers that an import added."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.job import JobFile, JobKind, JobState
from app.domain.subscription import Cadence
from app.store.tables.base import Base, big_int, small_key, state_type, timestamp

_cadence = state_type(Cadence, "cadence")


class Job(Base):
    """What is to be done is in `facts`, which its steps also keep their place in; what came of
    it is in `report`. `done` of `total` is what the bar shows. `of_id` is the job that this one
    follows: the import of a check, the undoing of an import; there is one of each.

    `token` and `leased_until` say whose hands it is in, by the database's clock; of one that
    waits, `leased_until` is since when it may be taken. `tries` counts how often it was taken up
    since its last step.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_undone", "id", postgresql_where="state in ('waiting', 'running')"),
        Index("ix_job_failed", "finished_at", postgresql_where="state = 'failed'"),
        Index("uq_job_of_id_kind", "of_id", "kind", unique=True),
        Index("ix_job_kind_id", "kind", "id"),
    )

    id: Mapped[small_key]
    kind: Mapped[JobKind] = mapped_column(state_type(JobKind, "job_kind"))
    state: Mapped[JobState] = mapped_column(state_type(JobState, "job_state"))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    of_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    created_at: Mapped[timestamp]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    token: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    queued_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)


class JobPart(Base):
    """A piece of one of a job's files; the pieces follow each other by `number`, from 0."""

    __tablename__ = "job_part"

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    file: Mapped[JobFile] = mapped_column(state_type(JobFile, "job_file"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(BYTEA)


class ImportReader(Base):
    """A reader that an import added. Without a key to the reader, who may be erased."""

    __tablename__ = "import_reader"

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)


class ChangedReader(Base):
    """What a reader had before a change of many, and has by it. Without a key to the reader, who
    may be erased."""

    __tablename__ = "changed_reader"

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    cadence_before: Mapped[Cadence] = mapped_column(_cadence)
    mask_before: Mapped[big_int]
    cadence_after: Mapped[Cadence] = mapped_column(_cadence)
    mask_after: Mapped[big_int]


class ImportKey(Base):
    """Addresses that a check or an import has met in its file, hashed: so the second line of one
    is known for what it is. Kept while the job runs."""

    __tablename__ = "import_key"

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    key_hash: Mapped[int] = mapped_column(BigInteger, primary_key=True)
