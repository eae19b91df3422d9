"""The breaker: stops a worker process from hammering a mail server that cannot be reached."""

from __future__ import annotations

import time
from collections.abc import Callable

FIRST_REST = 2.0
LONGEST_REST = 300.0


class Breaker:
    """Opens with each failure to connect, for a time that doubles from `FIRST_REST` to
    `LONGEST_REST` seconds; the first answer to a message closes it."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._failures = 0
        self._until = 0.0

    @property
    def open(self) -> bool:
        return self._monotonic() < self._until

    @property
    def rest(self) -> float:
        """Seconds until it is worth trying again; 0 when it is closed."""
        return max(0.0, self._until - self._monotonic())

    def failed(self) -> None:
        """No connection could be had."""
        rest = min(FIRST_REST * 2.0**self._failures, LONGEST_REST)
        self._failures += 1
        self._until = self._monotonic() + rest

    def worked(self) -> None:
        """The server took or judged a message."""
        self._failures = 0
        self._until = 0.0
