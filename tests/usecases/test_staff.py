"""Staff accounts: who is let in, at the same cost for everybody, and what ends a session."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.domain.address import InvalidAddress
from app.domain.staff import Role, WeakPassword, may
from app.store.tables import AuditEvent, Staff
from app.usecases import manage_staff
from app.usecases.manage_staff import (
    BadLogin,
    StaffExists,
    StaffMissing,
    add_staff,
    authenticate,
    change_password,
    find_staff,
    list_staff,
    reset_password,
)
from app.usecases.record_audit import record

PASSWORD = "correct horse battery"


@pytest.fixture
def editor(session: Session, now: datetime) -> Staff:
    return add_staff(
        session, now=now, email="Editor@Levant.example", password=PASSWORD, role=Role.EDITOR
    )


def test_a_member_is_kept_as_typed_and_the_password_as_argon2id(editor: Staff) -> None:
    assert (editor.email, editor.email_key) == ("Editor@levant.example", "editor@levant.example")
    assert editor.password_hash.startswith("$argon2id$")
    assert (editor.role, editor.active, editor.session_version) == (Role.EDITOR, True, 1)


def test_a_password_costs_what_rfc_9106_asks(
    session: Session, now: datetime, hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manage_staff, "_HASHER", hasher)
    made = add_staff(
        session, now=now, email="new@levant.example", password=PASSWORD, role=Role.VIEWER
    )
    assert made.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_one_address_is_one_account(session: Session, now: datetime, editor: Staff) -> None:
    with pytest.raises(StaffExists):
        add_staff(
            session, now=now, email="EDITOR@levant.example", password=PASSWORD, role=Role.OWNER
        )
    assert list_staff(session) == [editor]


@pytest.mark.parametrize("email", ["", "editor", "editor@levant.example\r\nBcc: a@b.example"])
def test_what_is_no_address_is_no_account(session: Session, now: datetime, email: str) -> None:
    with pytest.raises(InvalidAddress):
        add_staff(session, now=now, email=email, password=PASSWORD, role=Role.OWNER)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("nine chrs", "too_short"),
        ("x" * 257, "too_long"),
        ("New@Levant.Example", "holds_address"),
        ("ababababababab", "monotonous"),
    ],
)
def test_a_weak_password_is_refused(
    session: Session, now: datetime, password: str, code: str
) -> None:
    with pytest.raises(WeakPassword) as refusal:
        add_staff(session, now=now, email="new@levant.example", password=password, role=Role.VIEWER)
    assert refusal.value.code == code


def test_the_right_password_is_noted(session: Session, now: datetime, editor: Staff) -> None:
    later = now + timedelta(hours=1)
    found = authenticate(session, now=later, email_key=editor.email_key, password=PASSWORD)
    assert found is editor
    assert editor.logged_in_at == later


class Counting(PasswordHasher):
    """Counts the work that is done, and against hashes of which cost."""

    checked: list[str]

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002
        self.checked.append(str(hash).rpartition("$")[0].rpartition("$")[0])
        return super().verify(hash, password)


def test_strangers_and_closed_accounts_cost_the_same_work(
    session: Session, now: datetime, editor: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting.from_parameters(extract_parameters(editor.password_hash))
    counting.checked = []
    monkeypatch.setattr(manage_staff, "_HASHER", counting)
    closed = add_staff(
        session, now=now, email="closed@levant.example", password=PASSWORD, role=Role.OWNER
    )
    closed.active = False
    for key in (editor.email_key, closed.email_key, "stranger@levant.example", "no address"):
        with pytest.raises(BadLogin):
            authenticate(session, now=now, email_key=key, password="a guess of somebody")
    assert len(counting.checked) == 4
    assert len(set(counting.checked)) == 1


def test_a_closed_account_is_refused_with_the_right_password(
    session: Session, now: datetime, editor: Staff
) -> None:
    editor.active = False
    with pytest.raises(BadLogin):
        authenticate(session, now=now, email_key=editor.email_key, password=PASSWORD)


def test_a_hash_of_an_older_cost_is_renewed(session: Session, now: datetime, editor: Staff) -> None:
    editor.password_hash = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    before = editor.password_hash
    authenticate(session, now=now, email_key=editor.email_key, password=PASSWORD)
    assert editor.password_hash != before
    assert authenticate(session, now=now, email_key=editor.email_key, password=PASSWORD)


def test_a_changed_password_ends_the_sessions(
    session: Session, now: datetime, editor: Staff
) -> None:
    with pytest.raises(BadLogin):
        change_password(session, staff=editor, current="wrong", new="plum ladder cobalt")
    assert editor.session_version == 1
    change_password(session, staff=editor, current=PASSWORD, new="plum ladder cobalt")
    assert editor.session_version == 2
    with pytest.raises(BadLogin):
        authenticate(session, now=now, email_key=editor.email_key, password=PASSWORD)


def test_an_operator_sets_a_password(session: Session, now: datetime, editor: Staff) -> None:
    reset_password(session, email="editor@LEVANT.example", new="plum ladder cobalt")
    assert editor.session_version == 2
    editor.invited_at = now
    reset_password(session, email=editor.email, new="cobalt ladder plum")
    assert editor.invited_at is None
    with pytest.raises(StaffMissing):
        reset_password(session, email="nobody@levant.example", new="plum ladder cobalt")


def test_a_role_may_do_what_the_later_ones_may() -> None:
    order = [Role.OWNER, Role.EDITOR, Role.AUTHOR, Role.VIEWER]
    for place, role in enumerate(order):
        assert [may(role, needed) for needed in order] == [i >= place for i in range(4)]


def test_the_audit_is_only_added_to(session: Session, now: datetime, editor: Staff) -> None:
    record(session, now=now, action="campaign.send", staff_id=editor.id, ip="192.0.2.1")
    session.flush()
    event = session.scalars(select(AuditEvent)).one()
    with pytest.raises(DatabaseError, match="append-only"), session.begin_nested():
        session.execute(text("update audit_event set action = 'nothing'"))
    for emptying in ("delete from audit_event", "truncate audit_event cascade"):
        with pytest.raises(DatabaseError, match="append-only"), session.begin_nested():
            session.execute(text(emptying))
    session.execute(text("update audit_event set ip = null"))
    session.refresh(event)
    assert (event.action, event.ip) == ("campaign.send", None)


def test_an_address_that_no_database_can_hold_is_nobodys(session: Session) -> None:
    assert find_staff(session, "a\0b@example.org") is None
