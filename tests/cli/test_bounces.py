"""`nashra bounces read` as Postfix calls it: one message on standard input, and a status that says
whether it is to come again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app.cli.main import nashra
from app.config import read_settings
from app.domain.subscription import SubscriberState
from app.links import Links
from app.store.tables import Delivery, Subscriber
from tests.mail.reports.messages import bounce
from tests.store.ledger_rows import add_campaign


@pytest.fixture
def env(migrated_url: str, redis_url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": migrated_url,
        "REDIS_URL": redis_url,
        "SMTP_URL": "smtp://127.0.0.1:9",
        "SECRET_KEY": "a key for tests that is long enough",
        "MAIL_FROM": "news@levant.example",
    }


@pytest.fixture
def mail(engine: Engine, env: dict[str, str]) -> Iterator[tuple[str, int]]:
    """The envelope sender of a mail that was sent, and its reader."""
    with Session(engine) as session, session.begin():
        chunk = add_campaign(session, datetime.now(UTC), readers=1)
        delivery = session.get_one(Delivery, (chunk.campaign_id, 1))
        campaign_id, reader_id = chunk.campaign_id, delivery.subscriber_id
    yield Links(read_settings(env)).bounce_address(campaign_id, 1), reader_id
    with engine.begin() as connection:
        for statement in (
            "delete from bounce where campaign_id = :id",
            "delete from delivery where campaign_id = :id",
            "delete from chunk where campaign_id = :id",
            "delete from variant where campaign_id = :id",
            "delete from campaign where id = :id",
        ):
            connection.execute(text(statement), {"id": campaign_id})
        connection.execute(text("delete from subscriber where id = :id"), {"id": reader_id})
        connection.execute(text("delete from feedback_tally"))
        connection.execute(text("delete from suppression"))


def read(env: dict[str, str], *arguments: str, message: bytes = b"") -> Result:
    command = ["bounces", "read", *arguments]
    return CliRunner().invoke(nashra, command, env=env, input=message or bounce())


def test_a_bounce_is_taken_in_by_argument_and_by_environment(
    env: dict[str, str], mail: tuple[str, int], engine: Engine
) -> None:
    sender, reader_id = mail
    first = read(env, sender, "--json")
    assert (first.exit_code, json.loads(first.stdout)["came"]) == (0, "hard")
    again = read(env | {"ORIGINAL_RECIPIENT": sender}, "--json")
    assert (again.exit_code, json.loads(again.stdout)["came"]) == (0, "repeated")
    campaign_id = Links(read_settings(env)).read_bounce(sender)[0]
    status = CliRunner().invoke(nashra, ["campaign", "status", str(campaign_id)], env=env)
    assert "bounced 1  complaints 0" in status.stdout
    with Session(engine) as session:
        state = session.scalar(select(Subscriber.state).where(Subscriber.id == reader_id))
    assert state is SubscriberState.SUPPRESSED


def test_what_is_not_ours_is_taken_and_forgotten(
    env: dict[str, str], mail: tuple[str, int]
) -> None:
    done = read(env, "news@levant.example", "--json", message=b"\xff\x00")
    assert (done.exit_code, json.loads(done.stdout)["came"]) == (0, "forged")


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"), ("SECRET_KEY", "short")],
)
def test_what_is_ours_to_mend_makes_the_mail_server_keep_it(
    env: dict[str, str], name: str, value: str
) -> None:
    assert read(env | {name: value}, "b-0@levant.example").exit_code == 75


def test_without_a_recipient_it_says_so(env: dict[str, str]) -> None:
    assert read(env | {"RECIPIENT": "", "ORIGINAL_RECIPIENT": ""}).exit_code == 75
