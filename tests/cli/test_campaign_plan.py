"""`nashra campaign schedule | unschedule | duplicate | subject`."""

from __future__ import annotations

import json
from typing import Any

from tests.cli.conftest import Operator


def told(operator: Operator, *words: str) -> dict[str, Any]:
    done = operator("campaign", *words, "--json")
    assert done.exit_code == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_a_draft_is_timed_taken_back_and_doubled(operator: Operator) -> None:
    made = told(
        operator,
        "create",
        "--kind=announcement",
        "--subject=الأول",
        "--second-subject=الثاني",
        "--try-on=30",
        "--text=نص",
    )
    assert (made["second_subject"], made["winner"]) == ("الثاني", "")
    number = str(made["id"])
    assert told(operator, "schedule", number, "2099-07-01 07:30")["state"] == "scheduled"
    assert told(operator, "unschedule", number)["state"] == "draft"
    double = told(operator, "duplicate", number)
    assert (double["state"], double["second_subject"]) == ("draft", "الثاني")
    assert double["id"] != made["id"]
    undecided = operator("campaign", "subject", number, "b")
    assert undecided.exit_code == 1
    assert "there is nothing to decide" in undecided.stderr
    together = operator("campaign", "schedule", number, "2099-07-01 07:30", "--morning")
    assert "two subjects are tried only if" in together.stderr
    past = operator("campaign", "schedule", number, "2020-07-01 07:30")
    assert (past.exit_code, past.stderr) == (1, "Error: this time has passed\n")
    plain = told(operator, "create", "--kind=announcement", "--subject=س", "--text=نص")
    assert "winner" not in plain
    morning = told(operator, "schedule", str(plain["id"]), "2099-07-01 07:30", "--morning")
    assert morning["state"] == "scheduled"


def test_what_a_draft_cannot_be_is_one_line(operator: Operator) -> None:
    lone = operator("campaign", "create", "--kind=digest", "--second-subject=ب")
    assert lone.exit_code == 2
    assert "a second subject needs a first one" in lone.stderr
    nowhere = operator("campaign", "create", "--kind=digest", "--segment=nowhere")
    assert "there is no segment nowhere" in nowhere.stderr
    bare = operator("campaign", "create", "--kind=selection")
    assert "a selection needs its articles" in bare.stderr
