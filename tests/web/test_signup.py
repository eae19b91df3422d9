"""Signing up in front of the site: one answer for everybody, and forms that lose nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import queue
from app.config import Settings
from app.domain.notice import NoticeKind, NoticeState
from app.domain.subscription import Cadence, SubscriberState
from app.store.tables import Notice, Signup
from app.web.public.limits import BY_NETWORK_HOUR
from tests.usecases.readers import add_reader
from tests.web.site import Site, form_of, tree, words

pytestmark = pytest.mark.usefixtures("topics")


def signups(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Signup)) or 0


def newest(session: Session) -> Signup:
    return session.scalars(select(Signup).order_by(Signup.id.desc()).limit(1)).one()


@pytest.mark.parametrize(
    ("told", "kept"),
    [("Asia/Dubai", "Asia/Dubai"), ("", ""), ("../etc/passwd", ""), ("x" * 99, "")],
)
def test_the_browser_tells_its_time_zone(
    site: Site, session: Session, told: str, kept: str
) -> None:
    answer = site.press(site.open("/"), "/subscribe", email="zone@example.org", zone=told)
    assert answer.status_code == 303
    assert newest(session).timezone == kept


def test_the_box_on_the_front_page_signs_up(
    site: Site, session: Session, settings: Settings
) -> None:
    answer = site.press(
        site.open("/"),
        "/subscribe",
        email=" Layla@Example.org ",
        topics=["economy"],
        cadence="weekly",
    )
    assert (answer.status_code, answer.location) == (303, "/subscribed")
    signup = newest(session)
    assert (signup.email, signup.cadence, signup.topic_mask) == (
        "Layla@example.org",
        Cadence.WEEKLY,
        0b10,
    )
    assert signup.language == "ar"
    assert "ليفانت" in signup.wording
    assert signup.wording_version == "1-ar"
    notice = session.scalars(select(Notice)).one()
    assert (notice.kind, notice.state, notice.signup_id) == (
        NoticeKind.CONFIRM,
        NoticeState.PENDING,
        signup.id,
    )
    assert queue.length(settings.redis_url, queue.TRANSACTIONAL) == 1
    page = site.open("/subscribed")
    assert "تحقّق من بريدك" in words(page)


def test_no_topic_is_every_topic_and_daily_is_the_default(site: Site, session: Session) -> None:
    site.sign_up("a@example.org")
    assert (newest(session).topic_mask, newest(session).cadence) == (0, Cadence.DAILY)


def test_the_answer_never_tells_whether_an_address_is_known(
    site: Site, session: Session, settings: Settings
) -> None:
    add_reader(session, site.clock.now, "active@example.org")
    for state in (SubscriberState.UNSUBSCRIBED, SubscriberState.SUPPRESSED):
        add_reader(session, site.clock.now, f"{state}@example.org", state)
    answers = set()
    for email in (
        "new@example.org",
        "new@example.org",  # once more within a quarter of an hour
        "active@example.org",
        "unsubscribed@example.org",
        "suppressed@example.org",
    ):
        before = signups(session), queue.length(settings.redis_url, queue.TRANSACTIONAL)
        answer = site.sign_up(email)
        headers = {name: value for name, value in answer.headers if name != "Date"}
        answers.add((answer.status_code, answer.data, tuple(sorted(headers.items()))))
        after = signups(session), queue.length(settings.redis_url, queue.TRANSACTIONAL)
        assert after == (before[0] + 1, (before[1] or 0) + 1)
    assert len(answers) == 1
    waiting = session.scalar(
        select(func.count()).select_from(Notice).where(Notice.state == NoticeState.PENDING)
    )
    assert waiting == 3


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("", "اكتب عنوان بريدك"),
        ("layla", "ليس عنوان بريد إلكتروني كاملاً"),
        ("layla@localhost", "ليس عنوان بريد إلكتروني كاملاً"),
        ("a@b@example.org", "ليس عنوان بريد إلكتروني كاملاً"),
        ("x" * 300 + "@example.org", "أطول مما"),
        ("x" * 65 + "@example.org", "أطول مما"),
        ("layla@example.org\u202e", "محارف خفية"),
        ("layla@example.org\r\nBcc: b@example.org", "محارف خفية"),
        ("layla\x00@example.org", "محارف خفية"),
    ],
)
def test_a_bad_address_is_named_in_the_form_and_nothing_typed_is_lost(
    site: Site, session: Session, email: str, said: str
) -> None:
    page = site.sign_up(email, topics=["politics"], cadence="instant")
    assert page.status_code == 422
    (field,) = tree(page).xpath("//input[@name='email']")
    assert field.get("aria-invalid") == "true"
    (error,) = tree(page).xpath(f"//*[@id='{field.get('aria-describedby')}']")
    assert said in error.text_content()
    if email.isprintable():
        assert field.get("value") == email
    assert tree(page).xpath("//input[@name='topics'][@checked]/@value") == ["politics"]
    assert tree(page).xpath("//input[@name='cadence'][@checked]/@value") == ["instant"]
    assert signups(session) == 0
    assert site.press(page, "/subscribe", email="right@example.org").status_code == 303


def test_an_internationalised_address_is_welcome(site: Site, session: Session) -> None:
    assert site.sign_up("ليلى@مثال.إختبار").status_code == 303
    assert newest(session).email == "ليلى@xn--mgbh0fb.xn--kgbechtv"


def test_a_topic_or_pace_that_does_not_exist_is_refused_in_the_form(
    site: Site, session: Session
) -> None:
    page = site.sign_up("a@example.org", topics=["politics", "gardening"], cadence="hourly")
    assert page.status_code == 422
    assert "أحد هذه الأقسام" in words(page)
    assert "اختر الوتيرة التي تصلك" in words(page)
    assert tree(page).xpath("//input[@name='email']/@value") == ["a@example.org"]
    assert tree(page).xpath("//input[@name='topics'][@checked]/@value") == ["politics"]
    assert signups(session) == 0


def test_errors_come_in_english_to_who_reads_english(site: Site) -> None:
    page = site.press(site.open("/subscribe?lang=en"), "/subscribe", email="layla")
    assert "This is not a complete e-mail address." in words(page)
    assert tree(page).get("dir") == "ltr"


def test_a_form_that_comes_back_at_once_needs_one_more_press(site: Site, session: Session) -> None:
    page = site.press(site.open("/"), "/subscribe", seconds=1, email="fast@example.org")
    assert page.status_code == 422
    assert "سريعاً جداً" in tree(page).xpath("//*[@role='alert']")[0].text_content()
    assert tree(page).xpath("//input[@name='email']/@value") == ["fast@example.org"]
    assert signups(session) == 0
    assert site.press(page, "/subscribe", seconds=1).status_code == 303


@pytest.mark.parametrize("stamp", ["", "MTczNzUyNzQwMA.forged", "x" * 5_000, "\u0663"])
def test_a_missing_or_forged_stamp_needs_one_more_press(
    site: Site, session: Session, stamp: str
) -> None:
    page = site.sign_up("a@example.org", stamp=stamp)
    assert page.status_code == 422
    assert signups(session) == 0
    assert site.press(page, "/subscribe").status_code == 303


def test_the_trap_stops_programs_and_a_browser_that_filled_it_may_press_again(
    site: Site, session: Session
) -> None:
    page = site.sign_up("a@example.org", website="https://spam.example")
    assert page.status_code == 422
    assert signups(session) == 0
    (trap,) = tree(page).xpath("//input[@name='website']")
    assert (trap.get("value"), trap.get("tabindex"), trap.get("autocomplete")) == ("", "-1", "off")
    assert site.press(page, "/subscribe").status_code == 303


def test_an_expired_form_keeps_what_was_typed_and_goes_through_the_second_time(
    site: Site, session: Session
) -> None:
    page = site.sign_up(
        "late@example.org", topics=["economy"], cadence="weekly", csrf_token="from yesterday"
    )
    assert page.status_code == 400
    assert "مدة طويلة" in tree(page).xpath("//*[@role='alert']")[0].text_content()
    assert tree(page).xpath("//input[@name='email']/@value") == ["late@example.org"]
    assert signups(session) == 0
    assert site.press(page, "/subscribe").status_code == 303
    assert (newest(session).topic_mask, newest(session).cadence) == (0b10, Cadence.WEEKLY)


def test_without_any_token_nothing_happens(site: Site, session: Session) -> None:
    answer = site.post("/subscribe", {"email": "a@example.org", "cadence": "daily"})
    assert answer.status_code == 400
    assert signups(session) == 0


def test_one_network_cannot_sign_up_without_end(site: Site, session: Session) -> None:
    page = site.open("/subscribe")
    codes = []
    for number in range(BY_NETWORK_HOUR.amount + 2):
        values = dict(form_of(page, "/subscribe").form_values())
        values["email"] = f"reader{number}@example.org"
        site.clock.advance(seconds=3)
        address = f"2001:db8:1:2::{number:x}"
        codes.append(site.post("/subscribe", values, environ_overrides={"REMOTE_ADDR": address}))
    assert {answer.status_code for answer in codes[: BY_NETWORK_HOUR.amount]} == {303}
    refused = codes[-1]
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert tree(refused).xpath("//input[@name='email']/@value")[0].startswith("reader")
    assert signups(session) == BY_NETWORK_HOUR.amount
    # Another /64 is another network.
    values["email"] = "elsewhere@example.org"
    elsewhere = {"REMOTE_ADDR": "2001:db8:1:3::1"}
    answer = site.post("/subscribe", values, environ_overrides=elsewhere)
    assert answer.status_code == 303


def test_the_ip_and_the_agent_are_noted(site: Site, session: Session) -> None:
    page = site.open("/subscribe")
    values = dict(form_of(page, "/subscribe").form_values()) | {"email": "a@example.org"}
    site.clock.advance(seconds=9)
    site.post(
        "/subscribe",
        values,
        environ_overrides={"REMOTE_ADDR": "192.0.2.9"},
        headers={"User-Agent": "B" * 900},
    )
    assert str(newest(session).ip) == "192.0.2.9"
    assert newest(session).user_agent == "B" * 300
    assert newest(session).asked_at == site.clock.now


def test_the_page_after_it_leads_to_the_mailbox_only_where_there_is_one(site: Site) -> None:
    assert not re.search("/mailbox", site.open("/subscribed").get_data(as_text=True))


def test_the_wait_for_one_address_ends(site: Site, session: Session) -> None:
    for span in (timedelta(0), timedelta(minutes=20)):
        site.clock.now += span
        site.sign_up("again@example.org")
    states = session.scalars(select(Notice.state)).all()
    assert states == [NoticeState.PENDING, NoticeState.PENDING]
