"""A reader's page, adding one by hand, and the suppression list, as the newsroom uses them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.domain.delivery import DeliveryState
from app.domain.staff import Role
from app.domain.subscription import Cadence, ConsentKind, SubscriberState
from app.store.tables import (
    AuditEvent,
    Campaign,
    ConsentEvent,
    Delivery,
    Notice,
    Subscriber,
    Suppression,
    Topic,
)
from tests.usecases.readers import add_reader
from tests.web.admin.conftest import Desk
from tests.web.site import Site, tree, words

LIST = "/admin/suppressions"


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.EDITOR)


def deeds(session: Session) -> list[str]:
    wanted = select(AuditEvent.action).where(~AuditEvent.action.like("staff.%"))
    return list(session.scalars(wanted.order_by(AuditEvent.id)))


def add_mails(session: Session, site: Site, reader: Subscriber, count: int) -> None:
    for number in range(count):
        when = site.clock.now - timedelta(days=count - number)
        campaign = Campaign(
            kind=CampaignKind.ANNOUNCEMENT,
            state=CampaignState.FINISHED,
            subject=f"رسالة {number}",
            policy=UncertainPolicy.RESEND,
            created_at=when,
            prepared_at=when,
            finished_at=when,
        )
        session.add(campaign)
        session.flush()
        refused = number == count - 1
        session.add(
            Delivery(
                campaign_id=campaign.id,
                ordinal=1,
                subscriber_id=reader.id,
                state=DeliveryState.FAILED if refused else DeliveryState.SENT,
                reply="550 5.1.1 no such mailbox" if refused else None,
                at=when,
            )
        )
    session.flush()


def test_a_reader_s_page_shows_what_they_got_and_agreed_to(site: Site, session: Session) -> None:
    now = site.clock.now
    layla = add_reader(
        session,
        now,
        "Layla@Example.org",
        cadence=Cadence.WEEKLY,
        name="ليلى",
        paused_until=now + timedelta(days=3),
    )
    add_mails(session, site, layla, 16)
    session.add(
        ConsentEvent(
            subscriber_id=layla.id,
            kind=ConsentKind.CONFIRMED,
            at=now,
            wording="أوافق على تلقي النشرة",
            cadence=Cadence.WEEKLY,
            topic_mask=0,
        )
    )
    page = site.open(f"/admin/readers/{layla.id}")
    shown = words(page)
    for expected in ("أكّد بالبريد", "أوافق على تلقي النشرة", "أسبوعياً", "ليلى", "550 5.1.1"):
        assert expected in shown
    assert "رسالة 15" in shown
    assert "رسالة 0" not in shown
    (older,) = tree(page).xpath("//a[@rel='next']")
    assert "رسالة 0" in words(site.open(older.get("href")))


def test_an_editor_changes_what_a_reader_asked_for(
    site: Site, session: Session, topics: list[Topic]
) -> None:
    reader = add_reader(session, site.clock.now)
    path = f"/admin/readers/{reader.id}"
    site.press(site.open(path), path, name="سامر", topics=["economy"], cadence="weekly")
    assert (reader.name, reader.topic_mask, reader.cadence) == ("سامر", 0b10, Cadence.WEEKLY)
    assert deeds(session) == ["reader.change"]
    refused = site.press(site.open(path), path, topics=["gone"], name="آخر")
    assert refused.status_code == 400
    assert "أحد هذه الأقسام لم يعد موجوداً." in words(refused)
    assert reader.name == "سامر"


def test_an_editor_pauses_the_mails_and_lets_them_come_again(site: Site, session: Session) -> None:
    reader = add_reader(session, site.clock.now)
    path = f"/admin/readers/{reader.id}"
    site.press(site.open(path), f"{path}/pause", weeks="2")
    assert reader.paused_until == site.clock.now + timedelta(weeks=2)
    paused = site.open(path)
    assert "بيد الفريق: إيقاف لأسبوعين" in words(paused)
    site.press(paused, f"{path}/pause")
    assert reader.paused_until is None
    assert "بيد الفريق: انتهى الإيقاف" in words(site.open(path))
    assert deeds(session) == ["reader.pause", "reader.pause"]
    assert site.press(paused, f"{path}/pause", weeks="3").status_code == 400
    reader.state = SubscriberState.UNSUBSCRIBED
    site.press(paused, f"{path}/pause", weeks="1")
    assert "ألغى هذا القارئ اشتراكه" in words(site.open(path))
    assert reader.paused_until is None


@pytest.mark.parametrize(
    ("place", "words_of_it"),
    [
        ("form on https://levant.example", "النموذج في \u2068https://levant.example\u2069"),
        ("preferences page, paused for 4 weeks", "صفحة القارئ الخاصة: إيقاف لمدة ٤ أسابيع"),
        ("bounced", "الصندوق"),
        ("a place of later times", "a place of later times"),
    ],
)
def test_the_history_says_in_words_where_it_was(
    site: Site, session: Session, place: str, words_of_it: str
) -> None:
    reader = add_reader(session, site.clock.now)
    session.add(
        ConsentEvent(
            subscriber_id=reader.id,
            kind=ConsentKind.CHANGED,
            at=site.clock.now,
            place=place,
            cadence=Cadence.DAILY,
            topic_mask=0,
        )
    )
    assert words_of_it in words(site.open(f"/admin/readers/{reader.id}"))


def test_unsubscribing_asks_first_and_can_only_be_taken_back_by_the_reader(
    site: Site, session: Session
) -> None:
    reader = add_reader(session, site.clock.now)
    sure = f"/admin/readers/{reader.id}/unsubscribe"
    asked = site.open(sure)
    assert "لا يمكنك إعادته" in words(asked)
    site.press(asked, sure)
    assert reader.state is SubscriberState.UNSUBSCRIBED
    page = site.open(f"/admin/readers/{reader.id}")
    (again,) = tree(page).xpath("//a[contains(@href, '/readers/new')]")
    form = tree(site.open(again.get("href"))).xpath("//input[@name='email']")[0]
    assert form.get("value") == reader.email


def test_erasing_names_what_goes_and_keeps_no_address(site: Site, session: Session) -> None:
    reader = add_reader(session, site.clock.now, "gone@example.org")
    number, path = reader.id, f"/admin/readers/{reader.id}/erase"
    asked = site.open(path)
    assert "يُمحى ما يلي نهائياً" in words(asked)
    assert "يبقى في السجل رقمه بلا عنوان" in words(asked)
    assert session.get(Subscriber, number) is not None
    site.press(asked, path)
    assert session.get(Subscriber, number) is None
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "reader.erase")).one()
    assert (event.object_id, event.detail) == (number, {"keep_out": True})
    assert "ليس في القائمة" not in words(site.open(f"{LIST}?address=gone@example.org"))


def test_a_reader_added_by_hand_is_sent_the_confirmation(
    site: Site, session: Session, topics: list[Topic]
) -> None:
    path = "/admin/readers/new"
    answer = site.press(
        site.open(path), path, email=" New@Example.org", topics=["economy"], cadence="weekly"
    )
    assert answer.status_code == 302
    assert "الرسالة في طريقها إلى New@example.org" in words(site.open(answer.location))
    notice = session.scalars(select(Notice)).one()
    assert notice.email == "New@example.org"
    assert deeds(session) == ["reader.invite"]


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"email": ""}, "اكتب عنواناً."),
        ({"email": "nobody"}, "هذا ليس عنوان بريد كاملاً."),
        ({"email": "known@example.org"}, "هذا العنوان مشترك من قبل."),
        ({"email": "a@example.org", "topics": ["gone"]}, "أحد هذه الأقسام لم يعد موجوداً."),
        ({"email": "a@example.org", "cadence": "hourly"}, "اختر واحداً من هذه."),
    ],
)
def test_what_cannot_be_added_stays_in_the_form(
    site: Site, session: Session, typed: dict[str, object], complaint: str
) -> None:
    add_reader(session, site.clock.now, "known@example.org")
    path = "/admin/readers/new"
    page = site.press(site.open(path), path, **typed)
    assert page.status_code == 400
    assert complaint in words(page)
    assert tree(page).xpath("//input[@name='email']")[0].get("value") == typed["email"]
    assert session.scalars(select(Notice)).all() == []


def test_the_suppression_list_is_searched_added_to_and_taken_from(
    site: Site, session: Session
) -> None:
    reader = add_reader(session, site.clock.now, "reader@example.org")
    assert "القائمة فارغة" in words(site.open(LIST))
    typed = {"email": "Reader@Example.org", "note": "طلب ذلك بالهاتف"}
    answer = site.press(site.open(LIST), LIST, **typed)
    assert answer.status_code == 302
    assert reader.state is SubscriberState.SUPPRESSED
    page = words(site.open(LIST))
    assert "طلب ذلك بالهاتف" in page
    assert "reader@example.org" not in page
    again = site.press(site.open(LIST), LIST, **typed)
    assert "هذا العنوان في القائمة من قبل." in words(again)
    found = site.open(f"{LIST}?address=reader@example.org")
    refused = site.press(found, f"{LIST}/lift", note=" ")
    assert "اذكر سبب رفعه من القائمة." in words(refused)
    site.press(found, f"{LIST}/lift", note="عاد فطلب")
    assert session.scalars(select(Suppression)).all() == []
    assert reader.state is SubscriberState.UNSUBSCRIBED
    assert deeds(session) == ["suppression.add", "suppression.lift"]


def test_the_suppression_list_has_pages(site: Site, session: Session) -> None:
    session.add_all(
        Suppression(address_hmac=bytes([number]) * 32, reason="bounced", at=site.clock.now)
        for number in range(30)
    )
    page = site.open(LIST)
    assert "٣٠ عنواناً" in words(page)
    (older,) = tree(page).xpath("//a[@rel='next']")
    shown = tree(page).xpath("//tbody//code/text()")
    rest = tree(site.open(older.get("href"))).xpath("//tbody//code/text()")
    assert len(set(shown) | set(rest)) == 30
    assert site.open(f"{LIST}?older=nonsense").status_code == 200
    assert site.open(f"{LIST}?address=nonsense").status_code == 400
