"""Long work in front of an editor: asked for, watched, stopped, and its file fetched."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.job import KEEP_FILES, JobState
from app.domain.segment import Segment
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.links import Links
from app.store.tables import AuditEvent, Job
from app.usecases.manage_segments import save_segment
from app.usecases.run_job import run_job
from tests.usecases.readers import add_reader
from tests.web.admin.conftest import Desk
from tests.web.conftest import Clock
from tests.web.site import form_of, tree, words

Work = Callable[[], Job]


@pytest.fixture
def work(
    session: Session, sessions: sessionmaker[Session], settings: Settings, clock: Clock
) -> Work:
    """A worker that does the newest job."""

    def go() -> Job:
        session.flush()
        job = session.scalars(select(Job).order_by(Job.id.desc())).first()
        assert job is not None
        run_job(sessions, settings, Links(settings), now=clock.now, job_id=job.id)
        session.expire_all()
        return job

    return go


def test_readers_are_exported_and_the_file_is_fetched_for_a_week(
    desk: Desk, work: Work, session: Session, clock: Clock
) -> None:
    add_reader(session, clock.now, "a@example.org", cadence=Cadence.WEEKLY)
    add_reader(session, clock.now, "b@example.org")
    weekly = Segment(cadences=(Cadence.WEEKLY,))
    saved = save_segment(session, now=clock.now, name="أسبوعيون", segment=weekly)
    site = desk(Role.EDITOR)
    asked = site.press(site.open("/admin/readers/export"), "/readers/export", segment=str(saved.id))
    path = asked.location
    page = site.open(path)
    assert "يبدأ بعد لحظات" in words(page)
    assert 'http-equiv="refresh"' in page.text
    progress = site.open(f"{path}/progress").json
    assert (progress["state"], progress["total"]) == ("waiting", 0)
    job = work()
    page = site.open(path)
    assert "قرّاء الشريحة «أسبوعيون»" in words(page)
    assert "في الملف قارئ واحد." in words(page)
    assert 'http-equiv="refresh"' not in page.text
    assert site.open(f"{path}/progress").json["state"] == "done"
    file = site.press(page, f"{path}/file")
    assert file.headers["Content-Disposition"].endswith(f'readers-2025-01-22-{job.id}.csv"')
    assert file.headers["Cache-Control"] == "no-store"
    lines = file.get_data().decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["email", "a@example.org"]
    events = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert events[-2:] == ["export_readers.ask", "export_readers.fetch"]
    clock.now += KEEP_FILES
    later = desk(Role.EDITOR)
    assert "حُذف" in words(later.open(path))
    token = {"csrf_token": form_of(later.open("/admin/jobs")).fields["csrf_token"]}
    assert later.post(f"{path}/file", token).status_code == 404


def test_the_filter_of_the_list_goes_into_the_export(
    desk: Desk, work: Work, session: Session, clock: Clock
) -> None:
    add_reader(session, clock.now, "a@example.org", cadence=Cadence.WEEKLY)
    add_reader(session, clock.now, "b@example.org")
    site = desk(Role.EDITOR)
    link = tree(site.open("/admin/readers?pace=weekly")).xpath("//a[contains(@href, 'export')]")
    page = site.open(link[0].get("href"))
    assert form_of(page, "/readers/export").fields["segment"] == "filter"
    path = site.press(page, "/readers/export").location
    assert work().facts["segment"] == {"cadences": ["weekly"]}
    assert "القرّاء بحسب تصفية" in words(site.open(path))


def test_what_is_asked_for_can_be_stopped_and_gone_on_with(desk: Desk, work: Work) -> None:
    site = desk(Role.EDITOR)
    path = site.press(site.open("/admin/readers/export"), "/readers/export").location
    page = site.open(path)
    site.press(page, f"{path}/cancel")
    stopped = site.open(path)
    assert "ما أُنجز حتى ذلك الحين باقٍ" in words(stopped)
    assert work().state is JobState.CANCELLED
    again = site.press(page, f"{path}/cancel")
    assert "كان قد انتهى من قبل." in words(site.open(again.location))
    site.press(stopped, f"{path}/resume")
    assert work().state is JobState.DONE
    twice = site.press(stopped, f"{path}/resume")
    assert "لا شيء يُتابَع الآن. انظر حاله أدناه." in words(site.open(twice.location))


def test_all_of_it_is_listed_and_a_viewer_sees_none_of_it(desk: Desk, work: Work) -> None:
    site = desk(Role.OWNER)
    assert "لا شيء بعد" in words(site.open("/admin/jobs"))
    path = site.press(site.open("/admin/readers/export"), "/readers/export").location
    work()
    listed = site.open("/admin/jobs")
    assert "تصدير القرّاء" in words(listed)
    assert f'href="{path}"' in listed.text
    viewer = desk(Role.VIEWER)
    for closed in ("/admin/jobs", path, f"{path}/progress", "/admin/readers/export"):
        assert viewer.open(closed).status_code == 403
    assert "/admin/readers/export" not in viewer.open("/admin/readers").text


def test_a_segment_that_is_none_is_refused_at_its_field(desk: Desk) -> None:
    site = desk(Role.EDITOR)
    page = site.press(site.open("/admin/readers/export"), "/readers/export", segment="4711")
    assert page.status_code == 400
    assert "اختر" in words(page)
