"""Answers are lost on a real connection, an editor decides, and a real worker carries it out."""

from __future__ import annotations

from pathlib import Path

from app.domain.campaign import UncertainPolicy
from app.domain.delivery import Decision
from app.usecases.decide_uncertain import decide_uncertain
from tests.chaos.checker import judge
from tests.rig import Rig
from tests.sink.handle import SinkProcess

READERS = 200


def test_what_is_uncertain_is_sent_again_and_reaches_everybody(tmp_path: Path) -> None:
    log = tmp_path / "accepted.log"
    with SinkProcess(log=log) as sink, Rig(sink.url, TICK_INTERVAL="0.5") as rig:
        rig.add_readers(READERS)
        sink.behave(drop=2, lose=2)
        campaign = rig.add_campaign(size=5_000, policy=UncertainPolicy.HOLD)
        rig.start_worker(1)
        rig.start_clock()
        assert rig.wait_for_end(campaign, seconds=60).value == "needs_review"
        before = judge(rig, campaign, sink.accepted())
        sink.behave()
        with rig.sessions.begin() as session:
            decided = decide_uncertain(session, campaign_id=campaign, decision=Decision.AGAIN)
        assert rig.wait_for_end(campaign, seconds=60).value == "finished"
        after = judge(rig, campaign, sink.accepted())
    assert before.repeated == 0
    assert before.tally["unknown"] == decided >= 4
    assert before.accepted < READERS, "two were lost"
    assert after.tally == {"sent": READERS}
    assert (after.lost, after.false_sent, after.miscounted) == (0, 0, 0)
    assert 2 <= after.repeated <= decided, "whom the first mail reached gets it twice"
