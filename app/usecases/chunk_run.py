"""One chunk in the hands of one worker, from its first group to its return: what `deliver_chunk`
puts between the ledger and the transport."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.delivery import DeliveryState
from app.links import Links
from app.mail.transport import ConnectFailed, Message, Outcome, OutcomeKind, Pause, Transport
from app.mail.wire import InvalidValue, ReaderValues
from app.store.journal import Journal
from app.store.leases import LeasedChunk, LeaseLost, close_chunk, finish_campaign, note_trouble
from app.store.ledger import Handed, Result, hand_group, record_group, uncertain_ordinals
from app.throttle import Throttle
from app.usecases.breaker import Breaker
from app.usecases.refused_readers import suppress_refused
from app.usecases.skeletons import Skeletons
from app.usecases.verdicts import from_answer, from_journal, held_back, not_begun

log = structlog.get_logger()

OUTAGE = 60.0
"""Seconds that a worker waits for a database that went away."""

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


class ChunkRun:
    """One chunk in the hands of one worker: the transport's source of messages and the observer
    of their answers. The tail of one group is still answered while the next is handed out."""

    def __init__(self, worker: Delivering, chunk: LeasedChunk) -> None:
        self._worker = worker
        self._chunk = chunk
        self._ready: deque[Handed] = deque()
        self._attempts: dict[int, int] = {}
        self._sent: list[int] = []
        self._results: list[Result] = []
        self._refused: dict[int, str] = {}
        self._ended = self._reached = False
        self._waits_until: float | None = None
        self._rest = 0.0
        self.deadline = 0.0

    def run(self) -> None:
        worker, chunk = self._worker, self._chunk
        worker.journal.start_chunk(chunk.campaign_id, chunk.first, chunk.last)
        self._renew_deadline()
        self._skeleton = worker.skeletons.get(worker.sessions, chunk)
        trouble = ""
        try:
            worker.transport.run(self, self)
        except ConnectFailed as error:
            worker.breaker.failed()
            trouble = str(error)
            log.warning("relay_away", campaign=chunk.campaign_id, chunk=chunk.id, why=str(error))
        with worker.sessions.begin() as session:
            self._record(session)
            if trouble or (chunk.troubled and self._reached):
                note_trouble(session, chunk.campaign_id, trouble)
            if close_chunk(session, chunk, rest=max(worker.breaker.rest, self._rest)):
                finish_campaign(session, chunk.campaign_id)
        if self._refused:  # What is missed here the next campaign tells again.
            with suppress(OperationalError), worker.sessions.begin() as session:
                suppress_refused(session, worker.links, chunk_id=chunk.id, refused=self._refused)

    def hand_back_late(self) -> bool:
        """After the database went away: waits for it, and hands the chunk back with all that is
        known. What the last commit did or did not do shows in the rows. False when the database
        stays away, the worker is to stop, or the chunk is another's by now."""
        worker, chunk = self._worker, self._chunk
        known = {result.ordinal: result for result in self._results}
        entries = worker.journal.entries()
        until, wait = worker.monotonic() + OUTAGE, 0.2
        while worker.monotonic() < until and not worker.stopping():
            time.sleep(wait)
            wait = min(2 * wait, 5.0)
            try:
                with worker.sessions.begin() as session:
                    left = uncertain_ordinals(session, chunk)
                    results = [known.get(o) or from_journal(o, chunk.policy, entries) for o in left]
                    record_group(session, chunk, results, lease=worker.settings.lease_seconds)
                    close_chunk(session, chunk)
            except OperationalError:
                continue
            except LeaseLost:
                return False
            log.warning("database_back", campaign=chunk.campaign_id, chunk=chunk.id, left=len(left))
            return True
        return False

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
            self._reached = True
            self._sent.append(outcome.key)
            return
        if outcome.kind is OutcomeKind.PERMANENT:
            self._worker.breaker.worked()
            self._refused[outcome.key] = outcome.reply
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
