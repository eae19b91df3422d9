"""`nashra campaign check | send | test`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Operator

LONG = "سفينة حاويات جديدة تصل " * 5


def announcement(operator: Operator, subject: str) -> str:
    made = operator(
        "campaign",
        "create",
        "--kind=announcement",
        f"--subject={subject}",
        "--text=نص",
        "--json",
    )
    assert made.exit_code == 0, made.stderr
    return str(json.loads(made.stdout)["id"])


def test_warnings_stop_it_until_they_are_accepted(operator: Operator, tmp_path: Path) -> None:
    people = tmp_path / "readers.csv"
    people.write_text("email\nlayla@example.org\n")
    operator("subscribers", "import", str(people), "--confirmed", "--consent=a list on paper")
    number = announcement(operator, LONG.strip())
    checked = operator("campaign", "check", number)
    assert checked.exit_code == 0, "warnings are no errors"
    warned = [line for line in checked.stdout.splitlines() if line.startswith("WARN")]
    assert ["subject long" in line for line in warned] == [True, False]
    assert "characters 114" in warned[0]
    assert "links silent" in warned[1], "the site's name is one that is never there"
    assert " ok   unsubscribe" in checked.stdout
    refused = operator("campaign", "send", number)
    assert refused.exit_code == 1
    assert "WARN" in refused.stderr
    assert "--accept-warnings" in refused.stderr
    state = json.loads(operator("campaign", "status", number, "--json").stdout)["state"]
    assert state == "draft"
    sent = operator("campaign", "send", number, "--accept-warnings", "--json")
    assert sent.exit_code == 0, sent.stderr
    assert json.loads(sent.stdout)["state"] == "scheduled"
    again = operator("campaign", "send", number)
    assert again.exit_code == 1


def test_findings_as_json_and_tests_to_the_staff_alone(operator: Operator) -> None:
    number = announcement(operator, "إعلان")
    found = json.loads(operator("campaign", "check", number, "--json").stdout)
    assert {one["check"] for one in found["findings"]} >= {"audience", "news"}
    refused = operator("campaign", "test", number, "--to", "nobody@x.example")
    assert refused.exit_code == 2
    assert "nobody of the staff" in refused.stderr
    assert operator("campaign", "check", "999999").exit_code == 1
