"""Keeps the catalogues complete: collects the messages of the source and compares.

    python -m app.translations update     brings new messages into the Arabic catalogues
    python -m app.translations check      fails on what is untranslated, fuzzy or missing

There are three domains, so that each part of the project has one of its own: `messages` for the
public pages, `admin`, and `mail`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po, write_po

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
MAIN_LANGUAGE = "ar"
"""The language whose catalogues are complete; English is what the ids are written in."""

_WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "site_gettext": None,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sources:
    """Where a domain's messages stand: folders or files below the project's root."""

    inside: Sequence[str]
    outside: Sequence[str] = ()


DOMAINS: Mapping[str, Sources] = MappingProxyType(
    {
        "messages": Sources(
            inside=("app/web", "templates/_layout", "templates/public", "templates/mailbox"),
            outside=("app/web/admin",),
        ),
        "admin": Sources(inside=("app/web/admin", "templates/admin")),
        "mail": Sources(inside=("app/mail", "templates/email")),
    }
)


def path_of(language: str, domain: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / f"{domain}.po"


def read(language: str, domain: str) -> Catalog:
    """The catalogue, empty where there is no file."""
    path = path_of(language, domain)
    if not path.exists():
        return Catalog(locale=language, domain=domain, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def collect(domain: str) -> Catalog:
    """The messages that the source holds now."""
    found = Catalog(domain=domain, fuzzy=False)
    for path in _files(DOMAINS[domain]):
        method = "python" if path.suffix == ".py" else "jinja2"
        options = {"trimmed": "true", "silent": "false"} if method == "jinja2" else {}
        for line, message, comments, context in extract_from_file(
            method, path, keywords=KEYWORDS, options=options
        ):
            place = [(path.relative_to(ROOT).as_posix(), line)]
            found.add(message, None, place, auto_comments=comments, context=context)
    return found


def update() -> list[Path]:
    """Brings what the source holds into the Arabic catalogues, keeping every translation.

    A place is a file without a line, and no time of writing is noted: so a catalogue changes
    only where its messages do, and two people's changes go together.
    """
    written = []
    for domain in DOMAINS:
        catalogue = read(MAIN_LANGUAGE, domain)
        catalogue.update(collect(domain), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.fuzzy = False
        catalogue.creation_date = _WRITTEN
        path = path_of(MAIN_LANGUAGE, domain)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=98, sort_output=True, include_lineno=False)
        written.append(path)
    return written


def problems(domain: str) -> list[str]:
    """What is wrong with a domain's Arabic catalogue, one line each."""
    catalogue = read(MAIN_LANGUAGE, domain)
    found = [f"{domain}: the whole catalogue is marked fuzzy"] if catalogue.fuzzy else []
    for message in collect(domain):
        if not message.id:
            continue
        entry = catalogue.get(message.id, message.context)
        if entry is None:
            found.append(f"{domain}: missing: {message.id!r}")
        elif entry.fuzzy:
            found.append(f"{domain}: fuzzy: {message.id!r}")
        elif not _complete(entry.string, catalogue.num_plurals):
            found.append(f"{domain}: untranslated: {message.id!r}")
        else:
            found += [f"{domain}: {error}: {message.id!r}" for error in entry.check(catalogue)]
    return found


def _complete(translation: object, plurals: int) -> bool:
    if isinstance(translation, str):
        return bool(translation)
    if isinstance(translation, list | tuple):
        return len(translation) == plurals and all(translation)
    return False


def _files(sources: Sources) -> Iterator[Path]:
    outside = [ROOT / name for name in sources.outside]
    for name in sources.inside:
        for path in sorted((ROOT / name).rglob("*")):
            if path.suffix not in (".py", ".html", ".txt") or not path.is_file():
                continue
            if not any(path.is_relative_to(folder) for folder in outside):
                yield path
