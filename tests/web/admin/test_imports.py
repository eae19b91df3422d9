"""A file of readers in front of an editor: uploaded, its columns named, checked, brought in, and
taken back."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from io import StringIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.config import Settings
from app.domain.job import JobKind, JobState
from app.domain.staff import Role
from app.domain.subscription import SubscriberState
from app.links import Links
from app.store.tables import AuditEvent, ConsentEvent, Job, Subscriber
from app.usecases.run_job import run_job
from app.web.admin import imports
from tests.usecases.readers import add_reader
from tests.web.admin.conftest import Desk
from tests.web.conftest import Clock
from tests.web.site import BASE, Site, form_of, words

LIST = (
    "البريد الإلكتروني;القسم;ملاحظات\n"
    "a@example.org;سياسة;x\n"
    "nobody;;\n"
    "left@example.org;;\n"
    "b@example.org;;\n"
)

Work = Callable[[], Job]


@pytest.fixture
def work(
    session: Session, sessions: sessionmaker[Session], settings: Settings, clock: Clock
) -> Work:
    """A worker that does what was asked for last."""

    def go() -> Job:
        session.flush()
        waiting = select(Job).where(Job.state == JobState.WAITING).order_by(Job.id.desc())
        job = session.scalars(waiting).first()
        assert job is not None
        run_job(sessions, settings, Links(settings), now=clock.now, job_id=job.id)
        session.expire_all()
        return job

    return go


def upload(site: Site, content: bytes, name: str = "قائمة.csv") -> TestResponse:
    form = form_of(site.open("/admin/readers/import"), "/readers/import")
    return send(site, content, name, form.fields["csrf_token"])


def send(site: Site, content: bytes, name: str, token: str) -> TestResponse:
    """As a browser does, with the body in memory: the test client leaves large ones open."""
    parts = {'name="csrf_token"': token.encode(), f'name="file"; filename="{name}"': content}
    body = b"".join(
        f"--part\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + value + b"\r\n"
        for head, value in parts.items()
    )
    return site.client.post(
        "/admin/readers/import",
        base_url=BASE,
        data=body + b"--part--\r\n",
        content_type="multipart/form-data; boundary=part",
    )


def checked(site: Site, work: Work, content: str = LIST) -> str:
    """The path of an upload whose check was done."""
    path = upload(site, content.encode()).location
    site.press(site.open(path), f"{path}/columns")
    work()
    return path


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Subscriber)) or 0


def test_a_file_goes_all_the_way_in_and_out_again(
    desk: Desk, work: Work, session: Session, clock: Clock
) -> None:
    add_reader(session, clock.now, "left@example.org", SubscriberState.UNSUBSCRIBED)
    site = desk(Role.EDITOR)
    path = upload(site, LIST.encode("windows-1256"), "../../lists/قائمة.csv").location
    page = site.open(path)
    assert "ويندوز العربي (1256)" in words(page)
    assert "قائمة.csv" in words(page)
    assert "lists" not in words(page)
    form = form_of(page, f"{path}/columns")
    assert [form.fields[f"column-{n}"] for n in range(3)] == ["email", "topics", ""]
    site.press(page, f"{path}/columns")
    assert "يبدأ بعد لحظات" in words(site.open(path)) or "ينتظر عاملاً" in words(site.open(path))
    work()
    page = site.open(path)
    assert "سيُضافون٢" in words(page).replace(" ", "")
    assert "سطران مستبعدان" in words(page)
    assert count(session) == 1, "the check has changed nothing"
    refused = site.press(page, f"{path}/begin", consent="  ")
    assert refused.status_code == 400
    begun = site.press(page, f"{path}/begin", consent="ورقة في معرض الكتاب", agreed="y")
    work()
    page = site.open(begun.location)
    assert "أُضيفوا٢" in words(page).replace(" ", "")
    assert "ورقة في معرض الكتاب" in words(page)
    event = session.scalars(select(ConsentEvent).where(ConsentEvent.place == "import")).first()
    assert event is not None
    assert event.wording == "ورقة في معرض الكتاب"
    lines = list(csv.reader(StringIO(_text(site.open(f"{begun.location}/refused")), newline="")))
    assert lines == [
        ["السطر", "العنوان", "السبب"],
        ["3", "nobody", "هذا ليس عنوان بريد كاملاً."],
        ["4", "left@example.org", "ألغى اشتراكه، ولا يعيده أي استيراد."],
    ]
    asks = site.open(f"{begun.location}/undo")
    assert "أضاف قارئين." in words(asks)
    undone = site.press(asks, f"{begun.location}/undo")
    work()
    assert "حُذفوا٢" in words(site.open(undone.location)).replace(" ", "")
    assert count(session) == 1
    assert "جرى التراجع" in words(site.open(begun.location))
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert list(actions[-3:]) == ["import.upload", "import.begin", "import.undo"]


def _text(answer: TestResponse) -> str:
    return answer.get_data().decode("utf-8-sig")


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "", "اختر ملفاً."),
        (b"", "empty.csv", "لا شيء في هذا الملف."),
        (b"PK\x03\x04...", "readers.xlsx", "هذا جدول بيانات."),
        (b"\x00\x01\x02\x03", "picture.csv", "هذا ليس ملفاً نصياً."),
        (gzip.compress(b"email\na@example.org\n", mtime=0), "readers.csv", "هذا ليس ملفاً نصياً."),
    ],
)
def test_what_is_no_list_is_said_at_the_field(
    desk: Desk, session: Session, content: bytes, name: str, said: str
) -> None:
    page = upload(desk(Role.EDITOR), content, name)
    assert page.status_code == 400
    assert said in words(page)
    assert session.scalars(select(Job)).all() == []


def test_the_name_of_a_file_is_for_the_eye_and_no_path(desk: Desk, session: Session) -> None:
    site = desk(Role.EDITOR)
    for name in ("../../etc/cron.d/readers.csv", r"C:\\temp\\..\\readers.csv", "/readers.csv"):
        page = site.open(upload(site, LIST.encode(), name).location)
        assert "readers.csv" in words(page)
        assert session.scalars(select(Job).order_by(Job.id.desc())).first().facts["name"] == (  # type: ignore[union-attr]
            "readers.csv"
        )


def test_columns_that_make_no_sense_are_said_and_stay_chosen(desk: Desk, session: Session) -> None:
    site = desk(Role.EDITOR)
    path = upload(site, LIST.encode()).location
    page = site.press(site.open(path), f"{path}/columns", **{"column-0": ""})
    assert page.status_code == 400
    assert "حدّد العمود الذي فيه العناوين." in words(page)
    page = site.press(page, f"{path}/columns", **{"column-2": "email", "column-0": "email"})
    assert page.status_code == 400
    fields = form_of(page, f"{path}/columns").fields
    assert [fields[f"column-{n}"] for n in range(3)] == ["email", "topics", "email"]
    assert session.scalars(select(Job.state)).all() == [JobState.DRAFT]


def test_another_encoding_and_separator_are_chosen_by_hand(desk: Desk) -> None:
    site = desk(Role.EDITOR)
    path = upload(site, "email,name\na@example.org,José\n".encode("windows-1252")).location
    page = site.open(path)
    site.press(page, f"{path}/reading", encoding="utf-8", delimiter=";")
    page = site.open(path)
    assert "email,name" in words(page)
    site.press(page, f"{path}/reading", encoding="utf-16-magic", delimiter=",")
    fields = form_of(site.open(path), f"{path}/columns").fields
    assert fields["column-1"] == "name"


def test_two_editors_who_press_at_once_make_one_import(
    desk: Desk, work: Work, session: Session
) -> None:
    first, second = desk(Role.EDITOR), desk(Role.OWNER)
    path = checked(first, work)
    pages = [site.open(path) for site in (first, second)]
    made = [
        site.press(page, f"{path}/begin", consent="x", agreed="y").location
        for site, page in zip((first, second), pages, strict=True)
    ]
    assert made[0] == made[1]
    kinds = session.scalars(select(Job.kind)).all()
    assert sorted(kinds) == [JobKind.CHECK_IMPORT, JobKind.IMPORT]
    late = first.press(pages[0], f"{path}/columns")
    assert "لم يتغيّر شيء" in words(first.open(late.location))


def test_only_who_is_logged_in_may_send_a_large_body(
    desk: Desk, door: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = b"email\n" + b"a@example.org,xxxxxxxxx\n" * 130_000
    assert upload(desk(Role.EDITOR), large).status_code == 302
    assert send(door, large, "x.csv", "none").status_code == 413
    monkeypatch.setattr(imports, "MAX_UPLOAD", 1_000_000)
    too_large = upload(desk(Role.EDITOR), large)
    assert too_large.status_code == 413
    assert "الحجم أكبر من المسموح" in too_large.get_data(as_text=True)
