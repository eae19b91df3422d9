"""How the sink misbehaves, and what it remembers for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass(slots=True)
class Faults:
    """Everything off is a server that accepts all.

    `rcpt` (code, pattern)  RCPT lines that match are answered with the code
    `mail`, `end`   code that answers every MAIL, or every end of content
    `greylist`      a recipient is answered 451 the first time
    `drop`          so many messages are accepted and then the connection is cut, unanswered
    `lose`          so many are cut in the same way without being accepted
    `limit`         messages that a connection may bring before 421
    `mute`          nothing is answered any more on connections that speak meanwhile
    `refuse`        nobody listens; `unplug` also cuts every open connection
    """

    rcpt: tuple[int, str] | None = None
    mail: int = 0
    end: int = 0
    greylist: bool = False
    drop: int = 0
    lose: int = 0
    limit: int = 0
    mute: bool = False
    refuse: bool = False
    unplug: bool = False
    met: set[bytes] = field(default_factory=set)

    @property
    def active(self) -> bool:
        """Whether anything but listening is out of the ordinary."""
        return bool(
            self.rcpt
            or self.mail
            or self.end
            or self.greylist
            or self.drop
            or self.lose
            or self.limit
            or self.mute
        )

    def refuses_recipient(self, line: bytes) -> int:
        """The code for this RCPT line, 0 when it is accepted."""
        if self.rcpt is not None and re.search(self.rcpt[1], line.decode("utf-8", "replace")):
            return self.rcpt[0]
        if self.greylist and line not in self.met:
            self.met.add(line)
            return 451
        return 0

    def after_dot(self) -> str:
        """What to do with a message that is complete: accept, drop, lose or refuse."""
        if self.drop:
            self.drop -= 1
            return "drop"
        if self.lose:
            self.lose -= 1
            return "lose"
        return "refuse" if self.end else "accept"
