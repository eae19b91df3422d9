"""What the signs of life mean: from what was seen, one verdict for each part of the house.

A verdict is a level and a stable code with its values; the words for it belong to whoever shows
it. The worst come first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.domain.vitals import QUEUES, Level, Part, Verdict, Vitals

SILENT_AFTER = timedelta(seconds=60)
"""Four beats of a worker, and many of a clock."""

LATE_AFTER = timedelta(minutes=2)
"""A mail to one person that has been due for so long is late."""

STALLED_AFTER = timedelta(minutes=5)
LONG_QUEUE = 1_000
LITTLE_ROOM = 1_000_000_000
NO_ROOM = 100_000_000
"""Bytes free where the journals are."""

CHECK_AGAIN = timedelta(days=3)
"""DNS is looked at once a day by itself; for so long its name servers may stay silent."""

_ORDER = (Level.BAD, Level.WARN, Level.GOOD)


def judge(seen: Vitals, now: datetime) -> list[Verdict]:
    """One verdict for each part that there is something to say about, the worst first."""
    verdicts = [
        _clock(seen, now),
        _workers(seen, now),
        _queue(seen),
        _relay(seen),
        _deliveries(seen, now),
        _notices(seen, now),
        _feeds(seen),
        _jobs(seen, now),
        _disk(seen),
        _dns(seen, now),
        _bounces(seen, now),
    ]
    return sorted(
        (verdict for verdict in verdicts if verdict is not None),
        key=lambda verdict: _ORDER.index(verdict.level),
    )


def worst(verdicts: Sequence[Verdict]) -> Level:
    """The level of the whole house."""
    return min((v.level for v in verdicts), key=_ORDER.index, default=Level.GOOD)


def _clock(seen: Vitals, now: datetime) -> Verdict:
    last = max((clock.at for clock in seen.clocks), default=None)
    if last is None:
        return Verdict(part=Part.CLOCK, level=Level.BAD, code="clock_never")
    silent = now - last > SILENT_AFTER
    return Verdict(
        part=Part.CLOCK,
        level=Level.BAD if silent else Level.GOOD,
        code="clock_silent" if silent else "clock_ticks",
        at=last,
    )


def _workers(seen: Vitals, now: datetime) -> Verdict:
    alive = [one for one in seen.workers if now - one.at <= SILENT_AFTER]
    served = {queue for one in alive for queue in one.queues}
    missing = [queue for queue in QUEUES if queue not in served]
    last = max((one.at for one in seen.workers), default=None)
    if not alive:
        code = "workers_silent" if seen.workers else "workers_never"
        return Verdict(part=Part.WORKERS, level=Level.BAD, code=code, at=last)
    if missing:
        return Verdict(
            part=Part.WORKERS, level=Level.BAD, code=f"nobody_serves_{missing[0]}", at=last
        )
    lost = [one for one in seen.workers if now - one.at > SILENT_AFTER]
    if lost:
        return Verdict(
            part=Part.WORKERS,
            level=Level.WARN,
            code="worker_silent",
            at=lost[0].at,
            count=len(alive),
            text=lost[0].name,
        )
    return Verdict(
        part=Part.WORKERS, level=Level.GOOD, code="workers_alive", at=last, count=len(alive)
    )


def _queue(seen: Vitals) -> Verdict:
    if seen.queues is None:
        return Verdict(part=Part.QUEUE, level=Level.BAD, code="redis_away")
    waiting = sum(seen.queues.values())
    long = waiting > LONG_QUEUE
    return Verdict(
        part=Part.QUEUE,
        level=Level.WARN if long else Level.GOOD,
        code="queue_long" if long else "queue_short" if waiting else "queue_empty",
        count=waiting,
    )


def _relay(seen: Vitals) -> Verdict:
    if seen.troubles:
        return Verdict(
            part=Part.RELAY,
            level=Level.BAD,
            code="relay_away",
            count=len(seen.troubles),
            text=seen.troubles[0],
        )
    if seen.local_mail:
        return Verdict(part=Part.RELAY, level=Level.GOOD, code="mail_stays")
    test, taken = seen.mail_test, seen.mail_taken
    if taken is not None and (test is None or taken > test.at):
        return Verdict(part=Part.RELAY, level=Level.GOOD, code="mail_taken", at=taken)
    if test is None:
        return Verdict(part=Part.RELAY, level=Level.WARN, code="mail_untried")
    failed = test.level is Level.BAD
    return Verdict(
        part=Part.RELAY,
        level=Level.WARN if failed else Level.GOOD,
        code="mail_test_failed" if failed else "mail_test_passed",
        at=test.at,
    )


def _deliveries(seen: Vitals, now: datetime) -> Verdict:
    due = seen.delivery_due
    if due is None:
        return Verdict(part=Part.DELIVERIES, level=Level.GOOD, code="deliveries_none")
    stalled = not seen.in_hands and now - due > STALLED_AFTER
    return Verdict(
        part=Part.DELIVERIES,
        level=Level.BAD if stalled else Level.GOOD,
        code="deliveries_stalled" if stalled else "deliveries_go",
        at=due,
    )


def _notices(seen: Vitals, now: datetime) -> Verdict:
    notice = seen.notice
    if notice is None:
        return Verdict(part=Part.NOTICES, level=Level.GOOD, code="notices_none")
    if now - notice.due > LATE_AFTER:
        level, code = Level.BAD, "notices_late"
    elif notice.attempt:
        level, code = Level.WARN, "notices_deferred"
    else:
        level, code = Level.GOOD, "notices_go"
    return Verdict(part=Part.NOTICES, level=level, code=code, at=notice.due, text=notice.reply)


def _feeds(seen: Vitals) -> Verdict | None:
    if not seen.feeds:
        return None
    failing = seen.feeds_failing
    if not failing:
        return Verdict(part=Part.FEEDS, level=Level.GOOD, code="feeds_work", count=seen.feeds)
    every = failing >= seen.feeds
    return Verdict(
        part=Part.FEEDS,
        level=Level.BAD if every else Level.WARN,
        code="feeds_all_fail" if every else "feeds_fail",
        count=failing,
    )


def _jobs(seen: Vitals, now: datetime) -> Verdict:
    since = seen.job_free_since
    if since is not None and now - since > STALLED_AFTER:
        return Verdict(part=Part.JOBS, level=Level.BAD, code="jobs_stalled", at=since)
    if seen.jobs_failed:
        return Verdict(part=Part.JOBS, level=Level.WARN, code="jobs_failed", count=seen.jobs_failed)
    code = "jobs_go" if seen.jobs else "jobs_none"
    return Verdict(part=Part.JOBS, level=Level.GOOD, code=code, count=seen.jobs)


def _disk(seen: Vitals) -> Verdict | None:
    told = [one for one in seen.workers if one.free is not None]
    if not told:
        return None
    fullest = min(told, key=lambda one: one.free or 0)
    free = fullest.free or 0
    level = Level.BAD if free < NO_ROOM else Level.WARN if free < LITTLE_ROOM else Level.GOOD
    code = {Level.BAD: "disk_full", Level.WARN: "disk_low", Level.GOOD: "disk_room"}[level]
    return Verdict(part=Part.DISK, level=level, code=code, count=free, text=fullest.name)


def _dns(seen: Vitals, now: datetime) -> Verdict | None:
    if seen.local_mail:
        return None
    if seen.dns is None:
        return Verdict(part=Part.DNS, level=Level.WARN, code="dns_never")
    if seen.dns.level is Level.GOOD and now - seen.dns.at > CHECK_AGAIN:
        return Verdict(part=Part.DNS, level=Level.WARN, code="dns_long_ago", at=seen.dns.at)
    code = {Level.BAD: "dns_bad", Level.WARN: "dns_warn", Level.GOOD: "dns_good"}[seen.dns.level]
    return Verdict(part=Part.DNS, level=seen.dns.level, code=code, at=seen.dns.at)


def _bounces(seen: Vitals, now: datetime) -> Verdict | None:
    """What mailboxes think of us, before the door that tells us so. Where nothing ever came in
    and nobody takes anything in, there is nothing to say: the relay may refuse all at once."""
    for one in seen.returned:
        if one.returns.too_many_complaints:
            return _many(Level.BAD, "complaints_many", one.title, one.returns.complaints)
    for one in seen.returned:
        if one.returns.too_many_bounces:
            return _many(Level.WARN, "bounces_many", one.title, one.returns.undelivered)
    heard = max((door.at for door in seen.doors), default=None)
    if heard is not None and now - heard > SILENT_AFTER:
        return Verdict(part=Part.BOUNCES, level=Level.BAD, code="bounces_silent", at=heard)
    if seen.last_report is not None:
        return Verdict(
            part=Part.BOUNCES, level=Level.GOOD, code="bounces_come", at=seen.last_report
        )
    return Verdict(part=Part.BOUNCES, level=Level.GOOD, code="bounces_none") if heard else None


def _many(level: Level, code: str, title: str, count: int) -> Verdict:
    return Verdict(part=Part.BOUNCES, level=level, code=code, text=title, count=count)
