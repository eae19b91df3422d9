"""A campaign made step by step without a script: left, taken up again, refused and doubled."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.config import Settings
from app.domain.campaign import Approval, CampaignKind, CampaignState, UncertainPolicy
from app.domain.edition import Design
from app.domain.segment import Segment
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.store.tables import Article, AuditEvent, Campaign, Staff, SubjectTest
from app.usecases.launch_campaign import prepare_campaign
from app.usecases.manage_campaigns import request_send
from app.usecases.manage_segments import change_segment, save_segment
from tests.usecases.newsroom import Newsroom
from tests.web.admin.conftest import Desk
from tests.web.site import Site, tree, words

NEW = "/admin/campaigns/new"


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.EDITOR)


def begin(site: Site, session: Session, kind: str, where: str = NEW) -> Campaign:
    answer = site.press(site.open(where), NEW, kind=kind)
    assert answer.status_code == 302, words(answer)
    assert answer.location.endswith("/content")
    return session.get_one(Campaign, int(re.findall(r"\d+", answer.location)[0]))


def at(campaign: Campaign, step: str) -> str:
    return f"/admin/campaigns/{campaign.id}/{step}"


def press(site: Site, campaign: Campaign, step: str, **typed: Any) -> TestResponse:
    return site.press(site.open(at(campaign, step)), at(campaign, step), **typed)


def chosen(page: TestResponse) -> list[str]:
    return [line.text_content() for line in tree(page).xpath('//ol[@class="chosen"]//bdi')]


def offered(page: TestResponse) -> list[str]:
    return [line.text_content() for line in tree(page).xpath('//ul[@class="offers"]//bdi')]


def test_articles_are_picked_and_ordered_by_buttons(
    site: Site, session: Session, newsroom: Newsroom, staff: dict[Role, Staff]
) -> None:
    bridge, harbour = newsroom.article("الجسر", "economy"), newsroom.article("الميناء", "sport")
    newsroom.article("السوق", "economy")
    campaign = begin(site, session, "selection")
    assert offered(site.open(at(campaign, "content"))) == ["السوق", "الميناء", "الجسر"]
    for deed in (f"add:{bridge}", f"add:{harbour}", f"up:{harbour}", "fill"):
        answer = press(site, campaign, "content", do=deed, note="كلمة")
        assert answer.status_code == 302
    page = site.open(at(campaign, "content"))
    assert chosen(page) == ["الميناء", "الجسر", "السوق"]
    assert tree(page).xpath('//textarea[@name="note"]')[0].value.strip() == "كلمة"
    press(site, campaign, "content", do=f"down:{harbour}")
    answer = press(site, campaign, "content", do=f"remove:{bridge}", go="next")
    assert chosen(site.open(answer.location)) == ["الميناء", "السوق"]
    answer = press(site, campaign, "content", go="leave")
    assert answer.location.endswith("/admin/campaigns")
    left = site.open(answer.location)
    assert "حُفظت المسودة" in words(left)
    assert "الميناء" in words(left)
    assert (campaign.kind, campaign.state) == (CampaignKind.SELECTION, CampaignState.DRAFT)
    assert campaign.created_by == staff[Role.EDITOR].id


def test_articles_are_searched_however_they_are_spelt(
    site: Site, session: Session, newsroom: Newsroom
) -> None:
    newsroom.article("سوق الكتب", "politics")
    newsroom.article("مهرجان 100% للموسيقى", "politics")
    campaign = begin(site, session, "alert")
    answer = press(site, campaign, "content", do="look", words="100%", note="نبدأ الليلة")
    found = site.open(answer.location)
    assert offered(found) == ["مهرجان 100% للموسيقى"]
    assert tree(found).xpath('//textarea[@name="note"]')[0].value.strip() == "نبدأ الليلة"


def test_an_alert_begun_from_an_article_is_for_its_topics(
    site: Site, session: Session, newsroom: Newsroom
) -> None:
    article = newsroom.article("عاجل", "economy")
    other = newsroom.article("أعجل", "sport")
    where = f"{NEW}?kind=alert&article={article}"
    assert "عن المقال «عاجل»" in words(site.open(where))
    campaign = begin(site, session, "alert", where)
    assert (campaign.article_ids, campaign.topic_mask) == ([article], newsroom.mask("economy"))
    assert campaign.design is Design.ALERT
    press(site, campaign, "content", do=f"add:{other}")
    assert (campaign.article_ids, campaign.topic_mask) == ([other], newsroom.mask("sport"))


def test_the_readers_are_chosen_and_counted(
    site: Site, session: Session, newsroom: Newsroom
) -> None:
    for name, topic in (("a", "economy"), ("b", "economy"), ("c", "sport")):
        newsroom.reader(name, topic)
    newsroom.reader("w", "economy", cadence=Cadence.WEEKLY)
    segment = save_segment(
        session,
        now=site.clock.now,
        name="أسبوعيون",
        segment=Segment(cadences=(Cadence.WEEKLY,)),
    )
    campaign = begin(site, session, "announcement")
    economy = newsroom.slugs("economy")
    assert "٤ قرّاء." in words(site.open(at(campaign, "audience")))
    counted = press(site, campaign, "audience", topics=economy, cadences="daily", do="count")
    assert "قارئان." in words(counted)
    assert campaign.topic_mask == 0, "counting keeps nothing"
    asked = site.open(f"{at(campaign, 'audience')}/count?version=1&segment={segment.id}")
    assert asked.json == {"words": "قارئ واحد."}
    answer = press(site, campaign, "audience", topics=economy, segment=str(segment.id))
    assert answer.location.endswith("/look")
    assert campaign.topic_mask == newsroom.mask("economy")
    assert (campaign.segment, campaign.segment_name) == ({"cadences": ["weekly"]}, "أسبوعيون")
    change_segment(session, segment_id=segment.id, segment=Segment(cadences=(Cadence.DAILY,)))
    page = site.open(at(campaign, "audience"))
    assert tree(page).xpath('//select[@name="segment"]')[0].value == "kept"
    assert "قارئ واحد." in words(page)
    press(site, campaign, "audience", topics=[], cadences="weekly")
    assert (campaign.segment, campaign.cadences) == ({"cadences": ["weekly"]}, [Cadence.WEEKLY])


def test_the_subject_is_suggested_and_changed_by_hand(
    site: Site, session: Session, newsroom: Newsroom
) -> None:
    lead = newsroom.article("عنوان طويل " * 6 + "آخره", "economy")
    campaign = begin(site, session, "alert", f"{NEW}?kind=alert&article={lead}")
    page = site.open(at(campaign, "look"))
    short = ("عنوان طويل " * 4).strip() + "…"
    assert short in words(page)
    taken = site.press(page, at(campaign, "look"), take="subject2", preheader="سطر")
    field = tree(taken).xpath('//input[@name="subject"]')[0]
    assert field.value == short
    assert tree(taken).xpath('//input[@name="preheader"]')[0].value == "سطر"
    assert campaign.subject == "", "taking a suggestion keeps nothing yet"
    shown = site.press(page, at(campaign, "look"), subject="x", preheader="سطر لم يُحفظ")
    assert shown.status_code == 302
    assert (campaign.subject, campaign.preheader) == ("x", "سطر لم يُحفظ")
    mail = site.post(
        f"{at(campaign, 'look')}/mail",
        {
            "csrf_token": tree(page).xpath('//input[@name="csrf_token"]')[0].value,
            "subject": "عنوان مجرَّب",
            "preheader": "سطر مجرَّب",
            "design": "brief",
            "scheme": "dark",
        },
    )
    assert "سطر مجرَّب" in mail.text
    assert "موجز" in mail.text
    assert "@media all {" in mail.text
    assert mail.headers["Content-Security-Policy"].endswith("sandbox")
    assert (campaign.preheader, campaign.design) == ("سطر لم يُحفظ", Design.ALERT)


def test_the_settings_of_the_look_are_kept(site: Site, session: Session) -> None:
    campaign = begin(site, session, "digest")
    typed = {"design": "brief", "language": "en", "policy": "hold", "public": []}
    assert press(site, campaign, "look", **typed).location.endswith("/preview")
    assert (campaign.design, campaign.language) == (Design.BRIEF, "en")
    assert (campaign.policy, campaign.public) == (UncertainPolicy.HOLD, False)


@pytest.mark.parametrize(
    ("kind", "step", "typed", "complaint"),
    [
        ("rumour", "", {}, "اختر واحداً من هذه."),
        ("alert", "content", {"go": "next"}, "الخبر العاجل مقال واحد: اختره."),
        ("selection", "content", {"go": "next"}, "اختر المقالات أولاً."),
        ("announcement", "content", {"go": "next"}, "نص"),
        ("digest", "content", {"note": "س\n" * 101}, "النص أطول"),
        ("selection", "content", {"do": "add:99999999"}, "لم يعد موجوداً"),
        ("digest", "audience", {"topics": ["gone"]}, "أحد هذه الأقسام لم يعد موجوداً."),
        ("digest", "audience", {"cadences": ["hourly"]}, "اختر من هذه."),
        ("digest", "look", {"subject": "س" * 201}, "الحد الأقصى للأحرف: ٢٠٠."),
        ("digest", "look", {"design": "letter"}, "اختر واحداً من هذه."),
        ("announcement", "look", {"subject": " "}, "الرسالة إلى القرّاء تحتاج إلى عنوان."),
        ("digest", "when", {"way": "at", "date": "2024-12-31"}, "هذا الوقت قد مضى."),
        ("digest", "when", {"way": "at", "date": ""}, "اختر اليوم والساعة."),
        ("digest", "when", {"way": "morning", "morning_date": "2025-01-22"}, "أبعد قرّائك شرقاً"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    site: Site, session: Session, kind: str, step: str, typed: dict[str, Any], complaint: str
) -> None:
    if not step:
        answer = site.press(site.open(NEW), NEW, kind=kind)
        assert answer.status_code == 400
        assert complaint in words(answer)
        assert session.scalars(select(Campaign.id)).all() == []
        return
    campaign = begin(site, session, kind)
    answer = press(site, campaign, step, **typed)
    assert answer.status_code == 400
    assert complaint in words(answer)
    assert (campaign.version, campaign.state) == (1, CampaignState.DRAFT)
    for name in ("note", "subject"):
        if name in typed:
            field = tree(answer).xpath(f'//*[@name="{name}"]')[0]
            assert field.value.split() == typed[name].split()


def test_who_saves_second_is_told_and_may_save_over_it(
    desk: Desk, session: Session, newsroom: Newsroom
) -> None:
    first, second = desk(Role.EDITOR), desk(Role.OWNER)
    campaign = begin(first, session, "digest")
    page = second.open(at(campaign, "content"))
    press(first, campaign, "content", note="نص الأولى")
    refused = second.press(page, at(campaign, "content"), note="نص الثاني")
    assert refused.status_code == 409
    assert "حفظ شخص آخر هذه المسودة" in words(refused)
    assert campaign.note == "نص الأولى"
    assert second.press(refused, at(campaign, "content")).status_code == 302
    assert campaign.note == "نص الثاني"


def test_a_draft_that_lacks_something_leads_back_to_it(site: Site, session: Session) -> None:
    campaign = begin(site, session, "announcement")
    for step in ("when", "send"):
        answer = site.open(at(campaign, step))
        assert answer.location.endswith("/look")
        assert "الرسالة إلى القرّاء تحتاج إلى عنوان." in words(site.open(answer.location))
    page = site.open(at(campaign, "content"))
    assert tree(page).xpath('//nav//a[@class="lacks"]')[0].get("href").endswith("/look")


def test_the_times_of_sending(site: Site, session: Session, newsroom: Newsroom) -> None:
    campaign = begin(site, session, "digest")
    assert press(site, campaign, "when", way="now").location.endswith("/send")
    told = press(site, campaign, "when", way="at", date="2025-01-22", time="10:30", do="look")
    assert "بعد ساعتين" in words(told) or "بعد ساعة" in words(told)
    asked = site.open(f"{at(campaign, 'when')}/ask?way=at&date=2025-01-23&time=07:30")
    assert asked.json is not None
    assert "غداً" in asked.json["words"]
    press(site, campaign, "when", way="at", date="2025-07-01", time="07:30")
    assert campaign.send_at == datetime(2025, 7, 1, 4, 30, tzinfo=UTC)
    assert site.open(at(campaign, "when")).status_code == 409
    site.press(site.open(f"/admin/campaigns/{campaign.id}"), "/unschedule")
    press(site, campaign, "when", way="morning", morning_date="2025-07-02", morning_time="06:45")
    assert (campaign.morning_day, campaign.morning_time) == (date(2025, 7, 2), time(6, 45))
    assert campaign.state is CampaignState.SCHEDULED
    done = select(AuditEvent.detail).where(AuditEvent.action == "campaign.schedule")
    assert "2025-07-02 06:45" in str(session.scalars(done).all())


def test_a_campaign_is_doubled(site: Site, session: Session, newsroom: Newsroom) -> None:
    article = newsroom.article("خبر", "economy")
    campaign = begin(site, session, "selection")
    press(site, campaign, "content", do=f"add:{article}")
    press(site, campaign, "look", subject="عدد الخميس")
    site.press(site.open(f"/admin/campaigns/{campaign.id}/cancel"), "/cancel")
    answer = site.press(site.open(f"/admin/campaigns/{campaign.id}"), "/duplicate")
    double = session.scalars(select(Campaign).where(Campaign.id != campaign.id)).one()
    assert answer.location.endswith(f"/{double.id}/content")
    assert (double.article_ids, double.subject) == ([article], "عدد الخميس")


def test_what_was_withdrawn_meanwhile_is_not_there(
    site: Site, session: Session, newsroom: Newsroom
) -> None:
    article = newsroom.article("خبر", "economy")
    campaign = begin(site, session, "selection")
    press(site, campaign, "content", do=f"add:{article}")
    session.get_one(Article, article).withdrawn_at = site.clock.now
    page = site.open(at(campaign, "content"))
    assert chosen(page) == offered(page) == []


def test_an_author_makes_and_an_editor_sends(desk: Desk, session: Session) -> None:
    author = desk(Role.AUTHOR)
    campaign = begin(author, session, "digest")
    assert press(author, campaign, "look").status_code == 302
    assert author.open(at(campaign, "when")).status_code == 403
    assert desk(Role.VIEWER).open(at(campaign, "content")).status_code == 403


def test_two_subjects_are_tried_and_decided_by_hand(
    desk: Desk,
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    newsroom: Newsroom,
    staff: dict[Role, Staff],
) -> None:
    site = desk(Role.EDITOR)
    article = newsroom.article("خبر", "economy")
    for number in range(20):
        newsroom.reader(f"r{number}")
    campaign = begin(site, session, "alert", f"{NEW}?kind=alert&article={article}")
    same = press(site, campaign, "look", subject="الأول", second_subject="الأول")
    assert same.status_code == 400
    assert "العنوان الثاني هو الأول نفسه." in words(same)
    lone = press(site, campaign, "look", second_subject="الثاني")
    assert "لتجربة عنوانين اكتب العنوان الأول أيضاً." in words(lone)
    press(site, campaign, "look", subject="الأول", second_subject="الثاني", share="20", hours="4")
    page = f"/admin/campaigns/{campaign.id}"
    assert "يُجرَّب العنوانان على ٢٠٪ من القرّاء" in words(site.open(at(campaign, "when")))
    refused = press(site, campaign, "when", way="morning", morning_date="2025-03-01")
    assert "لا يُجرَّب عنوانان" in words(refused)
    press(site, campaign, "audience", topics=[])
    request_send(session, now=site.clock.now, campaign_id=campaign.id)
    session.commit()
    prepare_campaign(sessions, settings, now=site.clock.now, campaign_id=campaign.id)
    session.expire_all()
    waiting = site.open(page)
    assert "يُحسم تلقائياً بعد ٤ ساعات" in words(waiting)
    assert site.press(waiting, "/subject", letter="b").status_code == 302
    test = session.get_one(SubjectTest, campaign.id)
    assert (test.winner, test.decided_by) == ("b", staff[Role.EDITOR].id)
    again = site.press(waiting, "/subject", letter="a")
    assert "محسوماً من قبل" in words(site.open(again.location))
    assert session.get_one(SubjectTest, campaign.id).winner == "b"
    assert "لسائر القرّاء" in words(site.open(page))
    assert site.press(waiting, "/subject", letter="c").status_code == 400


def test_a_run_that_waits_for_approval_is_edited_but_stays_its_schedules(
    site: Site, session: Session, newsroom: Newsroom
) -> None:
    campaign = begin(site, session, "digest")
    campaign.approval = Approval.WAITING
    session.flush()
    answer = press(site, campaign, "content", note="كلمة المحرر")
    assert answer.location.endswith("/look")
    assert campaign.note == "كلمة المحرر"
    assert press(site, campaign, "look", subject="عنوان").location.endswith("/preview")
    for step in ("kind", "audience", "when"):
        refused = site.open(at(campaign, step))
        assert refused.location.endswith(f"/campaigns/{campaign.id}")
    assert "هذه حملة من جدول" in words(site.open(refused.location))
