"""Does one run of the preflight: renders what would go out, looks at it, and keeps the findings.

Called by a worker's task, by the command line, and by the gate of campaigns that send themselves.
The database is not held while pages are asked; after a crash the run is taken up again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Interval, cast, func, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignKind
from app.domain.preflight import (
    AddressFacts,
    AudienceFacts,
    Check,
    Checklist,
    Finding,
    RunState,
    ScoreFacts,
    Severity,
    in_order,
)
from app.domain.preflight_rules import judge
from app.mail.inspect.spamassassin import NoScore, spam_score
from app.store.tables import Campaign, PreflightRun
from app.usecases.check_addresses import check_addresses
from app.usecases.compose_edition import coming_candidates
from app.usecases.fetch_pictures import fetch_for_freezing
from app.usecases.outgoing import OutgoingList
from app.usecases.try_mails import Looked, Trial, look

log = structlog.get_logger()

KEPT_LISTS = 50
SPAM_SECONDS = 20.0
LEASE = "30 seconds"
"""Longer than any step takes; each step moves it on."""


def run_preflight(
    sessions: sessionmaker[Session],
    settings: Settings,
    *,
    now: datetime,
    run_id: int,
    counted: bool = True,
) -> bool:
    """Does the run, unless somebody else is at it (then False). May be repeated.

    `counted` gives the exact audience for the price of a freezing. A run that breaks ends as
    failed with the reason; a database that goes away leaves it for the next tick.
    """
    if not _claim(sessions, run_id):
        return False
    try:
        _do(sessions, settings, now=now, run_id=run_id, counted=counted)
    except OperationalError:
        raise
    except Exception as error:
        log.exception("preflight_failed", run=run_id)
        reason = f"{type(error).__name__}: {error}"[:500]
        _set(sessions, run_id, state=RunState.FAILED, error=reason, finished_at=now)
    return True


def _claim(sessions: sessionmaker[Session], run_id: int) -> bool:
    with sessions.begin() as session:
        claimed = session.execute(
            text("""
            update preflight_run
            set state = 'running', done = 0, total = 0,
                leased_until = clock_timestamp() + cast(:lease as interval)
            where id = :id
              and (state = 'pending' or state = 'running' and leased_until < clock_timestamp())
            returning id
            """),
            {"id": run_id, "lease": LEASE},
        )
        return claimed.scalar() is not None


def _set(sessions: sessionmaker[Session], run_id: int, **values: object) -> None:
    with sessions.begin() as session:
        session.execute(
            update(PreflightRun)
            .where(PreflightRun.id == run_id, PreflightRun.state == RunState.RUNNING)
            .values(leased_until=func.clock_timestamp() + cast(LEASE, Interval), **values)
        )


def _do(
    sessions: sessionmaker[Session],
    settings: Settings,
    *,
    now: datetime,
    run_id: int,
    counted: bool,
) -> None:
    _fetch_pictures(sessions, settings, now=now, run_id=run_id)
    with sessions() as session:
        campaign = _campaign(session, run_id)
        seen = look(session, settings, campaign, now=now, counted=counted)
        session.rollback()
    facts = [trial.facts for trial in seen.trials]
    links = list(dict.fromkeys(link for mail in facts for link in mail.links))
    images = list(dict.fromkeys(image.url for mail in facts for image in mail.images))
    steps = len(links) + len(images) + len(seen.trials) + 1

    def tried(count: int) -> None:
        _set(sessions, run_id, done=len(seen.trials) + count, total=steps)

    tried(0)
    addresses = AddressFacts(tried=False, troubles={}, uncopied=seen.uncopied)
    if settings.check_links:
        troubles = check_addresses(
            sessions, settings, now=now, links=links, images=images, tried=tried
        )
        addresses = AddressFacts(tried=True, troubles=troubles, uncopied=seen.uncopied)
    checklist = judge(facts, addresses, _audience(seen), _score(settings, seen.trials))
    if seen.is_too_large:
        checklist = _with_too_large(checklist)
    _set(
        sessions,
        run_id,
        state=RunState.DONE,
        content_hash=seen.content_hash,
        findings=checklist.as_json(),
        lists=_lists(seen),
        done=steps,
        total=steps,
        finished_at=now,
    )


def _campaign(session: Session, run_id: int) -> Campaign:
    return session.get_one(Campaign, session.get_one(PreflightRun, run_id).campaign_id)


def _fetch_pictures(
    sessions: sessionmaker[Session], settings: Settings, *, now: datetime, run_id: int
) -> None:
    """Brings in what would otherwise be brought in before freezing, so that the mails that are
    looked at are those that go out."""
    with sessions() as session:
        ids = coming_candidates(session, _campaign(session, run_id), now=now).article_ids
    fetch_for_freezing(sessions, settings, now=now, article_ids=ids)


def _audience(seen: Looked) -> AudienceFacts:
    out = seen.out
    return AudienceFacts(
        is_own_text=seen.kind is CampaignKind.ANNOUNCEMENT,
        readers=out.readers,
        had=out.had,
        variants=len(out.lists),
        looked_at=min(len(out.lists), len(seen.trials)),
        candidates=sum(candidate.fresh for candidate in out.candidates),
        stale=out.stale,
        least=seen.least,
    )


def _score(settings: Settings, trials: Sequence[Trial]) -> ScoreFacts:
    """The outside judge sees the fullest mail alone: it takes seconds."""
    if not trials or not settings.check_spam:
        return ScoreFacts(missing="score_unasked")
    try:
        found = spam_score(trials[0].raw, seconds=SPAM_SECONDS)
    except NoScore as reason:
        return ScoreFacts(missing=reason.code)
    return ScoreFacts(score=found.score, rules=found.rules)


def _with_too_large(checklist: Checklist) -> Checklist:
    """The note alone fills the mail: it could not even be rendered."""
    fault = Finding(check=Check.SIZE, code="cannot_fit", severity=Severity.ERROR)
    return Checklist(findings=in_order([*checklist.findings, fault]))


def _lists(seen: Looked) -> list[dict[str, object]]:
    def subject(place: int) -> str:
        return seen.trials[place].mail.subject if place < len(seen.trials) else ""

    return [_list(one, subject(place)) for place, one in enumerate(seen.out.lists[:KEPT_LISTS])]


def _list(one: OutgoingList, subject: str) -> dict[str, object]:
    return {"articles": list(one.article_ids), "readers": one.readers, "subject": subject}
