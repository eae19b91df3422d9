"""The preflight of real campaigns: what is found, what stops, what can be accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignConflict, CampaignKind, CampaignState
from app.domain.delivery import DeliveryState
from app.domain.preflight import Checklist, RunState, Severity
from app.store.tables import Article, AuditEvent, Campaign, Delivery, LinkCheck, PreflightRun
from app.usecases.launch_campaign import prepare_campaign
from app.usecases.manage_campaigns import (
    cancel_campaign,
    create_campaign,
    request_send,
    unschedule,
)
from app.usecases.preflight import (
    NotCleared,
    clear_for_sending,
    newest_run,
    request_preflight,
    standing,
)
from app.usecases.preflight_gate import STOPPED
from app.usecases.run_preflight import run_preflight
from app.usecases.try_subjects import SecondSubject, keep_test
from tests.feeds.servers import FaultySite, faulty_site
from tests.usecases.newsroom import Newsroom

Check = Callable[..., PreflightRun]


@pytest.fixture
def newsroom(session: Session, now: datetime) -> Newsroom:
    session.execute(text("update subscriber set state = 'unsubscribed'"))
    return Newsroom(session, now)


@pytest.fixture
def faults() -> Iterator[FaultySite]:
    with faulty_site() as site:
        yield site


@pytest.fixture
def online(settings: Settings) -> Settings:
    return settings.with_(check_links=True)


@pytest.fixture
def draft(session: Session, now: datetime) -> Callable[..., Campaign]:
    def make(kind: CampaignKind = CampaignKind.DIGEST, **values: Any) -> Campaign:
        return create_campaign(session, now=now, language="ar", kind=kind, **values)

    return make


@pytest.fixture
def check(session: Session, sessions: sessionmaker[Session], settings: Settings) -> Check:
    def run(campaign: Campaign, now: datetime, using: Settings = settings) -> PreflightRun:
        asked = request_preflight(session, now=now, campaign_id=campaign.id, staff_id=None)
        session.commit()
        assert run_preflight(sessions, using, now=now, run_id=asked.id)
        session.expire_all()
        done = newest_run(session, campaign.id)
        assert done is not None
        assert done.error == ""
        return done

    return run


def codes(run: PreflightRun) -> dict[str, Severity]:
    return {f.code: f.severity for f in Checklist.from_json(run.findings).findings}


def bad(run: PreflightRun) -> dict[str, str]:
    return {code: s.value for code, s in codes(run).items() if s is not Severity.OK}


def link_to(session: Session, article: int, url: str, **more: Any) -> None:
    session.execute(update(Article).where(Article.id == article).values(url=url, **more))


def test_a_good_digest(newsroom: Newsroom, draft: Any, check: Check, now: datetime) -> None:
    newsroom.article("المرفأ يستقبل أول سفينة", "politics")
    newsroom.article("البنك يخفض الفائدة", "economy")
    for name in ("a", "b"):
        newsroom.reader(name, "politics", "economy")
    newsroom.reader("c", "economy")
    newsroom.reader("d", "sport")
    run = check(draft(), now)
    assert run.state is RunState.DONE
    assert bad(run) == {}
    findings = {f.check: f for f in Checklist.from_json(run.findings).findings}
    assert dict(findings["audience"].numbers) == {
        "variants": 2,
        "looked_at": 2,
        "readers": 3,
        "had": 0,
    }
    assert [(len(one["articles"]), one["readers"]) for one in run.lists] == [(2, 2), (1, 1)]
    assert run.done == run.total > 0


def test_both_of_two_subjects_are_looked_at(
    newsroom: Newsroom, draft: Any, check: Check, session: Session, now: datetime
) -> None:
    newsroom.article("خبر", "politics")
    newsroom.reader("a", "politics")
    campaign = draft(subject="موضوع قصير")
    assert bad(check(campaign, now)) == {}
    second = SecondSubject(subject="موضوع طويل جدًّا " * 8, share=20, hours=2)
    keep_test(session, campaign_id=campaign.id, subject=campaign.subject, second=second)
    run = check(campaign, now)
    assert bad(run) == {"subject_long": "warning"}
    counted = next(f for f in Checklist.from_json(run.findings).findings if f.code == "audience")
    assert counted.numbers["variants"] == counted.numbers["looked_at"] == 1


def test_nothing_is_changed_by_looking(
    newsroom: Newsroom, draft: Any, check: Check, session: Session, now: datetime
) -> None:
    newsroom.article("خبر", "politics")
    newsroom.reader("a", "politics")
    campaign = draft()
    check(campaign, now)
    assert (campaign.state, campaign.window_end) == (CampaignState.DRAFT, None)
    assert session.scalar(select(Delivery).where(Delivery.campaign_id == campaign.id)) is None


def test_links_and_pictures_are_really_asked(
    newsroom: Newsroom,
    draft: Any,
    check: Check,
    session: Session,
    faults: FaultySite,
    online: Settings,
    now: datetime,
) -> None:
    lead = newsroom.article("خبر", "politics")
    picture = {"image_url": f"{faults.url}/feed", "image_alt": "صورة"}
    link_to(session, lead, f"{faults.url}/moved", **picture)
    newsroom.reader("a", "politics")
    own = online.with_(base_url=faults.url, site_url=f"{faults.url}/feed")
    run = check(draft(), now, own)
    assert bad(run) == {"images_left_out": "warning"}  # it is a feed, not a picture
    asked = [path for path, _ in faults.seen]
    assert asked.count("/moved") == 1
    check(draft(), now + timedelta(minutes=5), own)
    assert len(faults.seen) == len(asked), "good answers are kept for some minutes"


def test_a_dead_link_is_an_error_and_asked_again_soon(
    newsroom: Newsroom,
    draft: Any,
    check: Check,
    session: Session,
    sessions: sessionmaker[Session],
    faults: FaultySite,
    online: Settings,
    now: datetime,
) -> None:
    own = online.with_(base_url=faults.url, site_url=f"{faults.url}/feed")
    article = newsroom.article("خبر", "politics")
    link_to(session, article, f"{faults.url}/gone")
    newsroom.reader("a", "politics")
    campaign = draft()
    run = check(campaign, now, own)
    assert bad(run) == {"links_dead": "error"}
    with pytest.raises(NotCleared, match="errors"):
        clear_for_sending(
            session, own, now=now, campaign_id=campaign.id, accept_warnings=True, staff_id=None
        )
    session.execute(update(LinkCheck).values(trouble=""))
    assert bad(check(campaign, now + timedelta(minutes=1), own)) == {}


def test_a_silent_link_can_be_accepted_until_the_content_changes(
    newsroom: Newsroom,
    draft: Any,
    check: Check,
    session: Session,
    faults: FaultySite,
    online: Settings,
    now: datetime,
) -> None:
    own = online.with_(base_url=faults.url, site_url=f"{faults.url}/feed")
    article = newsroom.article("خبر", "politics")
    link_to(session, article, f"{faults.url}/forbidden")
    newsroom.reader("a", "politics")
    campaign = draft()
    assert bad(check(campaign, now, own)) == {"links_silent": "warning"}

    def clear(*, accept: bool = False, at: datetime = now) -> None:
        clear_for_sending(
            session, own, now=at, campaign_id=campaign.id, accept_warnings=accept, staff_id=None
        )

    with pytest.raises(NotCleared, match="warnings"):
        clear()
    clear(accept=True)
    clear()
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "preflight.accept")).one()
    assert event.detail["warnings"] == ["links_silent"]
    with pytest.raises(NotCleared, match="out_of_date"):
        clear(at=now + timedelta(hours=2))
    link_to(session, article, f"{faults.url}/forbidden", headline="خبر آخر", revision=2)
    with pytest.raises(NotCleared, match="out_of_date"):
        clear(accept=True)
    assert not standing(session, own, campaign, now=now).is_accepted


@pytest.mark.parametrize("change", ["article", "note", "brand"])
def test_whatever_changes_the_mail_outdates_the_run(
    newsroom: Newsroom,
    draft: Any,
    check: Check,
    session: Session,
    settings: Settings,
    now: datetime,
    change: str,
) -> None:
    newsroom.article("خبر", "politics")
    newsroom.reader("a", "politics")
    campaign = draft()
    check(campaign, now)
    later = now + timedelta(minutes=10)
    newsroom.reader("b", "politics")
    assert standing(session, settings, campaign, now=later).is_current, "readers are no content"
    if change == "article":
        newsroom.article("خبر جديد", "politics", age=timedelta(0))
    elif change == "note":
        campaign.note = "كلمة من التحرير"
    using = settings.with_(site_name="اسم آخر") if change == "brand" else settings
    assert not standing(session, using, campaign, now=later).is_current


def test_nothing_new_and_nobody(
    newsroom: Newsroom,
    draft: Any,
    check: Check,
    session: Session,
    settings: Settings,
    now: datetime,
) -> None:
    campaign = draft()
    assert bad(check(campaign, now)).keys() == {"nothing_new", "nobody"}
    newsroom.article("خبر", "politics")
    later = now + timedelta(seconds=1)
    assert bad(check(campaign, later)).keys() == {"nobody"}
    clear_for_sending(
        session, settings, now=later, campaign_id=campaign.id, accept_warnings=False, staff_id=None
    )


def test_what_was_sent_before_is_counted(
    newsroom: Newsroom,
    draft: Any,
    check: Check,
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    now: datetime,
) -> None:
    newsroom.article("خبر", "politics")
    newsroom.reader("a", "politics")
    first = draft()
    send(session, sessions, settings, first, now)
    session.execute(update(Delivery).values(state=DeliveryState.SENT))
    assert bad(check(draft(), now)) == {"nothing_new": "warning"}
    newsroom.reader("b", "politics", "economy")
    newsroom.article("خبر ثان", "economy")
    run = check(draft(), now)
    news = next(f for f in Checklist.from_json(run.findings).findings if f.check == "news")
    assert (news.code, news.numbers["candidates"]) == ("all_new", 2)
    audience = next(f for f in Checklist.from_json(run.findings).findings if f.check == "audience")
    assert (audience.numbers["readers"], audience.numbers["had"]) == (1, 1)


def send(
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    campaign: Campaign,
    now: datetime,
) -> None:
    request_send(session, now=now, campaign_id=campaign.id)
    session.commit()
    prepare_campaign(sessions, settings, now=now, campaign_id=campaign.id)
    session.expire_all()


def test_a_campaign_that_sends_itself_stops_at_errors_and_can_be_repaired(
    newsroom: Newsroom,
    draft: Any,
    session: Session,
    sessions: sessionmaker[Session],
    faults: FaultySite,
    online: Settings,
    now: datetime,
) -> None:
    own = online.with_(base_url=faults.url, site_url=f"{faults.url}/feed")
    article = newsroom.article("خبر", "politics")
    link_to(session, article, f"{faults.url}/gone")
    newsroom.reader("a", "politics")
    campaign = draft()
    send(session, sessions, own, campaign, now)
    assert (campaign.state, campaign.reason) == (CampaignState.NEEDS_REVIEW, STOPPED)
    assert campaign.prepared_at is None
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "preflight.stop")).one()
    assert (event.object_id, event.detail) == (campaign.id, {"errors": ["links_dead"]})

    link_to(session, article, f"{faults.url}/feed", revision=2)
    unschedule(session, campaign_id=campaign.id)
    assert (campaign.state, campaign.reason) == (CampaignState.DRAFT, "")
    send(session, sessions, own, campaign, now + timedelta(minutes=1))
    assert campaign.state is CampaignState.SENDING
    with pytest.raises(CampaignConflict):
        unschedule(session, campaign_id=campaign.id)


def test_warnings_are_recorded_and_stop_no_schedule(
    newsroom: Newsroom,
    draft: Any,
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    now: datetime,
) -> None:
    newsroom.article("اضغط هنا الآن!!", "politics")
    newsroom.reader("a", "politics")
    campaign = draft()
    send(session, sessions, settings, campaign, now)
    assert campaign.state is CampaignState.SENDING
    run = newest_run(session, campaign.id)
    assert run is not None
    assert bad(run) == {"spam_in_subject": "warning", "subject_shouts": "warning"}
    assert run.accepted_at is None


def test_a_note_that_fits_no_mail(
    newsroom: Newsroom, draft: Any, check: Check, now: datetime
) -> None:
    newsroom.reader("a", "politics")
    note = ("https://levant.example/" + "a" * 60 + " كلمة ") * 100
    campaign = draft(CampaignKind.ANNOUNCEMENT, subject="إعلان", note=note)
    assert bad(check(campaign, now)) in ({"cannot_fit": "error"}, {})


def test_one_run_at_a_time_and_a_lost_one_is_taken_up(
    newsroom: Newsroom,
    draft: Any,
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    now: datetime,
) -> None:
    newsroom.article("خبر", "politics")
    newsroom.reader("a", "politics")
    campaign = draft()
    first = request_preflight(session, now=now, campaign_id=campaign.id, staff_id=None)
    again = request_preflight(session, now=now, campaign_id=campaign.id, staff_id=None)
    assert first.id == again.id
    session.execute(
        update(PreflightRun).values(
            state=RunState.RUNNING, leased_until=text("clock_timestamp() + interval '1 minute'")
        )
    )
    session.commit()
    assert not run_preflight(sessions, settings, now=now, run_id=first.id)
    request_send(session, now=now, campaign_id=campaign.id)
    session.commit()
    prepare_campaign(sessions, settings, now=now, campaign_id=campaign.id)
    session.expire_all()
    assert campaign.state is CampaignState.PREPARING, "it waits for whoever is at the list"
    session.execute(update(PreflightRun).values(leased_until=now - timedelta(days=1)))
    session.commit()
    prepare_campaign(sessions, settings, now=now, campaign_id=campaign.id)
    session.expire_all()
    assert campaign.state is CampaignState.SENDING


def test_a_frozen_or_cancelled_campaign_is_not_checked(
    newsroom: Newsroom, draft: Any, session: Session, now: datetime
) -> None:
    campaign = draft()
    cancel_campaign(session, now=now, campaign_id=campaign.id)
    with pytest.raises(CampaignConflict):
        request_preflight(session, now=now, campaign_id=campaign.id, staff_id=None)
