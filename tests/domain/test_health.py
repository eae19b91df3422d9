from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.bounce import Returns
from app.domain.health import judge, worst
from app.domain.vitals import QUEUES, Checked, Heard, Late, Level, Part, Returned, Verdict, Vitals

NOW = datetime(2025, 1, 22, 6, 30, tzinfo=UTC)
JUST_NOW = NOW - timedelta(seconds=10)
LONG_AGO = NOW - timedelta(hours=3)
GB = 1_000_000_000


def worker(
    name: str = "bulk@one",
    at: datetime = JUST_NOW,
    queues: tuple[str, ...] = QUEUES,
    free: int | None = 50 * GB,
) -> Heard:
    return Heard(name=name, at=at, queues=queues, free=free)


def healthy(**changes: object) -> Vitals:
    values: dict[str, object] = {
        "clocks": [Heard(name="one", at=JUST_NOW)],
        "workers": [worker()],
        "queues": dict.fromkeys(QUEUES, 0),
        "feeds": 3,
        "dns": Checked(at=JUST_NOW, level=Level.GOOD),
        "mail_test": Checked(at=JUST_NOW, level=Level.GOOD),
        "doors": [Heard(name="one", at=JUST_NOW)],
    }
    return Vitals(**(values | changes))  # type: ignore[arg-type]


def came_back(*, refused: int = 0, hard: int = 0, complaints: int = 0) -> Returned:
    """Of a thousand mails."""
    returns = Returns(mails=1_000, refused=refused, hard=hard, soft=0, complaints=complaints)
    return Returned(title="نشرة المساء", returns=returns)


def verdict(part: Part, seen: Vitals) -> Verdict:
    return next(one for one in judge(seen, NOW) if one.part is part)


def test_a_healthy_house_has_one_good_word_for_each_part() -> None:
    verdicts = judge(healthy(), NOW)
    assert {one.part for one in verdicts} == set(Part)
    assert worst(verdicts) is Level.GOOD


@pytest.mark.parametrize(
    ("part", "changes", "level", "code"),
    [
        (Part.CLOCK, {"clocks": []}, "bad", "clock_never"),
        (Part.CLOCK, {"clocks": [Heard(name="one", at=LONG_AGO)]}, "bad", "clock_silent"),
        (Part.WORKERS, {"workers": []}, "bad", "workers_never"),
        (Part.WORKERS, {"workers": [worker(at=LONG_AGO)]}, "bad", "workers_silent"),
        (Part.WORKERS, {"workers": [worker(queues=("bulk", "content"))]},
         "bad", "nobody_serves_transactional"),
        (Part.WORKERS, {"workers": [worker(), worker("bulk@two", LONG_AGO)]},
         "warn", "worker_silent"),
        (Part.QUEUE, {"queues": None}, "bad", "redis_away"),
        (Part.QUEUE, {"queues": {"content": 3_000}}, "warn", "queue_long"),
        (Part.QUEUE, {"queues": {"bulk": 32}}, "good", "queue_short"),
        (Part.RELAY, {"troubles": ["refused"]}, "bad", "relay_away"),
        (Part.RELAY, {"mail_test": Checked(at=LONG_AGO, level=Level.BAD)},
         "warn", "mail_test_failed"),
        (Part.RELAY, {"mail_test": None}, "warn", "mail_untried"),
        (Part.RELAY, {"mail_test": None, "mail_taken": LONG_AGO}, "good", "mail_taken"),
        (Part.RELAY, {"mail_test": Checked(at=LONG_AGO, level=Level.BAD), "mail_taken": JUST_NOW},
         "good", "mail_taken"),
        (Part.RELAY, {"mail_test": None, "local_mail": True}, "good", "mail_stays"),
        (Part.DELIVERIES, {"delivery_due": LONG_AGO}, "bad", "deliveries_stalled"),
        (Part.DELIVERIES, {"delivery_due": LONG_AGO, "in_hands": 1}, "good", "deliveries_go"),
        (Part.NOTICES, {"notice": Late(due=LONG_AGO)}, "bad", "notices_late"),
        (Part.NOTICES, {"notice": Late(due=NOW, attempt=2, reply="busy")},
         "warn", "notices_deferred"),
        (Part.NOTICES, {"notice": Late(due=JUST_NOW)}, "good", "notices_go"),
        (Part.FEEDS, {"feeds_failing": 1}, "warn", "feeds_fail"),
        (Part.FEEDS, {"feeds_failing": 3}, "bad", "feeds_all_fail"),
        (Part.JOBS, {"jobs": 1, "job_free_since": NOW + timedelta(seconds=50)}, "good", "jobs_go"),
        (Part.JOBS, {"jobs": 2, "job_free_since": LONG_AGO}, "bad", "jobs_stalled"),
        (Part.JOBS, {"jobs": 1, "job_free_since": JUST_NOW, "jobs_failed": 1},
         "warn", "jobs_failed"),
        (Part.DISK, {"workers": [worker(free=GB // 2), worker("two")]}, "warn", "disk_low"),
        (Part.DISK, {"workers": [worker(free=0)]}, "bad", "disk_full"),
        (Part.DNS, {"dns": None}, "warn", "dns_never"),
        (Part.DNS, {"dns": Checked(at=JUST_NOW, level=Level.BAD)}, "bad", "dns_bad"),
        (Part.DNS, {"dns": Checked(at=NOW - timedelta(days=4), level=Level.GOOD)},
         "warn", "dns_long_ago"),
        (Part.BOUNCES, {"returned": [came_back(hard=2, refused=1), came_back(hard=30, refused=5)]},
         "warn", "bounces_many"),
        (Part.BOUNCES, {"returned": [came_back(hard=30), came_back(complaints=5)]},
         "bad", "complaints_many"),
        (Part.BOUNCES, {"returned": [came_back(hard=20)], "last_report": LONG_AGO},
         "good", "bounces_come"),
        (Part.BOUNCES, {"doors": [Heard(name="one", at=LONG_AGO)]}, "bad", "bounces_silent"),
        (Part.BOUNCES, {"doors": [], "last_report": LONG_AGO}, "good", "bounces_come"),
    ],
)  # fmt: skip
def test_what_a_sign_means(part: Part, changes: dict[str, object], level: str, code: str) -> None:
    seen = healthy(**changes)
    found = verdict(part, seen)
    assert (found.level, found.code) == (level, code)
    assert judge(seen, NOW)[0].level == worst(judge(seen, NOW))


def test_what_cannot_be_told_is_not_told() -> None:
    seen = healthy(feeds=0, workers=[worker(free=None)], local_mail=True, doors=[])
    assert {one.part for one in judge(seen, NOW)}.isdisjoint(
        {Part.FEEDS, Part.DISK, Part.DNS, Part.BOUNCES}
    )
