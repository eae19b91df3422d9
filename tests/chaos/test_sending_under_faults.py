"""The promise under faults, short: the long run is `make chaos`."""

from __future__ import annotations

import random

from app.domain.campaign import UncertainPolicy
from tests.chaos.campaign import endure
from tests.chaos.faults import (
    EVERY_FAULT,
    KILLS,
    kill_pool_process,
    kill_worker,
    restart_postgres,
)


def test_no_fault_loses_a_reader() -> None:
    """Every fault once, in a seeded order."""
    faults = list(EVERY_FAULT)
    random.Random(20250122).shuffle(faults)
    ordeal = endure(faults, readers=3_000, seed=20250122)
    verdict = ordeal.verdict
    assert verdict.lost == 0, ordeal
    assert verdict.false_sent == 0, ordeal
    assert verdict.miscounted == 0, ordeal
    assert verdict.repeated <= ordeal.may_repeat, ordeal
    assert ordeal.state == "finished", ordeal
    assert verdict.tally == {"sent": 3_000}, ordeal


def test_a_killed_process_or_a_lost_database_does_not_cost_a_lease() -> None:
    """With leases of ten minutes the campaign is over in one."""
    faults = (kill_pool_process, restart_postgres, kill_worker)
    ordeal = endure(faults, readers=1_500, seed=3, lease=600, seconds=60)
    assert ordeal.state == "finished", ordeal
    assert ordeal.verdict.tally == {"sent": 1_500}, ordeal
    assert ordeal.verdict.repeated <= ordeal.may_repeat, ordeal


def test_hold_never_repeats() -> None:
    """Kills under `hold`: what is uncertain is listed, and nothing goes out twice."""
    ordeal = endure(KILLS * 2, readers=1_000, seed=7, policy=UncertainPolicy.HOLD)
    verdict = ordeal.verdict
    assert verdict.repeated == 0, ordeal
    assert verdict.lost == 0, ordeal
    assert verdict.false_sent == 0, ordeal
    assert verdict.tally.get("unknown", 0) <= ordeal.may_repeat, ordeal
    uncertain = "unknown" in verdict.tally
    assert ordeal.state == ("needs_review" if uncertain else "finished"), ordeal
