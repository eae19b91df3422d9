"""`nashra staff` as an operator calls it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from app.cli.main import nashra
from tests.cli.audit import forget


@pytest.fixture
def env(migrated_url: str, redis_url: str, engine: Engine) -> Iterator[dict[str, str]]:
    yield {
        "DATABASE_URL": migrated_url,
        "REDIS_URL": redis_url,
        "SMTP_URL": "smtp://127.0.0.1:9",
        "SECRET_KEY": "a key for tests that is long enough",
    }
    with engine.begin() as connection:
        forget(connection, "staff")
        connection.execute(text("delete from staff where email_key like '%@cli.example'"))


def run(env: dict[str, str], *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(nashra, ["staff", *arguments], env=env, input=typed)


def test_an_account_is_added_from_stdin_and_listed(env: dict[str, str], engine: Engine) -> None:
    added = run(env, "add", "Owner@cli.example", "--role", "owner", typed="plum ladder cobalt\n")
    assert added.exit_code == 0, added.output
    assert added.output == "Owner@cli.example is on the staff as owner.\n"
    listed = json.loads(run(env, "list", "--json").output)["staff"]
    assert [(one["email"], one["role"], one["active"]) for one in listed] == [
        ("Owner@cli.example", "owner", True)
    ]
    again = run(env, "add", "owner@CLI.example", typed="plum ladder cobalt\n")
    assert again.exit_code == 1
    assert "owner@cli.example is on the staff already" in again.output
    changed = run(env, "password", "owner@cli.example", typed="cobalt ladder plum\n")
    assert changed.exit_code == 0
    with engine.connect() as connection:
        version, actions = connection.execute(
            text(
                "select session_version, (select array_agg(action order by id) from audit_event "
                "where object_type = 'staff') from staff where email_key = 'owner@cli.example'"
            )
        ).one()
        told = connection.scalars(
            text(
                "select n.kind || ' ' || e.action from notice n join audit_event e "
                "on e.id = n.event_id where n.email = 'Owner@cli.example'"
            )
        ).all()
    assert (version, actions) == (2, ["staff.add", "staff.password"])
    assert told == ["security staff.password"]


@pytest.mark.parametrize(
    ("arguments", "typed", "status", "complaint"),
    [
        (["add", "nobody"], "plum ladder cobalt\n", 2, "this is not a mail address"),
        (["add", "a@cli.example"], "short\n", 2, "use at least 10 characters"),
        (["add", "a@cli.example"], "", 2, "use at least 10 characters"),
        (["add", "a@cli.example", "--role", "king"], "", 2, "'king' is not one of"),
        (["password", "a@cli.example"], "plum ladder cobalt\n", 1, "is not on the staff"),
    ],
)
def test_a_refusal_is_one_clear_line(
    env: dict[str, str], arguments: list[str], typed: str, status: int, complaint: str
) -> None:
    refused = run(env, *arguments, typed=typed)
    assert refused.exit_code == status
    assert complaint in refused.output


def test_a_second_step_is_taken_away_by_an_operator(env: dict[str, str], engine: Engine) -> None:
    run(env, "add", "a@cli.example", typed="plum ladder cobalt\n")
    none = run(env, "clear-second-step", "a@cli.example")
    assert (none.exit_code, none.output) == (
        0,
        "a@cli.example has no second step and no passkey.\n",
    )
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into staff_totp "
                "(staff_id, secret_sealed, begun_at, confirmed_at, last_step) "
                "select id, '', now(), now(), 0 from staff where email_key = 'a@cli.example'"
            )
        )
    cleared = run(env, "clear-second-step", "A@cli.example")
    assert cleared.exit_code == 0
    assert "The password alone opens the account of a@cli.example" in cleared.output
    with engine.connect() as connection:
        left, version, action = connection.execute(
            text(
                "select (select count(*) from staff_totp where staff_id = s.id), session_version, "
                "(select action from audit_event where object_id = s.id order by id desc limit 1) "
                "from staff s where email_key = 'a@cli.example'"
            )
        ).one()
    assert (left, version, action) == (0, 2, "staff.second_step_cleared")
    assert run(env, "clear-second-step", "b@cli.example").exit_code == 1
