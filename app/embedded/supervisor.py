"""Watches the children of `nashra up`: one that dies is started again, one that keeps dying
ends everything, and all are stopped in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.embedded.process import Child, EmbeddedError, end_group, last_words

_WINDOW = 60.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 10.0


@dataclass(kw_only=True, slots=True)
class _Member:
    child: Child
    launch: Callable[[], Child]
    deaths: list[float] = field(default_factory=list)
    back_at: float | None = None


class Supervisor:
    """The children in the order of their start, grouped by who depends on whom."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._stages: list[list[_Member]] = []

    def new_stage(self) -> None:
        """Whoever is added from here on is stopped before those added earlier."""
        self._stages.append([])

    def add(self, launch: Callable[[], Child], child: Child | None = None) -> Child:
        """Watches a child; starts it first unless it runs already."""
        member = _Member(child=child or launch(), launch=launch)
        self._stages[-1].append(member)
        return member.child

    def check(self, *, bearable: int = 5) -> None:
        """Looks once at everybody. Raises `EmbeddedError` when a child has died more often than
        is bearable within a minute."""
        for stage in self._stages:
            for member in stage:
                self._check(member, bearable)

    def _check(self, member: _Member, bearable: int) -> None:
        now = time.monotonic()
        if member.back_at is not None:
            if now >= member.back_at:
                member.child, member.back_at = member.launch(), None
            return
        status = member.child.ended()
        if status is None:
            return
        program = member.child.program
        end_group(member.child.pid)
        member.deaths = [then for then in member.deaths if now - then < _WINDOW] + [now]
        if len(member.deaths) > bearable:
            raise EmbeddedError(f"{program.name} keeps ending: {last_words(program)}")
        pause = min(_FIRST_PAUSE * 2 ** (len(member.deaths) - 1), _LONGEST_PAUSE)
        how = f"signal {-status}" if status < 0 else f"status {status}"
        self._say(f"{program.name} ended with {how}; it starts again in {pause:g} s")
        member.back_at = now + pause

    def stop(self, hurried: Callable[[], bool]) -> None:
        """Stops the stages, the last one first; within a stage all at once. A stage that does
        not end in its time, or when `hurried` turns true, is ended by force."""
        while self._stages:
            stage = self._stages.pop()
            for member in stage:
                member.child.ask_to_stop()
            for member in stage:
                _await_end(member.child, hurried)

    def members(self) -> Sequence[Child]:
        return [member.child for stage in self._stages for member in stage]


def _await_end(child: Child, hurried: Callable[[], bool]) -> None:
    deadline = time.monotonic() + child.program.stop_seconds
    while child.ended() is None and time.monotonic() < deadline and not hurried():
        time.sleep(0.01)
    child.stop(patience=0)
