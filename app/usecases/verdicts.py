"""What becomes of a delivery: from an answer of the mail server, or from the journal of a worker
that did not finish."""

from __future__ import annotations

import random

from app.domain.campaign import UncertainPolicy
from app.domain.delivery import MAX_ATTEMPTS, DeliveryState, retry_delay
from app.mail.transport import Outcome, OutcomeKind
from app.store.journal import JournalEntries
from app.store.ledger import Result

_HOLD = UncertainPolicy.HOLD


def from_journal(ordinal: int, policy: UncertainPolicy, entries: JournalEntries | None) -> Result:
    """R: sent. Neither R nor S: never left. S without R, or no journal: uncertain."""
    if entries is not None and ordinal in entries.accepted:
        return Result(ordinal=ordinal, state=DeliveryState.SENT)
    if entries is not None and ordinal not in entries.begun:
        return not_begun(ordinal)
    return _uncertain(ordinal, policy, "the worker ended before the answer came", wait=0.0)


def _uncertain(ordinal: int, policy: UncertainPolicy, reply: str, *, wait: float) -> Result:
    if policy is UncertainPolicy.HOLD:
        return Result(ordinal=ordinal, state=DeliveryState.UNKNOWN, reply=reply)
    return Result(ordinal=ordinal, state=DeliveryState.DEFERRED, reply=reply, retry_in=wait)


def not_begun(ordinal: int) -> Result:
    """Back to pending: the delivery was never begun, so the attempt does not count."""
    return Result(ordinal=ordinal, state=DeliveryState.PENDING, free=True)


def held_back(ordinal: int, domain: str, wait: float) -> Result:
    """Later, for the sake of a domain's own limit; the attempt does not count."""
    return Result(
        ordinal=ordinal,
        state=DeliveryState.DEFERRED,
        reply=f"held back by the limit for {domain}",
        retry_in=wait,
        free=True,
    )


def from_answer(outcome: Outcome, attempt: int, policy: UncertainPolicy) -> Result:
    """What an answer that is not an acceptance makes of a delivery at its `attempt`-th
    hand-over."""
    ordinal = outcome.key
    if outcome.kind is OutcomeKind.UNSENT:
        return not_begun(ordinal)
    jitter = random.random()  # noqa: S311 - spreads retries, guards nothing
    if outcome.kind is OutcomeKind.LOST and (attempt < MAX_ATTEMPTS or policy is _HOLD):
        soon = 0.0 if attempt == 1 else retry_delay(attempt - 1, jitter).total_seconds()
        return _uncertain(ordinal, policy, outcome.reply, wait=soon)
    state, wait = DeliveryState.FAILED, None
    if outcome.kind is OutcomeKind.TEMPORARY and attempt < MAX_ATTEMPTS:
        state = DeliveryState.DEFERRED
        wait = retry_delay(attempt, jitter).total_seconds()
    return Result(
        ordinal=ordinal, state=state, code=outcome.code, reply=outcome.reply, retry_in=wait
    )
