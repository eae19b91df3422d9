"""The words of mails: the gettext domain `mail`, without Flask.

The catalogue is read from its source once a process. A mail is frozen for good when it is
rendered; a compiled catalogue that is missing or stale would freeze it in the wrong language.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from app.config import PROJECT_ROOT

_FOLDER = PROJECT_ROOT / "app" / "translations"


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language. The message ids are the English texts, so English needs none."""
    if language == "en":
        return NullTranslations()
    compiled = BytesIO()
    with (_FOLDER / language / "LC_MESSAGES" / "mail.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled, domain="mail")
