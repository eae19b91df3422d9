"""`nashra schedule` as an operator calls it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

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
        forget(connection, "schedule")
        # Those of a schedule that was deleted belong to none any more.
        connection.execute(text("delete from campaign"))
        connection.execute(text("delete from schedule"))


def run(env: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(nashra, ["schedule", *arguments], env=env)


def test_a_schedule_is_set_up_shown_paused_run_and_deleted(
    env: dict[str, str], engine: Engine
) -> None:
    options = ("--day", "sun", "--day", "wed", "--at", "18:15", "--zone", "Asia/Riyadh")
    added = run(env, "add", "Evening", *options, "--approval", "--json")
    assert added.exit_code == 0, added.output
    made = json.loads(added.output)
    assert made["needs_approval"]
    slots = [datetime.fromisoformat(slot) for slot in made["next_runs"]]
    assert len(slots) == 5
    assert slots == sorted(slots)
    assert {slot.strftime("%a %H:%M %z") for slot in slots} == {
        "Sun 18:15 +0300",
        "Wed 18:15 +0300",
    }
    number = str(made["id"])
    assert made["next_runs"][0] in run(env, "show", number).output
    assert made["next_runs"][0] in run(env, "list").output
    assert "(paused)" in run(env, "pause", number).output
    assert run(env, "pause", number).exit_code == 1
    assert json.loads(run(env, "list", "--json").output)["schedules"][0]["next_runs"] == []
    assert "(running)" in run(env, "resume", number).output
    ran = json.loads(run(env, "run", number, "--json").output)
    assert ran["state"] == "skipped", "nothing is new, and nobody is asked to approve it"
    assert run(env, "delete", number, "--yes").exit_code == 0
    with engine.connect() as connection:
        actions = connection.execute(
            text("select action from audit_event where object_type = 'schedule' order by id")
        ).scalars()
        assert list(actions) == [
            f"schedule.{verb}" for verb in ("create", "pause", "activate", "run", "delete")
        ]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("add", "x", "--zone", "Asia/Atlantis"), "there is no time zone Asia/Atlantis"),
        (("add", "x", "--cadence", "weekly"), "a weekly schedule needs --day, once"),
        (("add", "x", "--limit", "0"), "--limit is 1 to 1440 minutes, not 0"),
        (("add", "x", "--topic", "weather"), "there is no topic weather"),
        (("add", " "), "a schedule needs a name"),
        (("show", "999999"), "there is no schedule 999999"),
    ],
)
def test_what_is_refused_says_what_would_be_right(
    env: dict[str, str], arguments: tuple[str, ...], complaint: str
) -> None:
    answer = run(env, *arguments)
    assert answer.exit_code != 0
    assert complaint in answer.output
