"""The Arabic catalogues are complete: nothing missing, untranslated, fuzzy, or broken."""

from __future__ import annotations

import re

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


COUNTED_ELSEWHERE = {
    "مفتاح": "the first of two nouns in a construct carries no tanween",
    "طلب": "the same",
    "منها": "not what is counted",
    "آخرون": "the same",
    "لكل": "the same",
}


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_noun_after_a_number_is_in_its_case(domain: str) -> None:
    """Eleven readers are %(number)s قارئاً, a hundred are %(number)s قارئ, three are قرّاء."""
    counted = re.compile(r"%\(\w+\)s ([^\s.،؛:]+)")
    wrong = []
    for message in read("ar", domain):
        if not isinstance(message.id, tuple):
            continue
        hundred, eleven = (counted.findall(message.string[form]) for form in (4, 5))
        wrong += [noun for noun in hundred if noun.endswith(("اً", "أً"))]
        wrong += [
            noun
            for noun in eleven
            if noun not in COUNTED_ELSEWHERE and not noun.endswith(("اً", "أً", "ة"))
        ]
    assert wrong == []


ONE_WORD_FOR_ONE_THING = {
    "مقالة": "مقال",
    "موضوعات": "أقسام",
    "مواضيع": "أقسام",
    "كلمة السر": "كلمة المرور",
    "المنظومة": "النظام",
    "مربع الاشتراك": "صندوق الاشتراك",
    "ملف RSS": "خلاصة RSS",
    "قراء ": "قرّاء",
    "محرر": "محرّر",
    "مسودّة": "مسودة",
    "ًا": "اً",
    "من تلقاء نفسه": "تلقائياً",
    " ،": "،",
    "?": "؟",
    ";": "؛",
}
"""What is not to be written, and what is written in its place, in every Arabic sentence."""

NOT_SENTENCES = ("فاصلة منقوطة ;", "?verify", "?all")


@pytest.mark.parametrize("domain", DOMAINS)
def test_one_thing_has_one_word(domain: str) -> None:
    found = []
    for message in read("ar", domain):
        forms = [message.string] if isinstance(message.string, str) else message.string
        for form in forms:
            if not message.id or any(part in form for part in NOT_SENTENCES):
                continue
            found += [(word, form) for word in ONE_WORD_FOR_ONE_THING if word in f"{form} "]
    assert found == []


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
