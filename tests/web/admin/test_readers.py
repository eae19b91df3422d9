"""The list of readers: found by a filter, paged, counted, and its filters kept as segments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.segment import Engagement, Match, Segment
from app.domain.staff import Role
from app.domain.subscription import Cadence, SubscriberState
from app.store.tables import AuditEvent, SavedSegment, Topic
from app.usecases import find_readers
from app.usecases.manage_schedules import Plan, create_schedule
from app.usecases.manage_segments import list_segments, save_segment
from app.web.admin.forms.segment import FilterForm, args_of
from tests.usecases.readers import add_reader
from tests.web.admin.conftest import Desk
from tests.web.site import Site, tree, words


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.EDITOR)


def listed(page: TestResponse) -> list[str]:
    return [row.text_content() for row in tree(page).xpath("//tbody/tr/th/a")]


def add(session: Session, site: Site, name: str, **values: Any) -> int:
    return add_reader(session, site.clock.now, f"{name}@example.org", **values).id


def test_readers_are_found_by_the_beginning_of_an_address_or_its_domain(
    site: Site, session: Session
) -> None:
    add(session, site, "Layla", cadence=Cadence.WEEKLY)
    add(session, site, "samer", state=SubscriberState.UNSUBSCRIBED)
    add_reader(session, site.clock.now, "layan@mail.example")

    def found(query: str) -> list[str]:
        return listed(site.open(f"/admin/readers?{query}"))

    assert found("") == ["layan@mail.example", "samer@example.org", "Layla@example.org"]
    assert found("q=LAY") == ["layan@mail.example", "Layla@example.org"]
    assert found("q=@Example.org") == ["samer@example.org", "Layla@example.org"]
    assert found("state=unsubscribed") == ["samer@example.org"]
    assert found("pace=weekly&domain=example.org,%20mail.example") == ["Layla@example.org"]
    assert found("q=_") == []
    assert "لا قارئ يطابق" in words(site.open("/admin/readers?q=zz"))


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("q=@example", "اكتب نطاقاً كاملاً"),
        ("domain=no%20domain", "اكتب نطاقاً كاملاً"),
        ("topic=gone", "أحد هذه الأقسام لم يعد موجوداً."),
        ("joined_from=2025-02-01&joined_to=2025-01-01", "هذا اليوم قبل الأول."),
        ("joined_from=soon", "اختر يوماً"),
        ("engagement=unserved&days=0", "اكتب عدد أيام"),
        ("state=asleep", "اختر"),
        ("joined_to=9999-12-31", "هذا اليوم لا يمكن أن يكون صحيحاً."),
        ("zone=%00", "لا خيار كهذا."),
        ("q=a%00", "لا يبدأ أي عنوان بهذا."),
        ("engagement=loved", "اختر واحداً من هذه."),
    ],
)
def test_a_filter_that_cannot_be_says_why_and_lists_nobody(
    site: Site, session: Session, query: str, complaint: str
) -> None:
    add(session, site, "reader")
    page = site.open(f"/admin/readers?{query}")
    assert page.status_code == 400
    assert complaint in words(page)
    assert listed(page) == []


def test_a_long_list_has_pages_both_ways_that_keep_the_search(site: Site, session: Session) -> None:
    for n in range(60):  # all joined at one moment
        add(session, site, f"r{n:02}")
    pages = [site.open("/admin/readers?q=r")]
    while older := tree(pages[-1]).xpath("//a[@rel='next']"):
        assert parse_qs(urlsplit(older[0].get("href")).query)["q"] == ["r"]
        pages.append(site.open(older[0].get("href")))
    assert [len(listed(page)) for page in pages] == [25, 25, 10]
    everybody = [one for page in pages for one in listed(page)]
    assert everybody == [f"r{n:02}@example.org" for n in reversed(range(60))]
    back = site.open(tree(pages[2]).xpath("//a[@rel='prev']")[0].get("href"))
    assert listed(back) == listed(pages[1])
    assert "٦٠ قارئاً" in words(pages[0])
    assert len(listed(site.open("/admin/readers?older=nonsense.0"))) == 25


def test_counts_follow_whatever_happens_to_readers(site: Site, session: Session) -> None:
    first = add(session, site, "first")
    add(session, site, "second", state=SubscriberState.UNSUBSCRIBED)
    session.execute(
        text("update subscriber set state = 'suppressed' where id = :id"), {"id": first}
    )

    def counts() -> list[str]:
        tabs = tree(site.open("/admin/readers")).xpath("//nav[contains(@class, 'states')]//small")
        return [tab.text for tab in tabs]

    assert counts() == ["٢", "٠", "١", "١"]
    session.execute(text("delete from subscriber where id = :id"), {"id": first})
    assert counts() == ["١", "٠", "١", "٠"]


def test_what_would_take_too_long_is_looked_for_on_request(
    site: Site, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(session, site, "reader")
    monkeypatch.setattr(
        find_readers,
        "condition",
        lambda *_, **__: ("(select true from pg_sleep(0.3))", {}),
    )
    page = site.open("/admin/readers?q=reader")
    assert "يستغرق هذا لحظات" in words(page)
    (link,) = tree(page).xpath("//div[@data-later]/a")
    assert listed(site.open(link.get("href"))) == ["reader@example.org"]


def test_the_exact_count_is_told_to_scripts(site: Site, session: Session) -> None:
    add(session, site, "one")
    add(session, site, "two", paused_until=site.clock.now + timedelta(days=1))
    told = site.open("/admin/readers/count?pace=daily").get_json()
    assert (told["readers"], told["sendable"], told["words"]) == (2, 1, "٢")
    refused = site.open("/admin/readers/count?q=@nowhere")
    assert refused.status_code == 400
    assert refused.get_json()["errors"]


def test_a_segment_goes_through_an_address_and_comes_back(site: Site, topics: list[Topic]) -> None:
    segment = Segment(
        topics=0b11,
        match=Match.ALL,
        cadences=(Cadence.WEEKLY,),
        states=(SubscriberState.ACTIVE,),
        joined_from=site.clock.now.date(),
        zones=("", "Asia/Beirut"),
        domains=("example.org",),
        languages=("en",),
        engagement=Engagement.UNSERVED,
        engaged_days=7,
        address="reader",
    )
    app = site.client.application
    with app.test_request_context("/admin/readers", query_string=args_of(segment, topics)):
        from flask import request

        form = FilterForm(request.args)
        form.offer(topics, ["Asia/Beirut"], "ar")
        assert form.segment(topics) == segment


def keep(site: Site, query: str, name: str) -> TestResponse:
    return site.press(site.open(f"/admin/readers?{query}"), "/admin/segments", name=name)


def test_a_filter_is_kept_as_a_segment_and_used_again(
    site: Site, session: Session, topics: list[Topic]
) -> None:
    add(session, site, "weekly", cadence=Cadence.WEEKLY, topic_mask=1)
    add(session, site, "daily", topic_mask=1)
    answer = keep(site, "topic=politics&pace=weekly", "  أسبوعيو   السياسة ")
    assert answer.status_code == 302
    page = site.open(answer.location)
    assert listed(page) == ["weekly@example.org"]
    assert "أسبوعيو السياسة" in words(page)
    (saved,) = list_segments(session)
    assert saved.filter == {"topics": 1, "cadences": ["weekly"]}
    kept = words(site.open("/admin/segments"))
    assert "يتابعون سياسة · الوتيرة: أسبوعياً" in kept


@pytest.mark.parametrize(
    ("name", "complaint"),
    [(" ", "أعطِ الشريحة اسماً."), ("ا" * 81, "هذا الاسم أطول"), ("قديمة", "بهذا الاسم")],
)
def test_a_segment_that_cannot_be_kept_says_why(
    site: Site, session: Session, name: str, complaint: str
) -> None:
    save_segment(
        session, now=site.clock.now, name="قديمة", segment=Segment(cadences=(Cadence.DAILY,))
    )
    page = keep(site, "pace=weekly", name)
    assert page.status_code == 400
    assert complaint in words(page)
    assert tree(page).xpath("//input[@id='segment-name']")[0].get("value") == name


def test_a_segment_is_renamed(site: Site, session: Session) -> None:
    weekly, daily = (
        save_segment(session, now=site.clock.now, name=name, segment=Segment(cadences=(cadence,)))
        for name, cadence in (("قديمة", Cadence.WEEKLY), ("أخرى", Cadence.DAILY))
    )
    path = f"/admin/segments/{weekly.id}/rename"
    refused = site.press(site.open(path), path, name=" أخرى ")
    assert refused.status_code == 400
    assert "بهذا الاسم" in words(refused)
    assert tree(refused).xpath("//input[@id='segment-name']")[0].get("value") == " أخرى "
    site.press(refused, path, name="\u202eجديدة ")
    assert "صار اسم الشريحة «جديدة»." in words(site.open("/admin/segments"))
    assert [one.name for one in list_segments(session)] == ["أخرى", "جديدة"]
    assert weekly.filter == {"cadences": ["weekly"]}
    (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "segment.rename"))
    assert event.detail == {"was": "قديمة", "name": "جديدة"}
    assert daily.name == "أخرى"


def test_a_segment_gets_another_filter_and_is_deleted_unless_a_schedule_needs_it(
    site: Site, session: Session
) -> None:
    kept = save_segment(
        session, now=site.clock.now, name="قراء", segment=Segment(cadences=(Cadence.DAILY,))
    )
    page = site.open("/admin/readers?pace=weekly")
    site.press(page, "/admin/segments/filter", segment=str(kept.id))
    assert session.get_one(SavedSegment, kept.id).filter == {"cadences": ["weekly"]}
    sure = f"/admin/segments/{kept.id}/delete"
    asked = site.open(sure)
    assert "لا يُلغى اشتراك أي قارئ" in words(asked)
    schedule = create_schedule(
        session,
        now=site.clock.now,
        plan=Plan(
            name="نشرة الصباح",
            cadence=Cadence.DAILY,
            weekday=None,
            local_time=site.clock.now.time(),
            timezone="UTC",
            segment_id=kept.id,
        ),
    )
    site.press(asked, sure)
    assert "نشرة الصباح" in words(site.open("/admin/segments"))
    told = site.open(sure)
    assert "ما دامت هذه الجداول ترسل إليها: نشرة الصباح" in words(told)
    assert [form.get("action") for form in tree(told).forms if form.get("action") == sure] == []
    schedule = session.get_one(type(schedule), schedule.id)
    schedule.segment_id = None
    site.press(site.open(sure), sure)
    assert list_segments(session) == []
