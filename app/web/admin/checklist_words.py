"""The words for what a preflight found: one sentence for each stable code."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel.speaklater import LazyString

from app.domain.bidi import LRI, PDI
from app.domain.preflight import Check, Finding
from app.web.admin.display import number
from app.web.admin.i18n import gettext, ngettext
from app.web.admin.i18n import lazy_gettext as _
from app.web.i18n import digits

CHECKS: Mapping[str, LazyString] = {
    Check.AUDIENCE: _("Readers"),
    Check.NEWS: _("What is new"),
    Check.SUBJECT: _("Subject"),
    Check.PREHEADER: _("Line after the subject"),
    Check.SIZE: _("Size"),
    Check.LINKS: _("Links"),
    Check.IMAGES: _("Pictures"),
    Check.TEXT: _("Text version"),
    Check.CONTRAST: _("Contrast"),
    Check.UNSUBSCRIBE: _("The way out"),
    Check.SPAM_WORDS: _("Words of spam"),
    Check.SPAM_SCORE: _("Score of the spam filter"),
}

_PLAIN: Mapping[str, LazyString] = {
    "uncounted": _("The readers are counted when it is sent."),
    "nobody": _("No active reader has chosen these topics at this pace: it would be skipped."),
    "own_text": _("It carries a text of your own."),
    "all_new": _("Nothing of it was sent before."),
    "nothing_new": _("Nothing is new for anybody: it would be skipped."),
    "no_subject": _("There is no subject. Write one."),
    "subject_turned": _("The subject does not begin in Arabic, and mailboxes would turn it round."),
    "subject_long": _(
        "The subject has %(characters)s characters; mailboxes cut it. Phones show about %(phone)s."
    ),
    "subject": _("%(characters)s characters; phones show about %(phone)s of them."),
    "no_preheader": _("There is nothing to show after the subject."),
    "preheader_repeats": _("It only repeats the subject."),
    "preheader": _("It says something of its own."),
    "size": _("%(html)s KB, %(encoded)s KB on the way; mailboxes show up to %(most_encoded)s KB."),
    "too_large": _(
        "%(html)s KB, %(encoded)s KB on the way: more than %(most_encoded)s KB, "
        "and mailboxes cut it off."
    ),
    "cannot_fit": _("Your text alone is longer than a mailbox shows. Shorten it."),
    "no_images": _("There are none."),
    "no_text": _("There is no text version."),
    "text_short": _("The text version is much shorter than the mail."),
    "text": _("It is there, and whole."),
    "contrast": _("All text can be read: at least %(least)s to one."),
    "contrast_faint": _("Some text is faint: %(least)s to one, where %(wanted)s is wanted."),
    "contrast_lost": _("Some text cannot be read: %(least)s to one, where %(wanted)s is wanted."),
    "unsubscribe": _("The header, the button of mailboxes and the links are there and work."),
    "no_header": _("The header that mailboxes make their button of is missing."),
    "bad_header": _("The header that mailboxes make their button of is wrong."),
    "no_one_click": _("The header for leaving with one click is missing."),
    "no_link_in_html": _("The mail has no link for leaving."),
    "no_link_in_text": _("The text version has no link for leaving."),
    "link_far_down": _("The link for leaving is far down."),
    "plain_http": _("The site's address is not https, so mailboxes show no button for leaving."),
    "spam_words": _("None that filters would mind."),
    "spam_in_subject": _("Words in the subject that filters mind:"),
    "spam_in_body": _("Many words that filters mind:"),
    "subject_shouts": _("The subject shouts: many exclamation marks, or capitals only."),
    "score": _("%(score)s; from %(limit)s on it would be taken for spam."),
    "score_high": _("%(score)s; from %(limit)s on it is taken for spam. It minds:"),
    "no_spamassassin": _("SpamAssassin is not installed on the worker's machine; not judged."),
    "spamassassin_failed": _("SpamAssassin gave no answer; not judged."),
    "score_unasked": _("Not judged."),
}

_COUNTED: Mapping[str, Callable[[int, str], str]] = {
    "links": lambda n, shown: ngettext(
        "The one link answers.", "All %(number)s links answer.", n, number=shown
    ),
    "links_unchecked": lambda n, shown: ngettext(
        "One link; it was not tried, as this installation is set.",
        "%(number)s links; they were not tried, as this installation is set.",
        n,
        number=shown,
    ),
    "links_untried": lambda n, shown: ngettext(
        "One link could not be tried in time:",
        "%(number)s links could not be tried in time:",
        n,
        number=shown,
    ),
    "links_dead": lambda n, shown: ngettext(
        "One link leads nowhere:", "%(number)s links lead nowhere:", n, number=shown
    ),
    "links_silent": lambda n, shown: ngettext(
        "One link does not answer now:", "%(number)s links do not answer now:", n, number=shown
    ),
    "images": lambda n, shown: ngettext(
        "The one picture is there, with a description and its size.",
        "All %(number)s pictures are there, with descriptions and their sizes.",
        n,
        number=shown,
    ),
    "images_without_alt": lambda n, shown: ngettext(
        "One picture has no description:",
        "%(number)s pictures have no description:",
        n,
        number=shown,
    ),
    "images_without_size": lambda n, shown: ngettext(
        "One picture has no size:", "%(number)s pictures have no size:", n, number=shown
    ),
    "images_broken": lambda n, shown: ngettext(
        "One picture cannot be shown:", "%(number)s pictures cannot be shown:", n, number=shown
    ),
    "images_left_out": lambda n, shown: ngettext(
        "One picture could not be fetched from the newsroom and is left out:",
        "%(number)s pictures could not be fetched from the newsroom and are left out:",
        n,
        number=shown,
    ),
}


def finding_words(finding: Finding) -> str:
    """What was found, in the reader's language and digits; its examples follow."""
    numbers = finding.numbers
    if finding.code == "audience":
        return _audience(int(numbers["readers"]), int(numbers["had"]), int(numbers["variants"]))
    if finding.code == "partly_new":
        return _partly_new(int(numbers["candidates"]), int(numbers["stale"]))
    if finding.code == "too_few":
        return _too_few(int(numbers["candidates"]), int(numbers["least"]))
    if finding.code in _COUNTED:
        count = int(numbers["count"])
        return _COUNTED[finding.code](count, number(count))
    shown = {name: _shown(value) for name, value in numbers.items()}
    return str(_PLAIN[finding.code]) % shown


def _audience(readers: int, had: int, variants: int) -> str:
    words = [
        ngettext(
            "It goes to one reader,", "It goes to %(number)s readers,", readers, **_n(readers)
        ),
        ngettext("in one version.", "in %(number)s versions.", variants, **_n(variants)),
    ]
    if had:
        more = ngettext(
            "One more has had it all before.",
            "%(number)s more have had it all before.",
            had,
            **_n(had),
        )
        words.append(more)
    return " ".join(words)


def _partly_new(candidates: int, stale: int) -> str:
    """Of `candidates` articles, `stale` are new to nobody."""
    ready = ngettext(
        "One article is ready;", "%(number)s articles are ready;", candidates, **_n(candidates)
    )
    left_out = ngettext(
        "one of them was sent to all its readers before and is left out.",
        "%(number)s of them were sent to all their readers before and are left out.",
        stale,
        **_n(stale),
    )
    return f"{ready} {left_out}"


def _too_few(candidates: int, least: int) -> str:
    found = ngettext(
        "Only one article is new;",
        "Only %(number)s articles are new;",
        candidates,
        **_n(candidates),
    )
    asked = gettext(
        "the campaign asks for %(number)s at least, so it would be skipped.", **_n(least)
    )
    return f"{found} {asked}"


def _n(value: int) -> dict[str, str]:
    return {"number": number(value)}


def _shown(value: float) -> str:
    """A number of either kind; one below zero keeps its sign before it in any sentence."""
    if isinstance(value, int):
        return number(value)
    written = digits(f"{value:g}")
    if digits("1") != "1":
        written = written.replace(".", "٫")
    return f"{LRI}{written}{PDI}" if value < 0 else written
