"""`nashra campaign schedule | unschedule | duplicate | subject` on a folder where nothing runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.test_content import run


def told(data_dir: Path, *words: str) -> dict[str, Any]:
    done = run(data_dir, "campaign", *words, "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_draft_is_timed_taken_back_and_doubled(data_dir: Path) -> None:
    made = told(
        data_dir,
        "create",
        "--kind=announcement",
        "--subject=الأول",
        "--second-subject=الثاني",
        "--try-on=30",
        "--text=نص",
    )
    assert (made["second_subject"], made["winner"]) == ("الثاني", "")
    number = str(made["id"])
    assert told(data_dir, "schedule", number, "2099-07-01 07:30")["state"] == "scheduled"
    assert told(data_dir, "unschedule", number)["state"] == "draft"
    double = told(data_dir, "duplicate", number)
    assert (double["state"], double["second_subject"]) == ("draft", "الثاني")
    assert double["id"] != made["id"]
    undecided = run(data_dir, "campaign", "subject", number, "b")
    assert undecided.returncode == 1
    assert "there is nothing to decide" in undecided.stderr
    together = run(data_dir, "campaign", "schedule", number, "2099-07-01 07:30", "--morning")
    assert "two subjects are tried only if" in together.stderr
    past = run(data_dir, "campaign", "schedule", number, "2020-07-01 07:30")
    assert (past.returncode, past.stderr) == (1, "Error: this time has passed\n")
    plain = told(data_dir, "create", "--kind=announcement", "--subject=س", "--text=نص")
    assert "winner" not in plain
    morning = told(data_dir, "schedule", str(plain["id"]), "2099-07-01 07:30", "--morning")
    assert morning["state"] == "scheduled"


def test_what_a_draft_cannot_be_is_one_line(data_dir: Path) -> None:
    lone = run(data_dir, "campaign", "create", "--kind=digest", "--second-subject=ب")
    assert lone.returncode == 2
    assert "a second subject needs a first one" in lone.stderr
    nowhere = run(data_dir, "campaign", "create", "--kind=digest", "--segment=nowhere")
    assert "there is no segment nowhere" in nowhere.stderr
    bare = run(data_dir, "campaign", "create", "--kind=selection")
    assert "a selection needs its articles" in bare.stderr
