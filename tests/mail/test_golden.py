"""Every golden mail as it was approved, and as an outside reader of messages takes it."""

from collections.abc import Mapping

import pytest

from app.domain.edition import PREFERENCES_SLOT, UNSUBSCRIBE_SLOT
from app.mail.content import RenderedMail
from app.mail.wire import Skeleton, build_notice
from tests.mail.goldens import FOLDER, files, mails
from tests.mail.reading import decoded_words, read_message
from tests.mail.samples import DAY
from tests.mail.test_wire import COMMON, VALUES

ENCODED_LIMIT = 100_000
"""Octets of an encoded HTML part: Gmail clips a little past it."""

NAMES = sorted(path.name for path in FOLDER.iterdir())


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
    subject, html, text = (
        (FOLDER / name / file).read_text(encoding="utf-8")
        for file in ("subject.txt", "body.html", "body.txt")
    )
    mail = RenderedMail(subject=subject.removesuffix("\n"), html=html, text=text)
    data = _sent(mail, is_edition=UNSUBSCRIBE_SLOT in html)
    read = read_message(data)
    assert decoded_words(read.headers["subject"]) == mail.subject
    plain, page = (part.text.replace("\r\n", "\n") for part in read.parts)
    assert (plain, page) == (_filled(text), _filled(html))
    assert len(data.split(b"\r\n\r\n")[-1]) <= ENCODED_LIMIT


def _sent(mail: RenderedMail, *, is_edition: bool) -> bytes:
    if is_edition:
        return Skeleton.compile(mail, COMMON).message(VALUES)
    return build_notice(
        mail,
        from_name=COMMON.from_name,
        from_address=COMMON.from_address,
        to=VALUES.address,
        date=DAY,
        message_id=VALUES.message_id,
    )


def _filled(text: str) -> str:
    return text.replace(UNSUBSCRIBE_SLOT, VALUES.unsubscribe_token).replace(
        PREFERENCES_SLOT, VALUES.preferences_token
    )
