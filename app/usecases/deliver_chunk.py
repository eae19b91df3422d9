"""Delivers one chunk: the only use case that commits more than once, and why it must.

For each group of messages: commit `handing`, speak SMTP with no transaction open, and record
the results in the same commit that hands out the next group. A crash at any moment leaves rows
that say what may have happened, and a journal that says what did; whoever takes the chunk over
settles them in `_settle`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.delivery import DeliveryState
from app.links import Links
from app.mail.transport import ConnectFailed, Message, Outcome, OutcomeKind, Pause, Transport
from app.mail.wire import InvalidValue, ReaderValues
from app.store.journal import Journal, host_prefix, read_journal
from app.store.leases import (
    LeasedChunk,
    LeaseLost,
    close_chunk,
    finish_campaign,
    lease_chunk,
)
from app.store.ledger import Handed, Result, hand_group, record_group, uncertain_ordinals
from app.throttle import Throttle
from app.usecases.breaker import Breaker
from app.usecases.skeletons import Skeletons
from app.usecases.verdicts import from_answer, from_journal, held_back, not_begun

log = structlog.get_logger()

GRACE = 120.0
"""Seconds that another machine waits after a lease ran out: it cannot read the journal."""

LONGEST_WAIT = 5.0
"""Seconds that a worker waits for the throttle before it hands the chunk back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivering:
    """What a worker process brings along for every chunk."""

    settings: Settings
    sessions: sessionmaker[Session]
    transport: Transport
    throttle: Throttle
    links: Links
    journal: Journal
    breaker: Breaker
    skeletons: Skeletons
    stopping: Callable[[], bool] = field(default=lambda: False)
    monotonic: Callable[[], float] = field(default=time.monotonic)


def deliver_chunk(worker: Delivering, chunk_id: int) -> None:
    """Sends what is due in the chunk, if nobody else does. May be repeated.

    Returns with the chunk handed back: done, or open with the time of its next try. When the
    database goes away in the middle, the chunk stays leased and its journal is kept: the lease
    runs out, and the next worker settles what this one knew. Where there is no room for a
    journal nothing is sent: the chunk is asked for again later.
    """
    if worker.stopping() or worker.breaker.open:
        return
    settings = worker.settings
    try:
        worker.journal.open()
    except OSError as error:
        log.error("no_journal", why=str(error), folder=str(settings.journal_dir))
        return
    with worker.sessions.begin() as session:
        chunk = lease_chunk(
            session,
            chunk_id,
            token=uuid4(),
            journal=worker.journal.name,
            host=host_prefix(),
            lease=settings.lease_seconds,
            grace=GRACE,
        )
        if chunk is None:
            return
        _settle(session, worker, chunk)
    try:
        _Delivery(worker, chunk).run()
    except BaseException as error:
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


class _Delivery:
    """One chunk in the hands of one worker: the transport's source of messages and the observer
    of their answers. The tail of one group is still answered while the next is handed out."""

    def __init__(self, worker: Delivering, chunk: LeasedChunk) -> None:
        self._worker = worker
        self._chunk = chunk
        self._ready: deque[Handed] = deque()
        self._attempts: dict[int, int] = {}
        self._sent: list[int] = []
        self._results: list[Result] = []
        self._ended = False
        self._waits_until: float | None = None
        self._rest = 0.0
        self.deadline = 0.0

    def run(self) -> None:
        worker, chunk = self._worker, self._chunk
        worker.journal.start_chunk(chunk.campaign_id, chunk.first, chunk.last)
        self._renew_deadline()
        self._skeleton = worker.skeletons.get(worker.sessions, chunk)
        try:
            worker.transport.run(self, self)
        except ConnectFailed as error:
            worker.breaker.failed()
            log.warning("relay_away", campaign=chunk.campaign_id, chunk=chunk.id, why=str(error))
        with worker.sessions.begin() as session:
            self._record(session)
            if close_chunk(session, chunk, rest=max(worker.breaker.rest, self._rest)):
                finish_campaign(session, chunk.campaign_id)

    def next(self) -> Message | Pause | None:
        """The next message, from the group in hand or from a new one."""
        while not self._worker.stopping():
            if self._ready:
                message = self._message(self._ready.popleft())
                if message is not None:
                    return message
            elif self._ended or self._worker.breaker.open:
                return None
            else:
                pause = self._next_group()
                if pause is not None:
                    return pause
        return None

    def about_to_end(self, key: int) -> None:
        """The final dot of a message may leave now."""
        self._worker.journal.begun(key)

    def answered(self, outcome: Outcome) -> None:
        """A message's fate is known."""
        attempt = self._attempts.pop(outcome.key)
        if outcome.kind is OutcomeKind.SENT:
            self._worker.journal.accepted(outcome.key)
            self._worker.breaker.worked()
            self._sent.append(outcome.key)
            return
        if outcome.kind is OutcomeKind.PERMANENT:
            self._worker.breaker.worked()
        self._results.append(from_answer(outcome, attempt, self._chunk.policy))

    def _next_group(self) -> Pause | None:
        """Records what is known and hands out the next group, in one commit."""
        grant = self._worker.throttle.acquire(self._worker.settings.group_size)
        if not grant.count:
            return self._wait(grant.wait)
        self._waits_until = None
        self._renew_deadline()
        with self._worker.sessions.begin() as session:
            self._record(session)
            handed = hand_group(session, self._chunk, size=grant.count)
        self._results, self._sent = [], []
        self._ended = not handed
        held = self._held_back(handed)
        self._results.extend(held.values())
        self._ready.extend(one for one in handed if one.ordinal not in held)
        self._attempts.update((one.ordinal, one.attempt) for one in self._ready)
        return None

    def _held_back(self, handed: Sequence[Handed]) -> dict[int, Result]:
        """Those of a group whose domain has had its share, to come again when it may be its
        turn; a domain without a limit is never asked about."""
        throttle = self._worker.throttle
        limited: dict[str, list[int]] = {}
        for one in handed:
            domain = one.email.rpartition("@")[2].lower()
            if throttle.limits(domain):
                limited.setdefault(domain, []).append(one.ordinal)
        held: dict[int, Result] = {}
        for domain, ordinals in limited.items():
            grant = throttle.acquire_for(domain, len(ordinals))
            for ordinal in ordinals[grant.count :]:
                held[ordinal] = held_back(ordinal, domain, max(grant.wait, 1.0))
        return held

    def _wait(self, seconds: float) -> Pause | None:
        """A pause for the throttle, or the end of this turn when it asks for a longer one than
        is worth holding a chunk for."""
        now = self._worker.monotonic()
        if self._waits_until is None:
            self._waits_until = now + LONGEST_WAIT
        if now + seconds > self._waits_until:
            self._ended, self._rest = True, seconds
            return None
        return Pause(seconds=seconds)

    def _record(self, session: Session) -> None:
        """Writes the results so far; what was handed out and not begun is pending again."""
        left = [not_begun(one.ordinal) for one in self._ready]
        self._ready.clear()
        lease = self._worker.settings.lease_seconds
        record_group(session, self._chunk, self._results + left, sent=self._sent, lease=lease)

    def _renew_deadline(self) -> None:
        """No message is begun after this: its answer must come within the lease. Taken before
        the commit that renews the lease, so it errs on the early side."""
        settings = self._worker.settings
        margin = min(settings.smtp_timeout, settings.lease_seconds / 2)
        self.deadline = self._worker.monotonic() + settings.lease_seconds - margin

    def _message(self, one: Handed) -> Message | None:
        """The message of a delivery, or None with its failure noted: one reader's values that
        cannot be put on the wire fail that delivery alone."""
        links, campaign_id = self._worker.links, self._chunk.campaign_id
        unsubscribe, preferences = links.reader_tokens(one.subscriber_id, campaign_id)
        message_id, sender = links.delivery_names(campaign_id, one.ordinal)
        values = ReaderValues(
            address=one.email,
            unsubscribe_token=unsubscribe,
            preferences_token=preferences,
            message_id=message_id,
        )
        try:
            data = self._skeleton.message(values)
        except InvalidValue as error:
            self._attempts.pop(one.ordinal)
            self._results.append(
                Result(ordinal=one.ordinal, state=DeliveryState.FAILED, reply=str(error))
            )
            return None
        return Message(
            key=one.ordinal,
            sender=sender,
            recipient=one.email,
            data=data,
        )
