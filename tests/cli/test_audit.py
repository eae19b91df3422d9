"""What commands change stands in the audit, by nobody of the staff."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import select

from app.store.engine import make_engine
from app.store.tables import AuditEvent
from tests.cli.conftest import Operator


def noted(operator: Operator) -> list[tuple[str, int | None, dict[str, object]]]:
    engine = make_engine(operator.database_url)
    asked = select(AuditEvent.action, AuditEvent.object_id, AuditEvent.detail)
    with engine.connect() as connection:
        rows = connection.execute(asked.where(AuditEvent.staff_id.is_(None)).order_by("id")).all()
    engine.dispose()
    return [(action, number, detail) for action, number, detail in rows]


def draft(operator: Operator) -> int:
    words = ("--kind=announcement", "--subject=إعلان", "--text=نص", "--json")
    made = operator("campaign", "create", *words)
    return int(json.loads(made.stdout)["id"])


def test_what_a_command_does_to_a_campaign(operator: Operator, tmp_path: Path) -> None:
    number = draft(operator)
    operator("campaign", "schedule", str(number), "2099-07-01 07:30")
    operator("campaign", "unschedule", str(number))
    operator("campaign", "duplicate", str(number))
    operator("campaign", "pause", str(number))
    operator("campaign", "cancel", str(number))
    assert noted(operator) == [
        ("campaign.create", number, {"kind": "announcement"}),
        ("campaign.schedule", number, {"send_at": "2099-07-01T04:30:00+00:00"}),
        ("campaign.unschedule", number, {}),
        ("campaign.duplicate", number + 1, {"of": number}),
        ("campaign.cancel", number, {}),
    ]


def test_who_is_brought_in_where_from_and_what_is_sent(operator: Operator, tmp_path: Path) -> None:
    people = tmp_path / "readers.csv"
    people.write_text("email\nlayla@example.org\nno address\n")
    operator("subscribers", "import", str(people), "--confirmed", "--consent=a list on paper")
    operator("topic", "add", "weather", "--name-ar=الطقس", "--name-en=Weather")
    operator("source", "add", "https://a.example/feed", "--topic=weather")
    number = draft(operator)
    operator("campaign", "send", str(number))
    operator("campaign", "send", str(number), "--accept-warnings")
    told = {action: detail for action, _, detail in noted(operator)}
    assert told["import.begin"] == {"lines": 2, "readers": 1}
    assert told["topic.add"] == {"slug": "weather"}
    assert told["source.add"] == {"url": "https://a.example/feed"}
    assert [action for action, _, _ in noted(operator)].count("campaign.send") == 1
