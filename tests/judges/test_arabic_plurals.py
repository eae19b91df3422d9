"""Every counting message of the mails, at every kind of number, as a mail shows it.

The form is chosen here by Babel's data on Arabic, and by the catalogue's own rule in the mail; and
the noun after a number must stand in the case and number that grammar asks for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import pytest
from babel import Locale
from jinja2 import Template

from app.domain.arabic import digits
from app.domain.notice import NoticeKind
from app.mail.brand import brand_context
from app.mail.render import render_edition, render_notice
from app.mail.stories import Layout
from app.mail.templates import environment
from app.translations.catalogues import read
from tests.mail.samples import BRAND, article, edition, notice

NUMBERS = (*range(103), 110, 111, 200, 203, 211, 999, 1000, 1003, 1011, 1100)
FORMS = ("zero", "one", "two", "few", "other", "many")
"""In the order of the catalogue's rule."""

MESSAGES: Mapping[str, tuple[str, ...]] = {
    message.id[0]: tuple(message.string)
    for message in read("ar", "mail")
    if isinstance(message.id, tuple)
}
"""The Arabic forms by the English singular."""

_rule = Locale.parse("ar").plural_form


def expected(message: str, number: int) -> str:
    form = MESSAGES[message][FORMS.index(_rule(number))]
    return form.replace("%(shown)s", digits(number, "arab"))


def _part(expression: str) -> Callable[[int], list[str]]:
    """A piece of the mails' shared parts, of the HTML and of the text."""

    @cache
    def templates() -> list[Template]:
        begin = '{{% import "_parts/parts.{}" as parts with context %}}'
        return [
            environment("ar").from_string(begin.format(kind) + expression)
            for kind in ("html", "txt")
        ]

    def rendered(number: int) -> list[str]:
        context = {
            **brand_context("ar", BRAND, "rtl"),
            "number": number,
            "count": number,
            "reading_minutes": 1,
            "layout": Layout(lead=None, sections=(), links=(), left_out=number),
        }
        return [template.render(context) for template in templates()]

    return rendered


def _notice(kind: NoticeKind) -> Callable[[int], list[str]]:
    """A notice in which whatever it counts is the number."""

    def rendered(number: int) -> list[str]:
        sample = notice("ar")
        counted = {**sample.values, "days": number, "count": number, "rest": number}
        mail = render_notice(kind, replace(sample, values=counted), brand=BRAND)
        return [mail.html, mail.text]

    return rendered


def _both(
    one: Callable[[int], list[str]], other: Callable[[int], list[str]]
) -> Callable[[int], list[str]]:
    return lambda number: [*one(number), *other(number)]


SHOWN_BY: Mapping[str, Callable[[int], list[str]]] = {
    "A minute to read": _part("{{ parts.minutes(number) }}"),
    "In this edition: one article": _both(
        _part("{{ parts.counted() }}"), _notice(NoticeKind.APPROVAL)
    ),
    "One more article on the site": _part("{{ parts.rest(layout) }}"),
    "The link works for one day.": _notice(NoticeKind.CONFIRM),
    "The link works once, and for one day.": _notice(NoticeKind.INVITATION),
    "It is kept for one day and then removed.": _notice(NoticeKind.EXPORT_READY),
    "and one more": _notice(NoticeKind.APPROVAL),
}
"""What shows each message. A new message that counts needs a line here."""

NEVER_ZERO = {"One more article on the site", "and one more"}


def test_every_message_that_counts_is_tried() -> None:
    assert SHOWN_BY.keys() == MESSAGES.keys()


@pytest.mark.parametrize("message", sorted(SHOWN_BY))
def test_every_number_has_its_form(message: str) -> None:
    wrong = [
        (number, page)
        for number in NUMBERS
        if number or message not in NEVER_ZERO
        for page in SHOWN_BY[message](number)
        if f" {expected(message, number)} " not in _words(page)
    ]
    assert wrong == []


@pytest.mark.parametrize("message", sorted(MESSAGES))
def test_the_noun_after_a_number_is_what_grammar_asks_for(message: str) -> None:
    zero, one, two, few, other, many = MESSAGES[message]
    for without_number in (zero, one, two):
        assert "%(" not in without_number
    assert len({zero, one, two, few}) == 4
    nouns = [_noun(form) for form in (few, many, other)]
    assert nouns[0] not in nouns[1:], "3 to 10 take a plural"
    singular = nouns[2]
    # 11 to 99 take the accusative: an alif with its tanwin, except after a feminine ending.
    assert nouns[1] == (singular if singular.endswith("ة") else f"{singular}اً")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 11, 99, 100, 101, 102, 1000])
def test_a_whole_mail_counts_its_articles(count: int) -> None:
    content = edition(articles=tuple(article(n, f"خبر {n}") for n in range(count)))
    mail = render_edition(content, brand=BRAND)
    for page in (mail.html, mail.text):
        assert f" {expected('In this edition: one article', count)} " in _words(page)


def _noun(form: str) -> str:
    match = re.search(r"%\(shown\)s ([\w\u064b-\u0652]+)", form)
    assert match is not None, form
    return match[1]


def _words(page: str) -> str:
    """The words of a page without markup and isolates, single spaces between and around them."""
    bare = re.sub("<[^>]+>|[\u2066-\u2069\u200f]", " ", page)
    return f" {' '.join(bare.split())} "
