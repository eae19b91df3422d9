"""The golden mails: one of each design in each language, as approved.

After a change of design that was looked at: `python -m tests.mail.goldens` writes them anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.domain.campaign import CampaignKind
from app.domain.edition import PREFERENCES_SLOT, UNSUBSCRIBE_SLOT, Design
from app.mail.content import RenderedMail
from app.mail.render import render_edition, render_notice
from app.mail.wire import Skeleton, build_notice
from tests.mail.samples import ARTICLES, BRAND, DAY, ENGLISH, FACE, TEMPLATED, edition, notice
from tests.mail.test_wire import COMMON, VALUES

FOLDER = Path(__file__).parent / "golden"
NAMES = sorted(path.name for path in FOLDER.iterdir())

_NOTE = "قرّاءنا الأعزاء،\n\nالنشرة الآن أقصر وأوضح.\nالتفاصيل على https://levant.example/about?x=1"


def mails() -> Mapping[str, RenderedMail]:
    """Every golden mail rendered now, by name."""
    editions = {
        "morning_ar": edition(note=_NOTE, web_url="https://levant.example/editions/7"),
        "morning_en": edition(articles=ENGLISH, language="en"),
        "brief_ar": edition(design=Design.BRIEF, web_url="https://levant.example/editions/8"),
        "brief_en": edition(articles=ENGLISH, language="en", design=Design.BRIEF),
        "alert_ar": edition(CampaignKind.ALERT, ARTICLES[:1]),
        "alert_en": edition(CampaignKind.ALERT, ENGLISH[:1], language="en"),
        "letter_ar": edition(
            CampaignKind.ANNOUNCEMENT, ARTICLES[1:3], subject="نشرة ليفانت كل صباح", note=_NOTE
        ),
        "letter_en": edition(
            CampaignKind.ANNOUNCEMENT,
            ENGLISH[1:2],
            language="en",
            subject="The newsletter now comes at seven",
            note="Dear readers,\n\nfrom Sunday it comes at seven.",
        ),
    }
    rendered = {name: render_edition(each, brand=BRAND) for name, each in editions.items()}
    faced = edition(note=_NOTE, web_url="https://levant.example/editions/7")
    rendered["morning_branded_ar"] = render_edition(faced, brand=FACE)
    for language in ("ar", "en"):
        for kind in TEMPLATED:
            mail = render_notice(kind, notice(language), brand=BRAND)
            rendered[f"{kind}_{language}"] = mail
    return rendered


def approved(name: str) -> RenderedMail:
    """A golden mail as it stands in its files, with its slots."""
    subject, html, text = (
        (FOLDER / name / file).read_text(encoding="utf-8")
        for file in ("subject.txt", "body.html", "body.txt")
    )
    return RenderedMail(subject=subject.removesuffix("\n"), html=html, text=text)


def is_edition(mail: RenderedMail) -> bool:
    return UNSUBSCRIBE_SLOT in mail.html


def sent(mail: RenderedMail) -> bytes:
    """The mail on the wire, to the reader of tests/mail/test_wire.py."""
    if is_edition(mail):
        return Skeleton.compile(mail, COMMON).message(VALUES)
    return build_notice(
        mail,
        from_name=COMMON.from_name,
        from_address=COMMON.from_address,
        to=VALUES.address,
        date=DAY,
        message_id=VALUES.message_id,
    )


def filled(text: str) -> str:
    """A part of an edition with that reader's tokens in its slots."""
    return text.replace(UNSUBSCRIBE_SLOT, VALUES.unsubscribe_token).replace(
        PREFERENCES_SLOT, VALUES.preferences_token
    )


def files(mail: RenderedMail) -> Mapping[str, str]:
    return {"subject.txt": mail.subject + "\n", "body.html": mail.html, "body.txt": mail.text}


def write() -> None:
    for name, mail in mails().items():
        for file, content in files(mail).items():
            path = FOLDER / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    write()
