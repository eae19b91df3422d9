"""Real servers, real worker processes and a campaign of any size: what bench and chaos run on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import psutil
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from app.config import PROJECT_ROOT, Settings, read_settings
from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.domain.edition import PREFERENCES_SLOT, UNSUBSCRIBE_SLOT
from app.domain.window import cut_into_chunks
from app.embedded.postgres import Postgres
from app.embedded.redis import Redis
from app.store.audience import freeze_everyone, write_ledger
from app.store.engine import make_engine, make_sessions
from app.store.migrate import upgrade
from app.store.tables import Campaign, Variant

_SENTENCE = "أعلنت بلدية المدينة اليوم خطة جديدة للنقل العام تشمل ١٢ خطاً وتبدأ في الربيع المقبل.\n"

_READERS = text("""
insert into subscriber (email, email_key, state, cadence, topic_mask, timezone, language,
                        created_at, confirmed_at)
select 'reader' || i || '@example.org', 'reader' || i || '@example.org', 'active', 'daily', 0,
       '', 'ar', now(), now()
from generate_series(cast(:first as int), cast(:last as int)) as i
""")


def variant_of_size(campaign_id: int, size: int, now: datetime) -> Variant:
    """A variant whose messages have about `size` bytes on the wire: a quarter of it text, the
    rest HTML, with the four slots that an edition has."""
    source = int(size * 0.72) - 500
    links = f"https://levant.example/u/{UNSUBSCRIBE_SLOT}\nhttps://levant.example/p/{PREFERENCES_SLOT}\n"
    length = len(_SENTENCE.encode())
    plain = links + _SENTENCE * max(1, source // 5 // length)
    half = _SENTENCE * max(1, source * 2 // 5 // length)
    return Variant(
        campaign_id=campaign_id,
        article_ids=[],
        subject="نشرة الصباح: خطة جديدة للنقل العام",
        html=f"<p>{links}{half}{half}{links}</p>",
        text=plain,
        created_at=now,
    )


S = CampaignState
_MIGRATING = threading.Lock()


class Rig:
    """A folder with PostgreSQL and Redis, and the workers that were started on them."""

    def __init__(self, smtp_url: str, **environ: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="nashra-rig-"))
        self.folder.chmod(0o711)
        (self.folder / "logs").mkdir()
        self.postgres = Postgres(self.folder, env=os.environ)
        self.redis = Redis(self.folder, env=os.environ)
        self._smtp_url = smtp_url
        self._environ = environ
        self.workers: list[subprocess.Popen[bytes]] = []
        self.clocks: list[subprocess.Popen[bytes]] = []
        self._started = 0
        self.readers = 0

    def __enter__(self) -> Self:
        self.postgres.start()
        self.redis.start()
        with _MIGRATING:  # Alembic keeps what it works on in module globals.
            upgrade(self.settings.database_url)
        return self

    def __exit__(self, *_: object) -> None:
        for process in [*self.workers, *self.clocks]:
            self.kill(process)
        self.engine.dispose()
        self.redis.stop()
        self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @cached_property
    def environ(self) -> Mapping[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "SMTP_URL": self._smtp_url,
            "SECRET_KEY": "a key for benches that is long enough",
            "BASE_URL": "https://levant.example",
            "MAIL_FROM": "news@levant.example",
            "DATA_DIR": str(self.folder),
            "CHECK_LINKS": "0",
            "CHECK_SPAM": "0",
            **self._environ,
        }

    @cached_property
    def settings(self) -> Settings:
        return read_settings(self.environ)

    @cached_property
    def engine(self) -> Engine:
        return make_engine(self.settings.database_url)

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        return make_sessions(self.engine)

    def start_worker(
        self, processes: int, *, host: str = "", clock_off_by: str = ""
    ) -> subprocess.Popen[bytes]:
        """A Celery worker of its own process group: of this machine, or as of a `host` of its
        own, which has its journals elsewhere. `clock_off_by` is what its clock says more or
        less than ours, such as "+2h" (needs libfaketime)."""
        more = {}
        if host:
            more |= {"HOST_NAME": host, "DATA_DIR": str(self.folder / host)}
            (self.folder / host).mkdir(exist_ok=True)
        if clock_off_by:
            more |= {"LD_PRELOAD": str(libfaketime()), "FAKETIME": clock_off_by}
        self._started += 1
        number = self._started
        worker = self._start(
            f"worker-{number}",
            [
                *("-m", "celery", "-A", "worker.celery", "worker", "-Q", "bulk,content"),
                *("-c", str(processes), "-n", f"w{number}@rig", "-l", "WARNING"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            more,
        )
        self.workers.append(worker)
        return worker

    def start_transactional(self) -> subprocess.Popen[bytes]:
        """The worker of notices, as the Procfile starts it."""
        self._started += 1
        worker = self._start(
            "transactional",
            [
                *("-m", "celery", "-A", "worker.celery", "worker", "-Q", "transactional"),
                *("-P", "solo", "-n", "t@rig", "-l", "WARNING"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
        )
        self.workers.append(worker)
        return worker

    def start_clock(self) -> subprocess.Popen[bytes]:
        program = "from app.cli.main import nashra; nashra()"
        clock = self._start(f"clock-{len(self.clocks) + 1}", ["-c", program, "clock"])
        self.clocks.append(clock)
        return clock

    def _start(
        self, name: str, arguments: list[str], more: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        with (self.folder / "logs" / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=PROJECT_ROOT,
                env={**self.environ, **(more or {})},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL to the whole process group."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for kept in (self.workers, self.clocks):
            if process in kept:
                kept.remove(process)

    def add_readers(self, count: int) -> None:
        with self.sessions.begin() as session:
            known = session.scalar(text("select count(*) from subscriber")) or 0
            session.execute(_READERS, {"first": known + 1, "last": known + count})
        self.readers += count
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("vacuum analyze subscriber"))

    def add_campaign(
        self,
        *,
        size: int,
        readers: int | None = None,
        policy: UncertainPolicy = UncertainPolicy.RESEND,
    ) -> int:
        """Freezes a campaign of `size`-byte messages to every reader, ready for the workers."""
        now = datetime.now(UTC)
        with self.sessions.begin() as session:
            campaign = Campaign(
                kind=CampaignKind.ANNOUNCEMENT,
                state=CampaignState.PREPARING,
                subject="x",
                topic_mask=0,
                policy=policy,
                created_at=now,
            )
            session.add(campaign)
            session.flush()
            variant = variant_of_size(campaign.id, size, now)
            session.add(variant)
            session.flush()
            sizes = freeze_everyone(session, campaign, now=now, zone=ZoneInfo("UTC"))
            if readers is not None:
                session.execute(text("delete from frozen where id > :last"), {"last": readers})
                sizes = [(mask, readers) for mask, _ in sizes]
            campaign.audience = write_ledger(
                session,
                campaign,
                chunks=cut_into_chunks(sizes, self.settings.chunk_size),
                variant_of={mask: variant.id for mask, _ in sizes},
                due=now,
                priority=0,
            )
            campaign.state = CampaignState.SENDING
            return campaign.id

    def state(self, campaign_id: int) -> CampaignState:
        with self.sessions() as session:
            return session.get_one(Campaign, campaign_id).state

    def wait_for_end(self, campaign_id: int, *, seconds: float) -> CampaignState:
        """Waits until the campaign is over, or raises with the ledger as it stands."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            state = self.state(campaign_id)
            if state not in (S.SCHEDULED, S.PREPARING, S.SENDING):
                return state
            time.sleep(0.05)
        raise TimeoutError(f"campaign {campaign_id} after {seconds} s: {self.tally(campaign_id)}")

    def tally(self, campaign_id: int) -> dict[str, int]:
        """Deliveries by state, counted row by row."""
        with self.sessions() as session:
            rows = session.execute(
                text("select state, count(*) from delivery where campaign_id = :id group by state"),
                {"id": campaign_id},
            )
            return {state: int(count) for state, count in rows}

    def hurry(self, campaign_id: int) -> None:
        """Lets the time of waiting pass: what is deferred is due now."""
        with self.sessions.begin() as session:
            session.execute(
                text(
                    "update delivery set retry_at = clock_timestamp()"
                    " where campaign_id = :id and state = 'deferred'"
                    " and retry_at > clock_timestamp()"
                ),
                {"id": campaign_id},
            )
            session.execute(
                text(
                    "update chunk set due_at = clock_timestamp() where campaign_id = :id"
                    " and state = 'open' and due_at > clock_timestamp()"
                ),
                {"id": campaign_id},
            )

    def log(self, name: str) -> str:
        return (self.folder / "logs" / f"{name}.log").read_text()


def libfaketime() -> Path | None:
    """The library that shifts a process' clock; None where it is not installed."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


def family(pid: int) -> list[psutil.Process]:
    """A process and everything below it."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and everything below it, of ended children too."""
    total = 0.0
    for process in family(pid):
        times = process.cpu_times()
        total += times.user + times.system
    root = psutil.Process(pid).cpu_times()
    return total + root.children_user + root.children_system


def peak_memory(pid: int) -> int:
    """The highest resident size of any one process of the family, in bytes."""
    peaks = []
    for process in family(pid):
        status = Path(f"/proc/{process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        peaks.append(int(line.split()[1]) * 1024)
    return max(peaks)
