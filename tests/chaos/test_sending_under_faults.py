"""The promise under faults, short: the long run is `make chaos`. The campaigns run side by side,
each with its own database, broker, relay and workers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from app.domain.campaign import UncertainPolicy
from tests.chaos.campaign import GROUP, Ordeal, endure
from tests.chaos.faults import (
    CONNECTIONS,
    EVERY_FAULT,
    KILLS,
    PROCESSES,
    cancel,
    kill_pool_process,
    kill_worker,
    lose_machine,
    pause_and_resume,
    readers_leave,
    restart_postgres,
)
from tests.rig import Rig, libfaketime

SEED = 20250122


def start_two_machines(rig: Rig) -> None:
    rig.start_worker(PROCESSES, host="alpha")
    rig.start_worker(PROCESSES, host="beta")


def start_with_wrong_clocks(rig: Rig) -> None:
    rig.start_worker(1, clock_off_by="+2h")
    rig.start_worker(1, clock_off_by="-2h")


@pytest.fixture(scope="module")
def ordeals() -> Iterator[Mapping[str, Future[Ordeal]]]:
    everything = list(EVERY_FAULT)
    random.Random(SEED).shuffle(everything)
    with ThreadPoolExecutor() as side_by_side:

        def begin(*args: object, **values: object) -> Future[Ordeal]:
            return side_by_side.submit(endure, *args, **values)  # type: ignore[arg-type]

        started = {
            "everything": begin(everything, readers=3_000, seed=SEED),
            "hold": begin(KILLS * 2, readers=1_000, seed=7, policy=UncertainPolicy.HOLD),
            "long leases": begin(
                (kill_pool_process, restart_postgres, kill_worker),
                readers=1_500,
                seed=3,
                lease=600,
            ),
            "editors and readers": begin(
                (pause_and_resume, readers_leave) * 2, readers=1_500, seed=5
            ),
            "cancelled": begin((cancel,), readers=1_500, seed=6),
            "lost machine": begin((lose_machine,), readers=1_000, seed=9, start=start_two_machines),
        }
        if libfaketime():
            started["wrong clocks"] = begin(
                (kill_pool_process, restart_postgres),
                readers=1_000,
                seed=11,
                start=start_with_wrong_clocks,
            )
        yield started


def check(ordeal: Ordeal) -> None:
    verdict = ordeal.verdict
    assert verdict.lost == 0, ordeal
    assert verdict.false_sent == 0, ordeal
    assert verdict.miscounted == 0, ordeal
    assert verdict.repeated <= ordeal.may_repeat, ordeal


def test_no_fault_loses_a_reader(ordeals: Mapping[str, Future[Ordeal]]) -> None:
    """Every fault once, in a seeded order."""
    ordeal = ordeals["everything"].result()
    check(ordeal)
    assert ordeal.state == "finished", ordeal
    tally = ordeal.verdict.tally
    assert tally["sent"] + tally.get("skipped", 0) + tally.get("failed", 0) == 3_000, ordeal
    assert tally.get("skipped", 0) <= 20, "none but those who left"
    assert tally.get("failed", 0) <= 300, "none but those whose number ends in 7"


def test_hold_never_repeats(ordeals: Mapping[str, Future[Ordeal]]) -> None:
    """Kills under `hold`: what is uncertain is listed, and nothing goes out twice."""
    ordeal = ordeals["hold"].result()
    check(ordeal)
    assert ordeal.verdict.repeated == 0, ordeal
    unknown = ordeal.verdict.tally.get("unknown", 0)
    assert unknown <= ordeal.may_repeat, ordeal
    assert ordeal.state == ("needs_review" if unknown else "finished"), ordeal


def test_a_killed_process_or_a_lost_database_does_not_cost_a_lease(
    ordeals: Mapping[str, Future[Ordeal]],
) -> None:
    """With leases of ten minutes the campaign is over in three."""
    ordeal = ordeals["long leases"].result()
    check(ordeal)
    assert (ordeal.state, ordeal.verdict.tally) == ("finished", {"sent": 1_500}), ordeal


def test_a_pause_holds_and_nobody_gets_what_they_have_left(
    ordeals: Mapping[str, Future[Ordeal]],
) -> None:
    ordeal = ordeals["editors and readers"].result()
    check(ordeal)
    assert ordeal.verdict.repeated == 0, ordeal
    assert ordeal.verdict.late == 0, ordeal
    tally = ordeal.verdict.tally
    assert tally["sent"] + tally.get("skipped", 0) == 1_500, ordeal


def test_a_cancelled_campaign_ends_with_the_groups_in_hand(
    ordeals: Mapping[str, Future[Ordeal]],
) -> None:
    ordeal = ordeals["cancelled"].result()
    verdict = ordeal.verdict
    assert ordeal.state == "cancelled", ordeal
    assert (verdict.false_sent, verdict.repeated, verdict.miscounted) == (0, 0, 0), ordeal
    assert set(verdict.tally) == {"sent", "pending"}, ordeal
    assert verdict.accepted == verdict.tally["sent"] < 1_500, ordeal


def test_a_machine_that_does_not_come_back_costs_its_groups_in_hand(
    ordeals: Mapping[str, Future[Ordeal]],
) -> None:
    """Its journals are lost with it: what it had in hand may be repeated, and nobody is lost."""
    ordeal = ordeals["lost machine"].result()
    check(ordeal)
    assert ordeal.may_repeat == PROCESSES * (GROUP + CONNECTIONS)
    assert (ordeal.state, ordeal.verdict.tally) == ("finished", {"sent": 1_000}), ordeal


def test_the_clocks_of_the_workers_do_not_matter(
    ordeals: Mapping[str, Future[Ordeal]],
) -> None:
    """One worker is two hours ahead, another two hours behind."""
    if "wrong clocks" not in ordeals:
        pytest.skip("libfaketime is not installed (Debian: apt install faketime)")
    ordeal = ordeals["wrong clocks"].result()
    check(ordeal)
    assert (ordeal.state, ordeal.verdict.tally) == ("finished", {"sent": 1_000}), ordeal
