"""Every golden mail as it was approved, and as an outside reader of messages takes it."""

from collections.abc import Mapping

import pytest

from app.mail.content import RenderedMail
from tests.mail.goldens import FOLDER, NAMES, approved, files, filled, mails, sent
from tests.mail.reading import decoded_words, read_message

ENCODED_LIMIT = 100_000
"""Octets of an encoded HTML part: Gmail clips a little past it."""


@pytest.fixture(scope="module")
def rendered() -> Mapping[str, RenderedMail]:
    return mails()


def test_each_kind_has_its_golden_mail(rendered: Mapping[str, RenderedMail]) -> None:
    assert sorted(rendered) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_is_what_was_approved(name: str, rendered: Mapping[str, RenderedMail]) -> None:
    for file, content in files(rendered[name]).items():
        assert content == (FOLDER / name / file).read_text(encoding="utf-8"), file


@pytest.mark.parametrize("name", NAMES)
def test_it_arrives_whole(name: str) -> None:
    mail = approved(name)
    data = sent(mail)
    read = read_message(data)
    assert decoded_words(read.headers["subject"]) == mail.subject
    plain, page = (part.text.replace("\r\n", "\n") for part in read.parts)
    assert (plain, page) == (filled(mail.text), filled(mail.html))
    assert len(data.split(b"\r\n\r\n")[-1]) <= ENCODED_LIMIT
