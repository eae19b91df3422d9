"""Home: what goes next, what went out, how the readers grow, and what is wrong."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import Approval, CampaignKind, CampaignState, UncertainPolicy
from app.domain.job import MAX_TRIES
from app.domain.segment import EVERYBODY
from app.domain.staff import Role
from app.domain.vitals import QUEUES
from app.links import Links
from app.store.pulse import WORKER, beat
from app.store.tables import Campaign
from app.usecases.export_readers import ask_for_export
from app.usecases.run_job import run_job
from app.usecases.tick import tick
from app.web.admin.health_words import tell
from tests.domain import test_health as signs
from tests.usecases.newsroom import Newsroom
from tests.web.admin.conftest import Desk
from tests.web.admin.test_newsroom_pages import set_up
from tests.web.site import BASE, tree, words


def test_a_house_without_clock_and_workers_says_so_and_what_to_do(desk: Desk) -> None:
    page = desk(Role.VIEWER).open("/admin/")
    told = words(page)
    assert "لم يعمل المؤقّت قط" in told
    assert "nashra clock" in told
    assert "لم يعمل أي عامل قط" in told
    assert "يُحصى القرّاء حالما يعمل المؤقّت" in told


def test_a_house_at_work_is_quiet(
    desk: Desk, session: Session, sessions: sessionmaker[Session], settings: Settings
) -> None:
    site = desk(Role.VIEWER)
    now = site.clock.now
    beat(session, WORKER, "all@one", now=now, queues=list(QUEUES), free=90_000_000_000)
    session.commit()
    tick(sessions, settings, now=now)
    page = site.open("/admin/")
    levels = tree(page).xpath("//ul[@class='health']/li/@class")
    assert levels[0] == "warn"
    assert levels.count("good") == len(levels) - 2  # nobody has looked at DNS, nor tried the relay
    assert "لم يُفحص بعد" in words(page)
    assert "لم يشترك أحد بعد" in words(page)
    assert not tree(page).xpath("//a[@href='/admin/readers/import']")  # a viewer imports nothing
    site.clock.advance(minutes=10)
    assert "لا عامل يعمل" in words(site.open("/admin/"))


def test_whatever_is_not_in_order_says_what_to_do(app: Flask) -> None:
    """Each trouble that the judge of the domain is tried with."""
    troubles = [
        signs.verdict(part, signs.healthy(**changes))
        for part, changes, level, _ in signs.test_what_a_sign_means.pytestmark[0].args[1]
        if level != "good"
    ]
    assert len(troubles) > 15
    with app.test_request_context("/admin/", base_url=BASE):
        told = [tell(one, may=lambda _role: True) for one in troubles]
    assert [one.what for one in told if not one.todo] == []
    assert [one.what for one in told if "%(" in one.what + one.todo] == []


def test_long_work_that_stands_still_or_failed_is_said(
    desk: Desk, session: Session, settings: Settings, sessions: sessionmaker[Session]
) -> None:
    site = desk(Role.EDITOR)
    job = ask_for_export(session, now=site.clock.now, staff_id=None, segment=EVERYBODY)
    job.tries = MAX_TRIES
    session.commit()
    assert "قيد التنفيذ: ١." in words(site.open("/admin/"))
    site.clock.advance(minutes=6)
    assert "أقدمها حان وقتها قبل ٦ دقائق ولم يتسلّمها أي عامل." in words(site.open("/admin/"))
    run_job(sessions, settings, Links(settings), now=site.clock.now, job_id=job.id)
    page = site.open("/admin/")
    assert "لم يكتمل في اليوم الأخير: ١." in words(page)
    assert tree(page).xpath("//li/a[@href='/admin/jobs'][. = 'إلى الاستيراد والتصدير']")
    site.clock.advance(hours=25)
    assert "لم يكتمل" not in words(desk(Role.EDITOR).open("/admin/"))


def test_readers_who_came_and_left(
    desk: Desk, newsroom: Newsroom, session: Session, sessions: sessionmaker[Session],
    settings: Settings,
) -> None:  # fmt: skip
    from app.domain.subscription import ConsentKind as K
    from app.domain.subscription import SubscriberState as S
    from tests.usecases.test_count_readers import Town

    site = desk(Role.VIEWER)
    town = Town(session, site.clock.now)
    for _ in range(3):
        town.reader(S.ACTIVE, (K.CONFIRMED, 1))
    town.reader(S.UNSUBSCRIBED, (K.CONFIRMED, 24 * 6), (K.UNSUBSCRIBED, 48))
    session.commit()
    tick(sessions, settings, now=site.clock.now)
    page = site.open("/admin/")
    rows = [
        [cell.text_content() for cell in row.xpath("td")]
        for row in tree(page).xpath("//table[@class='moves']/tbody/tr")
    ]
    assert rows == [["٣", "٠", "+٣"], ["٤", "١", "+٣"], ["٤", "١", "+٣"]]
    assert "٣ قراء" in words(page) or "قرّاء نشطون" in words(page)
    points = tree(page).xpath("//polyline/@points")[0].split()
    assert len(points) == 7
    places = [float(point.partition(",")[0]) for point in points]
    assert places == sorted(places, reverse=True)  # from right to left, as the page is read
    assert "style=" not in page.text


def test_what_goes_next_has_the_time_to_wait(desk: Desk, session: Session) -> None:
    site = desk(Role.EDITOR)
    schedule = set_up(site, session)
    page = site.open("/admin/")
    timer = tree(page).xpath("//*[@role='timer']")[0]
    left = int((schedule.next_at - site.clock.now).total_seconds())
    assert timer.get("data-countdown") == str(left)
    assert timer.text.startswith("بعد")


def test_what_goes_next_stands_in_the_order_of_time(desk: Desk, session: Session) -> None:
    site = desk(Role.EDITOR)
    schedule = set_up(site, session)
    for hours, subject in ((-1, "قبلها"), (1, "بعدها")):
        session.add(
            Campaign(
                kind=CampaignKind.ANNOUNCEMENT,
                state=CampaignState.SCHEDULED,
                policy=UncertainPolicy.RESEND,
                subject=subject,
                created_at=site.clock.now,
                send_at=schedule.next_at + timedelta(hours=hours),
            )
        )
    card = tree(site.open("/admin/")).xpath("//section[@aria-labelledby='next-title']")[0]
    told = card.text_content()
    assert told.index("قبلها") < told.index(schedule.name) < told.index("بعدها")


def test_what_went_out_is_the_last_first(desk: Desk, session: Session) -> None:
    site = desk(Role.VIEWER)
    for hours, subject in ((30, "الأقدم"), (2, "الأحدث")):
        session.add(
            Campaign(
                kind=CampaignKind.ANNOUNCEMENT,
                state=CampaignState.FINISHED,
                policy=UncertainPolicy.RESEND,
                subject=subject,
                audience=2,
                created_at=site.clock.now,
                started_at=site.clock.now - timedelta(hours=hours),
            )
        )
    told = words(site.open("/admin/"))
    assert told.index("الأحدث") < told.index("الأقدم")
    assert "إلى قارئين" in told


def test_what_waits_for_a_decision_leads_to_its_page(desk: Desk, session: Session) -> None:
    site = desk(Role.EDITOR)
    waiting = {
        "نشرة الغد": {"state": CampaignState.DRAFT, "approval": Approval.WAITING},
        "أُوقفت": {"state": CampaignState.DRAFT, "approval": Approval.HELD},
        "فيها مجهول": {"state": CampaignState.NEEDS_REVIEW},
    }
    for subject, values in waiting.items():
        session.add(
            Campaign(
                kind=CampaignKind.DIGEST,
                policy=UncertainPolicy.HOLD,
                subject=subject,
                created_at=site.clock.now,
                approve_by=site.clock.now + timedelta(hours=1) if "approval" in values else None,
                **values,
            )
        )
    page = tree(site.open("/admin/"))
    links = page.xpath("//section[@aria-labelledby='undecided-title']//a")
    assert [link.text_content() for link in links] == ["نشرة الغد", "فيها مجهول"]
    assert links[0].get("href").endswith("/approval")
