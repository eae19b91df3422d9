"""`nashra campaign check | send | test` on a folder where nothing runs."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_content import run

LONG = "سفينة حاويات جديدة تصل " * 5


def announcement(data_dir: Path, subject: str) -> str:
    made = run(
        data_dir,
        "campaign",
        "create",
        "--kind=announcement",
        f"--subject={subject}",
        "--text=نص",
        "--json",
    )
    assert made.returncode == 0, made.stderr
    return str(json.loads(made.stdout)["id"])


def test_warnings_stop_it_until_they_are_accepted(data_dir: Path, tmp_path: Path) -> None:
    people = tmp_path / "readers.csv"
    people.write_text("email\nlayla@example.org\n")
    run(data_dir, "subscribers", "import", str(people), "--confirmed", "--consent=a list on paper")
    number = announcement(data_dir, LONG.strip())
    checked = run(data_dir, "campaign", "check", number)
    assert checked.returncode == 0, "warnings are no errors"
    warned = [line for line in checked.stdout.splitlines() if line.startswith("WARN")]
    assert ["subject long" in line for line in warned] == [True, False]
    assert "characters 114" in warned[0]
    assert "links silent" in warned[1], "the site's name is one that is never there"
    assert " ok   unsubscribe" in checked.stdout
    refused = run(data_dir, "campaign", "send", number)
    assert refused.returncode == 1
    assert "WARN" in refused.stderr
    assert "--accept-warnings" in refused.stderr
    state = json.loads(run(data_dir, "campaign", "status", number, "--json").stdout)["state"]
    assert state == "draft"
    sent = run(data_dir, "campaign", "send", number, "--accept-warnings", "--json")
    assert sent.returncode == 0, sent.stderr
    assert json.loads(sent.stdout)["state"] == "scheduled"
    again = run(data_dir, "campaign", "send", number)
    assert again.returncode == 1


def test_findings_as_json_and_tests_to_the_staff_alone(data_dir: Path) -> None:
    number = announcement(data_dir, "إعلان")
    found = json.loads(run(data_dir, "campaign", "check", number, "--json").stdout)
    assert {one["check"] for one in found["findings"]} >= {"audience", "news"}
    refused = run(data_dir, "campaign", "test", number, "--to", "nobody@x.example")
    assert refused.returncode == 2
    assert "nobody of the staff" in refused.stderr
    assert run(data_dir, "campaign", "check", "999999").returncode == 1
