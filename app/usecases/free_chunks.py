"""Frees the chunks whose worker on this machine is gone, long before their leases run out.

Called by the tick and by every worker process that starts. The lock of a journal is what tells:
the kernel lets go of it when a process ends, however it ends.
"""

from __future__ import annotations

from pathlib import Path

import structlog
from sqlalchemy.orm import Session, sessionmaker

from app.store.journal import abandoned_journals
from app.store.leases import end_leases

log = structlog.get_logger()


def free_chunks(sessions: sessionmaker[Session], folder: Path, *, host: str = "") -> int:
    """Makes the chunks of abandoned journals due for whoever comes first, and removes the
    journals that no chunk needs any more. Returns how many chunks were freed; may be repeated,
    by any number of processes."""
    abandoned = abandoned_journals(folder, host=host)
    if not abandoned:
        return 0
    with sessions.begin() as session:
        needed = end_leases(session, abandoned)
    for name in set(abandoned) - needed:
        (folder / name).unlink(missing_ok=True)
    if needed:
        log.warning("chunks_freed", journals=sorted(needed))
    return len(needed)
