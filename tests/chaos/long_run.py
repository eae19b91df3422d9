"""`make chaos`: the promise under many faults, as JSON lines.

Twenty kills in a campaign of 20,000; the same under `hold`; then every fault three times.
`python -m tests.chaos.long_run [SEED]`
"""

from __future__ import annotations

import random
import sys

from app.domain.campaign import UncertainPolicy
from tests.bench.report import report
from tests.chaos.campaign import Ordeal, endure
from tests.chaos.faults import EVERY_FAULT, KILLS


def tell(name: str, ordeal: Ordeal, *, may_repeat: int) -> bool:
    """Prints the figures of one ordeal; True when all of the promise was kept."""
    verdict = ordeal.verdict
    report(f"{name}_faults", len(ordeal.faults), "faults")
    report(f"{name}_audience", verdict.audience, "readers")
    report(f"{name}_never_sent", verdict.lost, "readers", target=0, most=True)
    report(f"{name}_repeated", verdict.repeated, "messages", target=may_repeat, most=True)
    report(f"{name}_false_sent", verdict.false_sent, "messages", target=0, most=True)
    report(f"{name}_miscounted", verdict.miscounted, "deliveries", target=0, most=True)
    report(f"{name}_unknown", verdict.tally.get("unknown", 0), "messages")
    ended = ordeal.state in ("finished", "needs_review")
    report(f"{name}_ended", int(ended), "campaigns", target=1)
    kept = not (verdict.lost or verdict.false_sent or verdict.miscounted)
    return kept and ended and verdict.repeated <= may_repeat


def main() -> None:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 20_250_122
    chance = random.Random(seed)
    kills = [chance.choice(KILLS) for _ in range(20)]
    resent = endure(kills, readers=20_000, seed=seed, seconds=400)
    kept = tell("kills", resent, may_repeat=resent.may_repeat)
    held = endure(kills, readers=20_000, seed=seed, policy=UncertainPolicy.HOLD, seconds=400)
    kept &= tell("kills_hold", held, may_repeat=0)
    faults = list(EVERY_FAULT) * 3
    chance.shuffle(faults)
    all_of_them = endure(faults, readers=20_000, seed=seed, seconds=600)
    kept &= tell("every_fault", all_of_them, may_repeat=all_of_them.may_repeat)
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
