"""Two subjects with real workers and two clocks, one killed: decided once, one mail a reader."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from app.domain.campaign import CampaignKind
from app.store.tables import SubjectTest
from app.usecases.manage_campaigns import create_campaign
from app.usecases.try_subjects import SecondSubject, keep_test
from tests.chaos.checker import judge
from tests.rig import Rig
from tests.sink.handle import ROOT, SinkProcess

PROGRAM = "from app.cli.main import nashra; nashra()"


def wait_for_sent(rig: Rig, campaign: int, count: int) -> None:
    until = time.monotonic() + 90
    while rig.tally(campaign).get("sent", 0) < count:
        assert time.monotonic() < until, rig.tally(campaign)
        time.sleep(0.1)


def test_two_clocks_decide_once_and_every_reader_gets_one_mail(tmp_path: Path) -> None:
    log = tmp_path / "accepted.log"
    with SinkProcess(log=log) as sink, Rig(sink.url, TICK_INTERVAL="0.3") as rig:
        rig.add_readers(300)
        with rig.sessions.begin() as session:
            campaign = create_campaign(
                session,
                now=datetime.now(UTC),
                language="ar",
                kind=CampaignKind.ANNOUNCEMENT,
                subject="رسالة أولى",
                note="نصها.",
            ).id
            second = SecondSubject(subject="رسالة ثانية", share=20, hours=1)
            keep_test(session, campaign_id=campaign, subject="رسالة أولى", second=second)
        rig.start_worker(2)
        first_clock = rig.start_clock()
        rig.start_clock()
        send = [sys.executable, "-c", PROGRAM, "campaign", "send", str(campaign)]
        subprocess.run(send, cwd=ROOT, env=rig.environ, check=True, capture_output=True)
        wait_for_sent(rig, campaign, 60)
        assert rig.tally(campaign) == {"sent": 60, "pending": 240}
        with rig.sessions.begin() as session:
            test = session.get_one(SubjectTest, campaign)
            assert test.winner == ""
            link = session.execute(text("select 1 from campaign_link limit 1")).scalar()
            assert link is None, "a letter without links: the first subject is taken"
            test.decide_at = datetime.now(UTC) - timedelta(seconds=1)
        rig.kill(first_clock)
        assert rig.wait_for_end(campaign, seconds=120).value == "finished"
        with rig.sessions() as session:
            test = session.get_one(SubjectTest, campaign)
            assert (test.winner, test.decided_by) == ("a", None)
            by_letter = session.execute(
                text(
                    "select v.letter, sum(c.sent) from chunk c join variant v"
                    " on v.id = c.variant_id where c.campaign_id = :id group by 1 order by 1"
                ),
                {"id": campaign},
            )
            assert [tuple(row) for row in by_letter] == [("a", 270), ("b", 30)]
        verdict = judge(rig, campaign, sink.accepted())
    assert verdict.tally == {"sent": 300}
    assert (verdict.accepted, verdict.repeated, verdict.lost) == (300, 0, 0)
