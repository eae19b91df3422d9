"""Schedules, sources, topics, articles and readers as the newsroom sees and changes them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignKind, CampaignState, SkipReason, UncertainPolicy
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.feeds import errors as feed_errors
from app.store.tables import Article, Campaign, Schedule, Source, Topic
from app.web.admin.words import FEED_ERRORS
from tests.usecases.newsroom import Newsroom
from tests.web.admin.conftest import Desk
from tests.web.articles import add_picture
from tests.web.site import Site, tree, words

NEW_SCHEDULE = "/admin/schedules/new"


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.EDITOR)


def set_up(site: Site, session: Session, **typed: object) -> Schedule:
    given = {"name": "نشرة الصباح", "cadence": "daily", "local_time": "07:00"}
    answer = site.press(site.open(NEW_SCHEDULE), NEW_SCHEDULE, **(given | typed))
    assert answer.status_code == 302, words(answer)
    return session.get_one(Schedule, int(answer.location.rpartition("/")[2]))


def test_a_schedule_shows_its_next_five_runs_in_its_own_zone(site: Site, session: Session) -> None:
    schedule = set_up(site, session, cadence="weekly", weekday="4", timezone="Africa/Cairo")
    assert (schedule.weekday, schedule.local_time) == (4, time(7, 0))
    assert schedule.next_at == datetime(2025, 1, 24, 5, 0, tzinfo=UTC)
    page = site.open(f"/admin/schedules/{schedule.id}")
    shown = [t.text for t in tree(page).xpath("//ol[@class='lines runs']//time")]
    assert shown[0] == "الجمعة ٢٤ يناير، الساعة ٠٧:٠٠"
    assert len(shown) == 5
    assert "كل الجمعة، الساعة ٠٧:٠٠" in words(site.open("/admin/schedules"))


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"timezone": "Asia/Atlantis"}, "لا توجد منطقة زمنية بهذا الاسم."),
        ({"days": []}, "اختر يوماً واحداً على الأقل."),
        ({"approval_lead": "7"}, "اختر واحداً من هذه."),
        ({"local_time": ""}, "اختر وقتاً، مثل 07:30."),
        ({"local_time": "7 o'clock"}, "اختر وقتاً، مثل 07:30."),
        ({"name": " "}, "أعطِ الجدول اسماً."),
        ({"name": ""}, "هذا الحقل مطلوب."),
        ({"min_articles": "0"}, "أقل عدد للمقالات بين ١ و٤٠."),
        ({"min_articles": "many"}, "اكتب عدداً صحيحاً."),
        ({"topics": ["gone"]}, "أحد هذه الأقسام لم يعد موجوداً."),
        ({"cadence": "hourly"}, "اختر واحداً من هذه."),
    ],
)
def test_a_schedule_that_cannot_be_says_why(
    site: Site, session: Session, typed: dict[str, object], complaint: str
) -> None:
    given = {"name": "نشرة", "cadence": "daily", "local_time": "07:00"}
    answer = site.press(site.open(NEW_SCHEDULE), NEW_SCHEDULE, **(given | typed))
    assert answer.status_code == 400
    assert complaint in words(answer)
    assert session.scalars(select(Schedule.id)).all() == []


def test_what_follows_the_news_needs_no_time(site: Site, session: Session) -> None:
    schedule = set_up(site, session, cadence="instant", local_time="")
    assert schedule.cadence is Cadence.INSTANT


def test_a_schedule_may_keep_its_editions_out_of_the_archive(site: Site, session: Session) -> None:
    assert set_up(site, session).public
    kept_out = set_up(site, session, public=[])
    assert not kept_out.public
    assert "محجوب عنه" in words(site.open(f"/admin/schedules/{kept_out.id}"))


def test_a_schedule_is_paused_continued_and_deleted(site: Site, session: Session) -> None:
    schedule = set_up(site, session)
    page = f"/admin/schedules/{schedule.id}"
    site.press(site.open(page), "/active")
    assert not schedule.active
    schedule.next_at = site.clock.now - timedelta(days=3)
    site.press(site.open(page), "/active")
    assert schedule.active
    assert schedule.next_at > site.clock.now
    asked = site.open(f"{page}/delete")
    assert "أتحذف هذا الجدول؟" in words(asked)
    assert site.press(asked, "/delete").location == "/admin/schedules"
    assert session.scalars(select(Schedule.id)).all() == []
    assert site.press(asked, "/delete").status_code == 404


def test_a_run_that_was_skipped_says_why(site: Site, session: Session) -> None:
    schedule = set_up(site, session)
    for days, reason in enumerate(SkipReason, 1):
        slot = site.clock.now - timedelta(days=days)
        session.add(
            Campaign(
                kind=CampaignKind.DIGEST,
                state=CampaignState.SKIPPED,
                policy=UncertainPolicy.RESEND,
                schedule_id=schedule.id,
                slot_at=slot,
                send_at=slot,
                created_at=slot,
                reason=reason,
            )
        )
    shown = words(site.open(f"/admin/schedules/{schedule.id}"))
    assert "لا جديد منذ العدد الأخير" in shown
    assert "لا قارئ نشطاً اختار" in shown
    assert "أقل مما يطلبه الجدول" in shown


def test_a_source_is_added_fetched_and_paused(
    site: Site, session: Session, topics: list[Topic], redis_url: str
) -> None:
    page = site.open("/admin/sources")
    typed = {"url": "https://feed.example/rss", "topic": "economy"}
    assert site.press(page, "/sources/new", **typed).status_code == 302
    source = session.scalars(select(Source)).one()
    assert (source.topic.slug, source.next_poll_at) == ("economy", site.clock.now)
    source.next_poll_at = site.clock.now + timedelta(hours=1)
    assert site.press(site.open("/admin/sources"), "/fetch").status_code == 302
    assert source.next_poll_at == site.clock.now
    with Redis.from_url(redis_url) as redis:
        assert redis.llen("content") == 2
    site.press(site.open("/admin/sources"), "/active")
    assert not source.active
    again = site.press(site.open("/admin/sources"), "/sources/new", **typed)
    assert again.status_code == 400
    assert "هذه الخلاصة مصدر مضاف من قبل." in words(again)


def test_a_source_tells_which_of_its_entries_lack_something(
    site: Site, session: Session, topics: list[Topic]
) -> None:
    site.press(
        site.open("/admin/sources"), "/sources/new", url="https://feed.example/", topic="economy"
    )
    source = session.scalars(select(Source)).one()
    source.problems = [
        {"code": "no_date", "title": "خبر بلا تاريخ"},
        {"code": "no_text", "title": ""},
    ]
    session.commit()
    shown = words(site.open("/admin/sources"))
    assert "مدخلان ينقصهما شيء" in shown
    assert "خبر بلا تاريخ: لا تاريخ له، فعُدّ منشوراً لحظة وصوله" in shown
    assert "(بلا عنوان): لا عنوان له ولا نص، فأُهمل" in shown


@pytest.mark.parametrize("url", ["ftp://feed.example/", "feed", "https://a:b@feed.example/"])
def test_what_is_no_address_is_no_source(
    site: Site, session: Session, topics: list[Topic], url: str
) -> None:
    page = site.open("/admin/sources")
    answer = site.press(page, "/sources/new", url=url, topic="economy")
    assert answer.status_code == 400
    assert "هذا ليس عنوان ويب." in words(answer)
    assert session.scalars(select(Source.id)).all() == []


def test_every_way_a_feed_can_fail_has_its_words(
    site: Site, session: Session, newsroom: Newsroom
) -> None:
    kinds = [kind for kind in vars(feed_errors).values() if isinstance(kind, type)]
    codes = {k.code for k in kinds if issubclass(k, feed_errors.FeedError)} - {"failed"}
    assert codes <= set(FEED_ERRORS)
    newsroom.source.error_code, newsroom.source.error_detail = "timeout", "no answer in 20 s"
    newsroom.source.failures = 3
    shown = words(site.open("/admin/sources"))
    assert "تأخر الخادم في الجواب." in shown
    assert "no answer in 20 s" in shown
    assert "٣ مرات متتالية" in shown
    assert "لا مصدر يعمل، فلا ترد مقالات." in words(site.open("/admin/"))


def test_a_topic_is_added_once(site: Site, session: Session, topics: list[Topic]) -> None:
    typed = {"name_ar": "علوم", "name_en": "Science", "slug": "science"}
    page = site.open("/admin/topics")
    assert site.press(page, "/topics/new", **typed).status_code == 302
    made = session.scalars(select(Topic).where(Topic.slug == "science")).one()
    assert (made.bit, made.position) == (2, 2)
    again = site.press(page, "/topics/new", **typed)
    assert again.status_code == 400
    assert "يوجد قسم بهذا الاسم المختصر." in words(again)
    odd = site.press(page, "/topics/new", **(typed | {"slug": "علوم"}))
    assert "أحرف لاتينية صغيرة" in words(odd)


def test_articles_are_found_by_words_and_topic(site: Site, newsroom: Newsroom) -> None:
    newsroom.article("سوق الذهب", "economy")
    newsroom.article("سوق الانتقالات", "sport")

    def found(**query: str) -> list[str]:
        parts = "&".join(f"{name}={value}" for name, value in query.items())
        rows = tree(site.open(f"/admin/articles?{parts}")).xpath("//tbody/tr/th/a")
        return sorted(row.text_content() for row in rows)

    assert found(q="سوق") == ["سوق الانتقالات", "سوق الذهب"]
    assert found(q="سوق", topic=newsroom.slugs("sport")[0]) == ["سوق الانتقالات"]
    assert found(q="%") == []


def test_an_article_is_shown_as_it_came_in_with_all_its_parts(
    site: Site, session: Session, newsroom: Newsroom
) -> None:
    article = session.get_one(Article, newsroom.article("العنوان", "economy"))
    parts = {
        "kicker": "تقرير",
        "standfirst": "المقدمة",
        "body_html": "<p>المتن <strong>كما ورد</strong></p>",
        "image_url": "https://levant.example/a.jpg",
        "image_alt": "وصف الصورة",
        "image_caption": "تعليق الصورة",
        "byline": "ليفانت-وكالات",
    }
    for name, value in parts.items():
        setattr(article, name, value)
    article.related = [{"title": "مقال سابق", "url": "https://levant.example/b"}]
    add_picture(session, article.image_url, site.clock.now)
    page = site.open(f"/admin/articles/{article.id}")
    for name in ("kicker", "standfirst", "image_caption", "byline"):
        assert parts[name] in words(page)
    assert "<strong>كما ورد</strong>" in page.text
    assert "اقرأ أيضاً: مقال سابق" in words(page)
    assert 'alt="وصف الصورة"' in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_first_day_of_a_newsroom_says_what_to_do(desk: Desk) -> None:
    site = desk(Role.OWNER)
    assert "لم يرد أي مقال بعد. أضف مصدراً" in words(site.open("/admin/"))
    for name in ("campaigns", "schedules", "articles"):
        page = site.open(f"/admin/{name}")
        assert tree(page).xpath("//div[@class='empty']//a"), name
