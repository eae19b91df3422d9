"""A newsroom with one member of staff for each role, and somebody at a desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from threading import RLock

import pytest
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.config import Settings
from app.domain.staff import Role
from app.store.tables import Staff, Topic
from app.usecases.manage_staff import add_staff
from tests.usecases.newsroom import Newsroom
from tests.web.admin.browsing import served
from tests.web.admin.sending import Checking, Worker
from tests.web.conftest import Clock
from tests.web.site import Site

PASSWORD = "correct horse battery"

Desk = Callable[[Role], Site]
Turns = AbstractContextManager[object]


def address_of(role: Role) -> str:
    return f"{role.value}@levant.example"


@pytest.fixture
def staff(session: Session, clock: Clock) -> dict[Role, Staff]:
    """All with one password, hashed once: a hash is meant to be slow."""
    first = add_staff(
        session, now=clock.now, email=address_of(Role.OWNER), password=PASSWORD, role=Role.OWNER
    )
    others = [
        Staff(
            email=address_of(role),
            email_key=address_of(role),
            password_hash=first.password_hash,
            role=role,
            created_at=clock.now,
        )
        for role in (Role.EDITOR, Role.AUTHOR, Role.VIEWER)
    ]
    session.add_all(others)
    session.flush()
    return {one.role: one for one in (first, *others)}


@pytest.fixture
def newsroom(session: Session, clock: Clock) -> Newsroom:
    return Newsroom(session, clock.now)


@pytest.fixture
def checking(session: Session, sessions: sessionmaker[Session], settings: Settings) -> Checking:
    return Checking(session, sessions, settings)


@pytest.fixture
def turns() -> Turns:
    """Held by whoever is at the test's one transaction: a page that asks by itself, or the test."""
    return RLock()


@pytest.fixture
def base(
    settings: Settings, sessions: sessionmaker[Session], clock: Clock, turns: Turns
) -> Iterator[str]:
    """The address of the site for a browser."""
    with served(settings, sessions, clock, turns) as base:
        yield base


@pytest.fixture
def worker(
    session: Session, sessions: sessionmaker[Session], settings: Settings, base: str, turns: Turns
) -> Worker:
    return Worker(session, sessions, settings.with_(base_url=base), turns)


@pytest.fixture
def door(app: Flask, clock: Clock, session: Session, staff: dict[Role, Staff]) -> Site:
    """A browser in front of the login page."""
    return Site(app.test_client(), clock, session)


@pytest.fixture
def desk(
    app: Flask,
    clock: Clock,
    session: Session,
    staff: dict[Role, Staff],
    topics: list[Topic],
) -> Desk:
    """A browser of its own, logged in with a role."""

    def sit_down(role: Role) -> Site:
        site = Site(app.test_client(), clock, session)
        answer = log_in(site, address_of(role))
        assert answer.status_code == 302
        return site

    return sit_down


def log_in(
    site: Site, email: str, password: str = PASSWORD, path: str = "/admin/login"
) -> TestResponse:
    return site.press(site.open(path), "/admin/login", email=email, password=password)
