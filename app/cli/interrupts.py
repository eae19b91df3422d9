"""Ctrl-C, SIGTERM and a closed terminal, as `nashra up` hears them."""

from __future__ import annotations

import signal


class Interrupted(BaseException):
    """Somebody asked us to stop."""


class Interrupts:
    """Ctrl-C, SIGTERM and a closed terminal: the first one ends the start or the watch, a
    second one during the stop hurries it."""

    def __init__(self) -> None:
        self._armed = True
        self._count = 0
        signals = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup means what it says
            signals.append(signal.SIGHUP)
        for number in signals:
            signal.signal(number, self._arrived)

    def _arrived(self, _number: int, _frame: object) -> None:
        self._count += 1
        if self._armed:
            self._armed = False
            raise Interrupted

    def disarm(self) -> None:
        self._armed, self._count = False, 0

    def again(self) -> bool:
        return self._count > 0
