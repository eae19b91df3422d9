"""Renders mails: an edition's, with slots where a reader's tokens go, and notices.

Stands between `compose_edition`, which chooses the articles, and `wire`, which makes bytes of
what is rendered here once for all readers of a variant.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.arabic import date_line, hijri_line
from app.domain.bidi import (
    Direction,
    isolated_line,
    prevailing_direction,
    without_bidi_controls,
)
from app.domain.brand import Brand
from app.domain.campaign import CampaignKind
from app.domain.edition import (
    PREFERENCES_SLOT,
    TOKEN_LENGTH,
    UNSUBSCRIBE_SLOT,
    Design,
    default_design,
)
from app.domain.notice import NoticeKind
from app.domain.reading import minutes_for, words_in
from app.mail.brand import brand_context
from app.mail.clean import clean_text, clipped, paragraphs, web_url
from app.mail.content import EditionContent, NoticeContext, RenderedMail
from app.mail.stories import Layout, Richness, story
from app.mail.templates import html_of, subject_of, text_of
from app.mail.words import translations

MAX_HTML = 72_000
"""Bytes of HTML with its CRLFs. In base64 lines they are 98,528; Gmail clips past 102,000."""

_BASES: dict[str, Direction] = {"ar": "rtl", "en": "ltr"}
_SUBJECT_LENGTH = 200


class MailTooLarge(Exception):
    """Even with its articles left out, the mail is larger than mailboxes show whole."""


def render_edition(content: EditionContent, *, brand: Brand) -> RenderedMail:
    """One variant's mail. However many articles come in, the HTML stays within `MAX_HTML`: what
    has no room as a card becomes a link, and past that is counted.

    Slots stand only where the templates put a reader's links; a slot in what editors or feeds
    wrote is defused. Raises `MailTooLarge` if the editor's note alone is too long.
    """
    base = _BASES[content.language]
    site_url = web_url(brand.site_url) or web_url(brand.base_url)
    stories = [story(a, base=base, fallback_url=site_url) for a in content.articles]
    design = content.design or default_design(content.kind)
    richness = Richness(
        stories,
        leads=design in (Design.MORNING, Design.ALERT),
        body=content.articles[0].body_html if design is Design.ALERT and stories else "",
    )
    subject = _subject(content, brand)
    keys = _Keys()
    shared = _edition_context(content, brand, base, subject, keys)

    def html(layout: Layout) -> str:
        return keys.settle(html_of(content.language, design.value, {**shared, "layout": layout}))

    layout, page = _richest_that_fits(richness, html)
    text = text_of(content.language, design.value, {**shared, "layout": layout})
    return RenderedMail(subject=subject, html=page, text=keys.settle(text))


def render_notice(kind: NoticeKind, context: NoticeContext, *, brand: Brand) -> RenderedMail:
    """A transactional mail. It holds nothing that a stranger could have typed."""
    return _plain_mail(kind.value, context, brand)


def render_mail_test(context: NoticeContext, *, brand: Brand) -> RenderedMail:
    """The mail that an owner has sent to themselves to see whether the mail server works."""
    return _plain_mail("mail_test", context, brand)


def _plain_mail(name: str, context: NoticeContext, brand: Brand) -> RenderedMail:
    base = _BASES[context.language]
    values = {**brand_context(context.language, brand, base), **context.values}
    subject = isolated_line(subject_of(context.language, name, values), base)
    values["title"] = subject_of(context.language, name, values)
    return RenderedMail(
        subject=subject,
        html=html_of(context.language, name, values),
        text=text_of(context.language, name, values),
    )


def marked_as_test(mail: RenderedMail, language: str) -> RenderedMail:
    """The mail with a subject that says it is a test, so that nobody takes it for the edition."""
    mark = translations(language).gettext("[Test]")
    subject = isolated_line(f"{mark} {without_bidi_controls(mail.subject)}", _BASES[language])
    return replace(mail, subject=subject)


class _Keys:
    """Stand-ins for the slots while a mail is rendered. Nobody can guess them, so whatever looks
    like a slot in the finished mail came from outside and is made harmless."""

    def __init__(self) -> None:
        self.unsubscribe, self.preferences = (secrets.token_hex(TOKEN_LENGTH // 2) for _ in "up")

    def settle(self, page: str) -> str:
        return (
            _defused(page)
            .replace(self.unsubscribe, UNSUBSCRIBE_SLOT)
            .replace(self.preferences, PREFERENCES_SLOT)
        )


def _defused(text: str) -> str:
    for slot in (UNSUBSCRIBE_SLOT, PREFERENCES_SLOT):
        text = text.replace(slot, slot.replace("~", "-"))
    return text


def _richest_that_fits(richness: Richness, html: Callable[[Layout], str]) -> tuple[Layout, str]:
    """The richest layout whose HTML is small enough, by bisection: sizes grow with the level."""
    page = html(richness.layout(richness.top))
    if _fits(page):
        return richness.layout(richness.top), page
    low, high = 0, richness.top
    best: str | None = None
    while low < high:
        level = (low + high) // 2
        page = html(richness.layout(level))
        if _fits(page):
            best, low = page, level + 1
        else:
            high = level
    if best is None:
        raise MailTooLarge(f"the text of this mail takes more than {MAX_HTML} bytes")
    return richness.layout(low - 1), best


def _fits(page: str) -> bool:
    return len(page.encode()) + page.count("\n") <= MAX_HTML


def _subject(content: EditionContent, brand: Brand) -> str:
    first = content.articles[0].headline if content.articles else ""
    plain = clipped(content.subject, _SUBJECT_LENGTH) or clipped(first, _SUBJECT_LENGTH)
    plain = _defused(plain or clean_text(brand.site_name))
    base = _BASES[content.language]
    return isolated_line(plain, base if base == "rtl" else prevailing_direction(plain, base))


def _edition_context(
    content: EditionContent, brand: Brand, base: Direction, subject: str, keys: _Keys
) -> dict[str, Any]:
    note = paragraphs(content.note)
    return {
        **brand_context(content.language, brand, base),
        "title": clean_text(subject),
        "title_base": base if base == "rtl" else prevailing_direction(subject, base),
        "preheader": _preheader(content, note),
        "date": _date(content.date, content.language, brand),
        "hijri_date": _hijri_date(content, brand),
        "reading_minutes": _reading_minutes(content),
        "is_morning": _is_morning(content.date, brand),
        "note": note,
        "note_links": content.note_links,
        "count": len(content.articles),
        "web_url": web_url(content.web_url),
        "unsubscribe_url": f"{brand.base_url}/u/{keys.unsubscribe}",
        "preferences_url": f"{brand.base_url}/p/{keys.preferences}",
    }


def _preheader(content: EditionContent, note: tuple[str, ...]) -> str:
    lead = content.articles[0] if content.articles else None
    choices = [content.preheader, lead.standfirst if lead else "", *note[:1]]
    if content.kind is CampaignKind.ANNOUNCEMENT:
        choices = [content.preheader, *note[:1]]
    return next((clipped(choice, 160) for choice in choices if clean_text(choice)), "")


def _date(moment: datetime, language: str, brand: Brand) -> str:
    return date_line(
        moment,
        zone=brand.zone,
        language=language,
        digit_family=brand.digits,
        months=brand.months,
    )


def _hijri_date(content: EditionContent, brand: Brand) -> str:
    if not brand.hijri:
        return ""
    return hijri_line(
        content.date, zone=brand.zone, language=content.language, digit_family=brand.digits
    )


def _reading_minutes(content: EditionContent) -> int:
    """How long the issue takes: its headlines and first lines, not the articles behind them."""
    texts = [content.note, *(f"{a.kicker} {a.headline} {a.standfirst}" for a in content.articles)]
    return minutes_for(sum(map(words_in, texts)))


def _is_morning(moment: datetime, brand: Brand) -> bool:
    return 3 <= moment.astimezone(ZoneInfo(brand.zone)).hour < 12
