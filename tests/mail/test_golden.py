"""Every golden mail as it was approved, and as an outside reader of messages takes it."""

from collections.abc import Mapping

import pytest

from app.domain.edition import PREFERENCES_SLOT, UNSUBSCRIBE_SLOT
from app.mail.content import RenderedMail
from app.mail.wire import Skeleton, build_notice
from tests.mail.goldens import FOLDER, files, mails
from tests.mail.judge import Judged, judge
from tests.mail.samples import DAY
from tests.mail.test_wire import COMMON, READER

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
    judged = _sent(mail, is_edition=UNSUBSCRIBE_SLOT in html)
    assert judged.headers["Subject"] == mail.subject
    assert judged.html == _filled(html)
    assert judged.text == _filled(text)
    assert judged.encoded_html_size <= 100_000


def _sent(mail: RenderedMail, *, is_edition: bool) -> Judged:
    if is_edition:
        return judge(Skeleton.compile(mail, COMMON).message(READER))
    return judge(
        build_notice(
            mail,
            from_name=COMMON.from_name,
            from_address=COMMON.from_address,
            to=READER.address,
            date=DAY,
            message_id=READER.message_id,
        )
    )


def _filled(text: str) -> str:
    return text.replace(UNSUBSCRIBE_SLOT, READER.unsubscribe_token).replace(
        PREFERENCES_SLOT, READER.preferences_token
    )
