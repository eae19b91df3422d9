"""Send is pressed twice at once while Redis is away: one wins, nothing is lost, nobody gets two."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.domain.campaign import CampaignKind
from app.usecases.manage_campaigns import create_campaign
from tests.chaos.checker import judge
from tests.rig import Rig
from tests.sink.handle import ROOT, SinkProcess

PROGRAM = "from app.cli.main import nashra; nashra()"


def test_two_press_send_at_once_without_redis(tmp_path: Path) -> None:
    log = tmp_path / "accepted.log"
    with SinkProcess(log=log) as sink, Rig(sink.url, TICK_INTERVAL="0.5") as rig:
        rig.add_readers(300)
        with rig.sessions.begin() as session:
            campaign = create_campaign(
                session,
                now=datetime.now(UTC),
                language="ar",
                kind=CampaignKind.ANNOUNCEMENT,
                subject="رسالة إلى القرّاء",
                note="نصها.",
            ).id
        rig.start_worker(2)
        rig.start_clock()
        broker = rig.redis
        assert broker.child is not None
        os.kill(broker.child.pid, signal.SIGKILL)
        broker.child.wait(20)
        presses = [
            subprocess.Popen(
                [sys.executable, "-c", PROGRAM, "campaign", "send", str(campaign)],
                cwd=ROOT,
                env=rig.environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        said = [press.communicate(timeout=60) for press in presses]
        codes = sorted(press.returncode for press in presses)
        assert codes[0] == 0 < codes[1], said
        assert any("cannot be sent now" in err for _, err in said), said
        broker.launch()
        broker.wait_ready()
        assert rig.wait_for_end(campaign, seconds=120).value == "finished"
        verdict = judge(rig, campaign, sink.accepted())
    assert verdict.tally == {"sent": 300}
    assert (verdict.accepted, verdict.repeated, verdict.lost) == (300, 0, 0)
