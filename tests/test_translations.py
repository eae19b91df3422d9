"""The Arabic catalogues are complete: nothing missing, untranslated, fuzzy, or broken."""

from __future__ import annotations

import pytest
from babel import Locale
from babel.messages.catalog import Catalog

from app.translations.catalogues import DOMAINS, collect, problems, read


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_arabic_catalogue_is_complete(domain: str) -> None:
    assert problems(domain) == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_nothing_is_kept_that_no_source_asks_for(domain: str) -> None:
    asked = {
        message.id if isinstance(message.id, str) else message.id[0] for message in collect(domain)
    }
    kept = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in read("ar", domain)
    }
    assert kept - asked - {""} == set()


def test_arabic_has_its_six_forms() -> None:
    catalogue = read("ar", "messages")
    assert catalogue.num_plurals == 6
    rule = Locale.parse("ar").plural_form
    assert [rule(n) for n in (0, 1, 2, 3, 11, 100)] == [
        "zero",
        "one",
        "two",
        "few",
        "many",
        "other",
    ]


def test_an_unfinished_entry_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.translations import catalogues

    unfinished = Catalog(locale="ar", fuzzy=False)
    for message in collect("messages"):
        if message.id:
            unfinished.add(
                message.id, message.string, flags=["fuzzy"] if message.id == "Save" else []
            )
    unfinished.delete("Subscribe")
    monkeypatch.setattr(catalogues, "read", lambda *_: unfinished)
    found = problems("messages")
    assert "messages: fuzzy: 'Save'" in found
    assert "messages: missing: 'Subscribe'" in found
    assert "messages: untranslated: 'Topics'" in found
