"""Many readers changed at once, from the list to the page of the job."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.config import Settings
from app.domain.staff import Role
from app.domain.subscription import Cadence, SubscriberState
from app.links import Links
from app.store.tables import AuditEvent, Job, Subscriber, Topic
from app.usecases.run_job import run_job
from tests.usecases.readers import add_reader
from tests.web.admin.conftest import Desk
from tests.web.site import Site, tree, words

CHANGE = "/admin/readers/change"


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.EDITOR)


@pytest.fixture
def readers(session: Session, site: Site, topics: list[Topic]) -> list[Subscriber]:
    return [
        add_reader(session, site.clock.now, f"{name}@example.org", cadence=cadence, topic_mask=1)
        for name, cadence in (("a", Cadence.DAILY), ("b", Cadence.WEEKLY), ("c", Cadence.WEEKLY))
    ]


def follow(site: Site, path: str, button: str | None, **more: list[int]) -> TestResponse:
    """Sends the list's form as a browser would, with what was ticked."""
    form = next(f for f in tree(site.open(path)).forms if f.get("id") == "chosen")
    values = list(form.form_values())
    values += [(name, value) for name, given in more.items() for value in given]
    if button:
        values.append((button, "1"))
    return site.open(f"{form.get('action')}?{urlencode(values)}")


def test_a_whole_filter_is_changed_after_its_number_was_named(
    site: Site,
    session: Session,
    sessions: sessionmaker[Session],
    settings: Settings,
    readers: list[Subscriber],
) -> None:
    page = follow(site, "/admin/readers?pace=weekly", "whole")
    assert "الوتيرة: أسبوعياً" in words(page)
    asked = site.press(page, CHANGE, deed="unsubscribe")
    assert "لا يعود منهم إلا من يشترك بنفسه من جديد" in words(asked)
    assert "قارئان" in words(asked)
    assert session.scalars(select(Job)).all() == []
    begun = site.press(asked, CHANGE)
    assert begun.status_code == 302
    job = session.scalars(select(Job)).one()
    assert (job.total, job.done) == (2, 0)
    assert "يبدأ بعد لحظات" in words(site.open(begun.location))
    session.commit()
    run_job(sessions, settings, Links(settings), now=site.clock.now, job_id=job.id)
    session.expire_all()
    states = [reader.state for reader in readers]
    gone = SubscriberState.UNSUBSCRIBED
    assert states == [SubscriberState.ACTIVE, gone, gone]
    assert "تغيّر منهم اثنان" in words(site.open(begun.location))
    event = session.scalars(select(AuditEvent).where(AuditEvent.action.like("change%"))).one()
    assert event.detail == {
        "deed": "unsubscribe",
        "readers": 2,
        "segment": {"cadences": ["weekly"]},
    }


def test_chosen_readers_get_a_topic(
    site: Site, session: Session, readers: list[Subscriber]
) -> None:
    page = follow(site, "/admin/readers", None, reader=[readers[0].id, readers[2].id])
    asked = site.press(page, CHANGE, deed="add_topic", topic="economy")
    assert "«اقتصاد»" in words(asked)
    site.press(asked, CHANGE)
    job = session.scalars(select(Job)).one()
    assert job.facts["ids"] == [readers[0].id, readers[2].id]
    assert job.facts["change"] == {"deed": "add_topic", "bit": 1, "cadence": None}


def test_who_may_only_look_is_offered_no_change(desk: Desk, readers: list[Subscriber]) -> None:
    viewer = desk(Role.VIEWER)
    page = tree(viewer.open("/admin/readers?pace=weekly"))
    assert len(page.xpath("//tbody/tr")) == 2
    assert page.xpath("//input[@name='reader']") == []
    one = tree(viewer.open(f"/admin/readers/{readers[0].id}"))
    assert [form.get("action") for form in one.forms if "readers" in form.get("action", "")] == []


def test_what_is_missing_is_asked_for(
    site: Site, session: Session, readers: list[Subscriber]
) -> None:
    none = follow(site, "/admin/readers?pace=weekly", None)
    assert "pace=weekly" in none.location
    assert "اختر بعض القرّاء أولاً." in words(site.open(none.location))
    page = follow(site, "/admin/readers", "whole")
    assert site.press(page, CHANGE).status_code == 400
    gone = site.press(page, CHANGE, deed="add_topic", topic="gone")
    assert "اختر القسم." in words(gone)
    assert site.open(f"{CHANGE}?whole=1&domain=nowhere").status_code == 400
    nobody = f"{CHANGE}?whole=1&domain=nowhere.example"
    asked = site.press(site.open(nobody), CHANGE, deed="unsubscribe")
    assert "لا يشمل هذا أحداً" in words(asked)
    assert [form for form in tree(asked).forms if "change" in form.get("action", "")] == []
    assert session.scalars(select(Job)).all() == []
