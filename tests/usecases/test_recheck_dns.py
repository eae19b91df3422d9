"""The daily look at DNS: asked for by the tick, taken by a worker, told by home."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from redis import Redis
from sqlalchemy.orm import Session, sessionmaker

from app import queue
from app.config import Settings
from app.domain.health import judge
from app.domain.vitals import Level, Part
from app.usecases.check_dns import kept_report
from app.usecases.check_health import look
from app.usecases.recheck_dns import recheck_dns
from app.usecases.tick import tick
from tests.name_server import Zone, name_server

DOMAIN = "harbour-news.org"
GOOD: Zone = {
    (DOMAIN, "TXT"): ['"v=spf1 mx ~all"'],
    (DOMAIN, "MX"): [f"10 mx.{DOMAIN}."],
    (f"mx.{DOMAIN}", "A"): ["192.0.2.1"],
    (f"_dmarc.{DOMAIN}", "TXT"): [f'"v=DMARC1; p=reject; rua=mailto:dmarc@{DOMAIN}"'],
}
BROKEN: Zone = {**GOOD, (DOMAIN, "TXT"): ['"v=spf1 +all"']}
SILENT: Zone = {**GOOD, (f"_dmarc.{DOMAIN}", "TXT"): None}


@pytest.fixture
def real(settings: Settings) -> Settings:
    """The settings of a newsroom with a domain of its own and a mail server on its machine."""
    Redis.from_url(settings.redis_url).flushall()
    return settings.with_(mail_from=f"news@{DOMAIN}", bounce_domain=DOMAIN)


def retold(
    sessions: sessionmaker[Session], settings: Settings, zone: Zone, *, now: datetime
) -> bool:
    with name_server(zone) as server:
        with_zone = settings.with_(dns_servers=(server.address,))
        return recheck_dns(sessions, with_zone, now=now)


def test_the_tick_asks_once_a_day(
    session: Session, sessions: sessionmaker[Session], real: Settings, now: datetime
) -> None:
    asked = [tick(sessions, real, now=now + timedelta(minutes=m)).dns for m in (0, 1, 59, 60)]
    assert asked == [1, 0, 0, 1]
    assert queue.length(real.redis_url, queue.CONTENT) == 2
    assert retold(sessions, real, GOOD, now=now + timedelta(hours=1))
    later = [tick(sessions, real, now=now + timedelta(hours=h)).dns for h in (3, 24, 25)]
    assert later == [0, 0, 1]


def test_home_says_when_a_record_breaks(
    session: Session, sessions: sessionmaker[Session], real: Settings, now: datetime
) -> None:
    def told(at: datetime) -> str:
        verdicts = judge(look(session, real, now=at), at)
        return next(verdict.code for verdict in verdicts if verdict.part is Part.DNS)

    assert told(now) == "dns_never"
    retold(sessions, real, GOOD, now=now)
    before = kept_report(session, real)
    assert before is not None
    assert before.level is not Level.BAD
    tomorrow = now + timedelta(days=1)
    retold(sessions, real, BROKEN, now=tomorrow)
    session.expire_all()
    assert told(tomorrow) == "dns_bad"


def test_silence_changes_nothing_that_was_known(
    session: Session, sessions: sessionmaker[Session], real: Settings, now: datetime
) -> None:
    retold(sessions, real, BROKEN, now=now)
    assert not retold(sessions, real, SILENT, now=now + timedelta(days=1))
    session.expire_all()
    kept = kept_report(session, real)
    assert kept is not None
    assert (kept.at, kept.level) == (now, Level.BAD)


def test_examples_and_mails_that_stay_here_are_not_asked_about(
    sessions: sessionmaker[Session], settings: Settings, real: Settings, now: datetime
) -> None:
    at_home = real.with_(embedded=frozenset({"mailbox"}))
    assert [tick(sessions, each, now=now).dns for each in (settings, at_home)] == [0, 0]
