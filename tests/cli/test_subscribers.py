"""`nashra subscribers import` as an operator calls it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

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
        forget(connection, "")
        connection.execute(text("delete from subscriber where email_key like '%@cli.example'"))


def run(env: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(nashra, ["subscribers", "import", *arguments], env=env)


def test_it_reports_by_line_and_adds_nothing_twice(env: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "readers.csv"
    file.write_text("email,cadence\na@cli.example,weekly\nnobody,\nb@cli.example,\n")
    consent = (str(file), "--confirmed", "--consent", "ورقة موقّعة")
    done = run(env, *consent, "--json")
    assert done.exit_code == 0
    assert json.loads(done.output) == {
        "added": 2,
        "known": 0,
        "suppressed": 0,
        "unsubscribed": 0,
        "rejected": 1,
        "ignored_columns": [],
        "encoding": "utf-8",
        "rows": [
            {
                "line": 3,
                "email": "nobody",
                "code": "malformed",
                "message": "not a complete e-mail address",
            }
        ],
    }
    again = run(env, *consent)
    assert again.exit_code == 0
    assert again.output.splitlines() == [
        "added 0, known 2, suppressed 0, unsubscribed 0, rejected 1",
        "line 3: nobody: not a complete e-mail address",
    ]


def test_a_file_of_which_nothing_could_be_read_is_a_failure(
    env: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "readers.csv"
    file.write_text("email\nnobody\nnowhere\n")
    done = run(env, str(file), "--confirmed", "--consent", "x")
    assert done.exit_code == 1
    assert "rejected 2" in done.output
    file.write_text("email,الاسم\nd@cli.example,سمير\n", encoding="windows-1256")
    done = run(env, str(file), "--confirmed", "--consent", "x")
    assert done.exit_code == 0
    assert done.output.splitlines()[1] == "read as windows-1256, since it is not UTF-8"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("{file}", "--consent", "x"), "--confirmed"),
        (("{file}", "--confirmed"), "--consent"),
        (("{file}", "--confirmed", "--consent", "  "), "--consent"),
        (("{folder}/none.csv", "--confirmed", "--consent", "x"), "does not exist"),
        (("{folder}", "--confirmed", "--consent", "x"), "is a directory"),
        (("{file}", "--confirmed", "--consent", "x"), "one of them `email`"),
    ],
)
def test_what_cannot_be_imported_is_said_in_one_line(
    env: dict[str, str], tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "names.csv"
    file.write_text("name,town\nx,y\n")
    given = [one.format(file=file, folder=tmp_path) for one in arguments]
    done = run(env, *given)
    assert done.exit_code == 2
    assert said in done.output.splitlines()[-1]
