"""Delivers one chunk: the only use case that commits more than once, and why it must.

For each group of messages: commit `handing`, speak SMTP with no transaction open, and record
the results in the same commit that hands out the next group. A crash at any moment leaves rows
that say what may have happened, and a journal that says what did; whoever takes the chunk over
settles them in `_settle`.
"""

from __future__ import annotations

from uuid import uuid4

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.domain.delivery import DeliveryState
from app.store.journal import host_prefix, read_journal
from app.store.leases import LeasedChunk, LeaseLost, lease_chunk
from app.store.ledger import record_group, uncertain_ordinals
from app.usecases.chunk_run import ChunkRun, Delivering
from app.usecases.verdicts import from_journal

log = structlog.get_logger()


def deliver_chunk(worker: Delivering, chunk_id: int) -> None:
    """Sends what is due in the chunk, if nobody else does. May be repeated.

    Returns with the chunk handed back: done, or open with the time of its next try. When the
    database goes away in the middle, its return is waited for and the chunk handed back then;
    if it stays away, the journal is left for the next worker, who settles what this one knew.
    Where there is no room for a journal nothing is sent: the chunk is asked for again later.
    """
    if worker.stopping() or worker.breaker.open:
        return
    try:
        worker.journal.open()
    except OSError as error:
        log.error("no_journal", why=str(error), folder=str(worker.settings.journal_dir))
        return
    chunk = _take(worker, chunk_id)
    if chunk is None:
        return
    delivery = ChunkRun(worker, chunk)
    try:
        delivery.run()
    except BaseException as error:
        if isinstance(error, OperationalError) and delivery.hand_back_late():
            return
        worker.journal.keep()
        if not isinstance(error, LeaseLost | OperationalError):
            raise
        log.warning(
            "chunk_left",
            campaign=chunk.campaign_id,
            chunk=chunk.id,
            lease=chunk.leases,
            why=type(error).__name__,
        )


def _take(worker: Delivering, chunk_id: int) -> LeasedChunk | None:
    """Leases the chunk and settles what was left in it; None when it is not to be had."""
    try:
        with worker.sessions.begin() as session:
            chunk = lease_chunk(
                session,
                chunk_id,
                token=uuid4(),
                journal=worker.journal.name,
                host=host_prefix(worker.settings.host_name),
                lease=worker.settings.lease_seconds,
                grace=worker.settings.grace_seconds,
            )
            if chunk is not None:
                _settle(session, worker, chunk)
            return chunk
    except OperationalError:
        worker.journal.keep()  # The chunk may be leased under its name: leaving it frees both.
        raise


def _settle(session: Session, worker: Delivering, chunk: LeasedChunk) -> None:
    """Gives every delivery that a broken worker left in `handing` its place in the ledger."""
    left = uncertain_ordinals(session, chunk)
    if not left:
        return
    entries = None
    if chunk.broken_journal:
        folder = worker.settings.journal_dir
        entries = read_journal(folder, chunk.broken_journal, chunk.campaign_id)
    results = [from_journal(ordinal, chunk.policy, entries) for ordinal in left]
    record_group(session, chunk, results, lease=worker.settings.lease_seconds)
    log.warning(
        "chunk_taken_over",
        campaign=chunk.campaign_id,
        chunk=chunk.id,
        lease=chunk.leases,
        journal=entries is not None,
        uncertain=sum(r.state in (DeliveryState.DEFERRED, DeliveryState.UNKNOWN) for r in results),
    )
