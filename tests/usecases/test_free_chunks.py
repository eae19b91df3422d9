"""Chunks of workers that are gone are due at once; those of living workers stay theirs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.delivery import ChunkState
from app.store.journal import Journal, abandoned_journals, host_prefix
from app.store.leases import lease_chunk
from app.store.tables import Chunk
from app.usecases.free_chunks import free_chunks
from tests.store.ledger_rows import add_campaign


def leased(session: Session, now: datetime, journal: Journal) -> Chunk:
    chunk = add_campaign(session, now, readers=3)
    held = lease_chunk(
        session,
        chunk.id,
        token=uuid4(),
        journal=journal.name,
        host=host_prefix(),
        lease=600,
        grace=0,
    )
    assert held is not None
    session.commit()
    return chunk


def is_due(session: Session, chunk: Chunk) -> bool:
    session.expire_all()
    clock = session.scalar(select(func.clock_timestamp()))
    assert clock is not None
    assert chunk.leased_until is not None
    return chunk.state is ChunkState.LEASED and chunk.leased_until < clock


def test_the_chunk_of_a_worker_that_is_gone_is_due(
    session: Session, sessions: sessionmaker[Session], now: datetime, tmp_path: Path
) -> None:
    with Journal(tmp_path) as alive, Journal(tmp_path) as gone:
        kept, freed = leased(session, now, alive), leased(session, now, gone)
        assert free_chunks(sessions, tmp_path) == 0
        gone.keep()
        assert abandoned_journals(tmp_path) == [gone.name]
        assert free_chunks(sessions, tmp_path) == 1
        assert is_due(session, freed)
        assert not is_due(session, kept)
        assert (tmp_path / gone.name).exists(), "whoever takes the chunk over reads it"


def test_a_journal_that_no_chunk_needs_is_removed(
    sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    with Journal(tmp_path) as journal:
        journal.keep()
        assert free_chunks(sessions, tmp_path) == 0
        assert abandoned_journals(tmp_path) == []


def test_journals_of_other_machines_are_let_be(
    sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    other = tmp_path / "another-host.17.abcd.journal"
    other.write_bytes(b"")
    assert free_chunks(sessions, tmp_path) == 0
    assert other.exists()
    assert free_chunks(sessions, tmp_path / "nowhere") == 0
