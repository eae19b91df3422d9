"""The pages of schedules and of approvals: what they say, and that each change is made once."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import queue
from app.config import Settings
from app.domain.campaign import (
    Approval,
    CampaignKind,
    CampaignState,
    SkipReason,
    UncertainPolicy,
)
from app.domain.schedule import ALL_DAYS, MissReason
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.store.tables import AuditEvent, Campaign, MissedRun, Schedule, Staff
from app.usecases.approve_run import approve_run
from app.usecases.manage_schedules import Plan, create_schedule
from app.usecases.run_schedule import run_due_schedules
from tests.usecases.newsroom import Newsroom
from tests.web.admin.conftest import Desk
from tests.web.conftest import Clock
from tests.web.site import Site, tree, words


@pytest.fixture(autouse=True)
def empty_queues(redis_url: str) -> None:
    Redis.from_url(redis_url).flushall()


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.EDITOR)


@pytest.fixture
def schedule(session: Session, site: Site) -> Schedule:
    return create_schedule(
        session,
        now=site.clock.now,
        plan=Plan(
            name="نشرة الصباح",
            cadence=Cadence.DAILY,
            local_time=time(9),
            timezone="Asia/Beirut",
            needs_approval=True,
            approval_lead=30,
            approval_limit=60,
        ),
    )


@pytest.fixture
def draft(session: Session, site: Site, newsroom: Newsroom, schedule: Schedule) -> Campaign:
    """A run half an hour before its time, which waits for approval."""
    newsroom.reader("r")
    newsroom.article("المرفأ يستقبل أول سفينة", "economy")
    session.flush()
    site.clock.now = schedule.next_at - timedelta(minutes=30)
    run_due_schedules(session, now=site.clock.now)
    return session.scalars(select(Campaign)).one()


def page_of(schedule: Schedule) -> str:
    return f"/admin/schedules/{schedule.id}"


def approval_of(run: Campaign) -> str:
    return f"/admin/campaigns/{run.id}/approval"


def test_the_form_shows_the_next_runs_of_what_is_typed(site: Site) -> None:
    typed = "cadence=weekly&weekday=4&local_time=07:00&timezone=Africa/Cairo"
    piece = site.open(f"/admin/schedules/next-runs?{typed}")
    shown = [t.text for t in tree(piece).xpath("//ol//time")]
    assert shown[0] == "الجمعة ٢٤ يناير، الساعة ٠٧:٠٠"
    assert len(shown) == 5
    assert "UTC+2" in tree(piece).text_content()
    wrong = site.open(
        "/admin/schedules/next-runs?cadence=daily&days=1&timezone=Asia/Atlantis&local_time=07:00"
    )
    assert "لا توجد منطقة زمنية بهذا الاسم." in tree(wrong).text_content()


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("cadence=daily&local_time=07:00&timezone=Africa/Cairo", "يتغيّر التوقيت الصيفي أو الشتوي"),
        ("cadence=daily&local_time=00:30&timezone=Africa/Cairo", "تسقط هذه الساعة"),
        ("cadence=daily&local_time=07:00&timezone=Asia/Amman", ""),
    ],
)
def test_a_clock_change_among_the_next_runs_is_told(
    desk: Desk, clock: Clock, query: str, note: str
) -> None:
    clock.now = datetime.fromisoformat("2025-04-22T12:00:00+00:00")
    site = desk(Role.EDITOR)
    days = "".join(f"&days={day}" for day in range(7))
    shown = tree(site.open(f"/admin/schedules/next-runs?{query}{days}")).text_content()
    assert note in shown
    assert ("التوقيت" in shown) is bool(note)


def test_a_refused_form_keeps_all_that_was_typed_and_its_next_runs(site: Site) -> None:
    answer = site.press(
        site.open("/admin/schedules/new"),
        "/admin/schedules/new",
        name="",
        cadence="daily",
        days=["6", "2"],
        local_time="18:15",
        timezone="Asia/Riyadh",
        release="approval",
        approval_lead="120",
        approval_limit="15",
    )
    assert answer.status_code == 400
    form = dict(tree(answer).forms[-1].form_values())
    kept = ("cadence", "local_time", "timezone", "release", "approval_lead", "approval_limit")
    assert [form[name] for name in kept] == [
        "daily", "18:15", "Asia/Riyadh", "approval", "120", "15",
    ]  # fmt: skip
    ticked = tree(answer).xpath('//input[@name="days"][@checked]/@value')
    assert ticked == ["6", "2"]
    assert "الساعة ١٨:١٥" in tree(answer).xpath("//ol[@class='lines runs']//time")[0].text


def test_a_schedule_is_changed_and_its_next_run_with_it(
    site: Site, session: Session, schedule: Schedule
) -> None:
    form = site.open(f"{page_of(schedule)}/edit")
    answer = site.press(form, "/edit", local_time="18:00", days=["4"], release="automatic")
    assert answer.location == page_of(schedule)
    session.refresh(schedule)
    assert (schedule.local_time, schedule.days) == (time(18), 1 << 4)
    assert not schedule.needs_approval
    assert schedule.next_at.isoformat() == "2025-01-24T16:00:00+00:00"
    assert "أيام الجمعة، الساعة ١٨:٠٠" in words(site.open(page_of(schedule)))
    late = site.press(form, "/edit", local_time="20:00")
    assert late.status_code == 409
    assert "عدّل شخص آخر هذا الجدول" in words(late)
    assert 'value="20:00"' in late.text
    assert site.press(late, "/edit").status_code == 302
    session.refresh(schedule)
    assert (schedule.local_time, schedule.days) == (time(20), ALL_DAYS)


def test_a_copy_begins_as_its_pattern_is(site: Site, session: Session, schedule: Schedule) -> None:
    form = site.open(f"/admin/schedules/new?from={schedule.id}")
    assert site.press(form, "/admin/schedules/new").status_code == 302
    made = session.scalars(select(Schedule).order_by(Schedule.id.desc()).limit(1)).one()
    assert made.id != schedule.id
    assert made.name == "نشرة الصباح (نسخة)"
    assert (made.local_time, made.needs_approval, made.approval_limit) == (time(9), True, 60)


def test_pausing_twice_is_told(site: Site, schedule: Schedule) -> None:
    page = site.open(page_of(schedule))
    assert site.press(page, "/active").status_code == 302
    again = site.press(page, "/active")
    assert again.status_code == 409
    assert "الجدول متوقف مؤقتاً من قبل." in words(again)


def add_run(session: Session, schedule: Schedule, slot: datetime, **values: object) -> None:
    given = {"state": CampaignState.FINISHED, "audience": 1204} | values
    session.add(
        Campaign(
            kind=CampaignKind.DIGEST,
            policy=UncertainPolicy.RESEND,
            schedule_id=schedule.id,
            slot_at=slot,
            created_at=slot,
            **given,  # type: ignore[arg-type]
        )
    )


def test_past_runs_say_what_became_of_each_and_go_on_on_another_page(
    site: Site, session: Session, schedule: Schedule
) -> None:
    first = site.clock.now - timedelta(days=30)
    for day in range(25):
        add_run(session, schedule, first + timedelta(days=day))
    for day, reason in ((26, MissReason.PAUSED), (27, MissReason.NOT_RUNNING)):
        session.add(
            MissedRun(
                schedule_id=schedule.id,
                slot_at=first + timedelta(days=day),
                reason=reason,
                noted_at=first,
            )
        )
    for minutes, reason in enumerate(SkipReason):
        slot = first + timedelta(days=28, minutes=minutes)
        add_run(session, schedule, slot, state=CampaignState.SKIPPED, reason=reason)
    page = site.open(page_of(schedule))
    shown = words(page)
    for outcome in (
        "كان الجدول متوقفاً مؤقتاً.",
        "لم تكن الخدمة تعمل حينها",
        "لم يعتمدها أحد في الوقت المحدد.",
        "جهز العدد التالي قبل أن يعتمد أحد هذه الحملة.",
        "أقل مما يطلبه الجدول",
        "لا قارئ نشطاً اختار",
        "لا جديد منذ العدد الأخير",
    ):
        assert outcome in shown
    rows = tree(page).xpath("//section[@aria-labelledby='past-title']//tbody/tr")
    assert len(rows) == 20
    (older,) = tree(page).xpath("//a[@rel='next']/@href")
    rest = tree(site.open(older)).xpath("//section[@aria-labelledby='past-title']//tbody/tr")
    assert len(rest) == 25 + 2 + len(SkipReason) - 20
    assert site.open(f"{page_of(schedule)}?before=nonsense").status_code == 200


def test_the_list_shows_state_next_run_and_last_outcome(
    site: Site, session: Session, schedule: Schedule
) -> None:
    assert "لم يعمل بعد." in words(site.open("/admin/schedules"))
    add_run(
        session,
        schedule,
        site.clock.now - timedelta(hours=2),
        state=CampaignState.SKIPPED,
        reason=SkipReason.NOTHING_NEW,
    )
    page = site.open("/admin/schedules")
    shown = words(page)
    assert "يعمل" in shown
    assert "باعتماد" in shown
    assert "لا جديد منذ العدد الأخير" in shown
    assert "قبل ساعتين" in shown
    (left,) = tree(page).xpath("//*[@data-countdown]/@data-countdown")
    assert int(left) == (schedule.next_at - site.clock.now).total_seconds()


def test_run_now_asks_first_and_runs_once(
    site: Site, session: Session, settings: Settings, newsroom: Newsroom, schedule: Schedule
) -> None:
    newsroom.article("خبر", "economy")
    schedule.needs_approval = False
    asked = site.open(f"{page_of(schedule)}/run")
    assert "يُرسل الجديد منذ العدد الأخير فوراً" in words(asked)
    site.press(asked, "/run")
    (run,) = session.scalars(select(Campaign)).all()
    assert run.state is CampaignState.SCHEDULED
    assert queue.length(settings.redis_url, queue.CONTENT) == 1
    again = site.press(asked, "/run")
    assert again.status_code == 409
    assert "شُغّل هذا الجدول قبل لحظات." in words(again)
    assert len(session.scalars(select(Campaign)).all()) == 1


def test_run_now_where_approval_is_needed_makes_a_draft(
    site: Site, session: Session, newsroom: Newsroom, schedule: Schedule
) -> None:
    newsroom.article("خبر", "economy")
    answer = site.press(site.open(f"{page_of(schedule)}/run"), "/run")
    run = session.scalars(select(Campaign)).one()
    assert answer.location == approval_of(run)
    assert (run.state, run.approval) == (CampaignState.DRAFT, Approval.WAITING)


def test_deleting_names_the_drafts_that_go_with_it(
    site: Site, session: Session, schedule: Schedule, draft: Campaign
) -> None:
    asked = site.open(f"{page_of(schedule)}/delete")
    assert "تُلغى معه مسودة واحدة تنتظر الاعتماد." in words(asked)
    site.press(asked, "/delete")
    session.refresh(draft)
    assert draft.state is CampaignState.CANCELLED


def test_an_editor_approves_and_it_goes_out_at_its_time(
    site: Site, session: Session, schedule: Schedule, draft: Campaign, staff: dict[Role, Staff]
) -> None:
    page = site.open(approval_of(draft))
    shown = words(page)
    assert "المرفأ يستقبل أول سفينة" in shown
    assert "متى اعتُمدت تُرسل اليوم، الساعة ٠٩:٠٠" in shown
    assert "إن لم يعتمدها أحد قبل اليوم، الساعة ١٠:٠٠" in shown
    assert "تنتظر الاعتماد" in words(site.open(page_of(schedule)))
    assert site.press(page, "/approve").location == approval_of(draft)
    session.refresh(draft)
    assert (draft.state, draft.send_at) == (CampaignState.SCHEDULED, draft.slot_at)
    assert draft.decided_by == staff[Role.EDITOR].id
    assert session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == draft.id)).all()
    assert f"اعتمدها {staff[Role.EDITOR].email}" in words(site.open(approval_of(draft)))


def test_approved_late_it_goes_out_at_once(
    site: Site, session: Session, settings: Settings, draft: Campaign
) -> None:
    site.clock.advance(minutes=50)
    page = site.open(approval_of(draft))
    assert "مضى موعدها: تُرسل فور اعتمادها." in words(page)
    site.press(page, "/approve")
    session.refresh(draft)
    assert draft.send_at == site.clock.now
    assert queue.length(settings.redis_url, queue.CONTENT) == 1


def test_of_two_editors_the_second_is_told_who_was_faster(
    site: Site, session: Session, draft: Campaign, staff: dict[Role, Staff]
) -> None:
    page = site.open(approval_of(draft))
    staff[Role.OWNER].name = "سلمى حداد"
    approve_run(
        session,
        now=site.clock.now,
        campaign_id=draft.id,
        version=draft.version,
        staff_id=staff[Role.OWNER].id,
    )
    for action in ("/approve", "/hold"):
        late = site.press(page, action)
        assert late.status_code == 409
        assert "سبقك شخص آخر" in words(late)
        assert "اعتمدها سلمى حداد" in words(late)
    session.refresh(draft)
    assert draft.decided_by == staff[Role.OWNER].id


def test_what_is_held_back_waits_and_may_still_be_approved(
    site: Site, session: Session, schedule: Schedule, draft: Campaign
) -> None:
    site.press(site.open(approval_of(draft)), "/hold")
    session.refresh(draft)
    assert (draft.state, draft.approval) == (CampaignState.DRAFT, Approval.HELD)
    assert draft.approve_by is None
    assert "معلّقة" in words(site.open("/admin/schedules"))
    held = site.open(approval_of(draft))
    assert "تنتظر بلا أجل" in words(held)
    assert site.press(held, "/approve").status_code == 302


def test_a_campaign_that_needs_no_approval_has_no_such_page(
    site: Site, session: Session, schedule: Schedule
) -> None:
    add_run(session, schedule, site.clock.now)
    session.flush()
    run = session.scalars(select(Campaign)).one()
    assert site.open(approval_of(run)).status_code == 404


def test_a_viewer_sees_the_draft_and_no_button(desk: Desk, draft: Campaign) -> None:
    page = desk(Role.VIEWER).open(approval_of(draft))
    assert "القرار لأحد المحرّرين." in words(page)
    assert "/approve" not in page.text
