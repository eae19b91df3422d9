"""Subjects survive: 3,000 headlines on the wire, read by a decoder that is not Python's."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from app.domain.bidi import isolated_line
from app.mail.headers import unstructured
from tests.judges.headlines import headlines
from tests.judges.outside import ask, needs_node_modules

pytestmark = needs_node_modules

SCRIPT = Path(__file__).parent / "read_subjects.mjs"
COUNT, SEED = 3_000, 20_250_122


def test_every_headline_arrives_as_it_was_written() -> None:
    """Each as it is and as a mail's subject has it, its foreign words isolated."""
    bare = headlines(COUNT, seed=SEED)
    subjects = [*bare, *(isolated_line(each, "rtl") for each in bare)]
    fields = [unstructured("Subject", each) for each in subjects]
    read = ask(SCRIPT, [b64encode(field).decode() for field in fields])
    assert [pair for pair in zip(subjects, read, strict=True) if pair[0] != pair[1]] == []


def test_the_headlines_are_of_every_kind() -> None:
    drawn = headlines(COUNT, seed=SEED)
    assert drawn == headlines(COUNT, seed=SEED)
    assert len(set(drawn)) > COUNT * 0.9
    assert sum(len(each) > 200 for each in drawn) > 100
    for piece in ("مرفأ", "OpenDesk", "٢٠٢٥", "1931 - 2025", "«", '"', "🙂", "🇱🇧", "=?utf-8?b?"):
        assert sum(piece in each for each in drawn) > 50, piece
