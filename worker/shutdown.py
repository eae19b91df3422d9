"""Whether this worker was asked to stop: told by the main process to the processes of its pool.

Celery lets a running task end before it stops; a chunk ends at once when it sees this flag. The
flag is a byte of shared memory, made before the pool is forked.
"""

from __future__ import annotations

import mmap

from celery.signals import worker_shutting_down

_flag = mmap.mmap(-1, 1)


@worker_shutting_down.connect
def _ask(**_: object) -> None:
    _flag[0] = 1


def asked() -> bool:
    """True from the moment the worker received SIGTERM."""
    return bool(_flag[0])
