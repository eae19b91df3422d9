"""What the facts about a campaign's mails mean: each check's findings, with their severity.

The limits come from EMAIL.md: mailboxes clip past 102 KB, phones show some forty characters of a
subject, WCAG asks for a contrast of 4.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from app.domain.bidi import RLM
from app.domain.contrast import LEAST_CONTRAST
from app.domain.preflight import (
    AddressFacts,
    AudienceFacts,
    Check,
    Checklist,
    Finding,
    MailFacts,
    ScoreFacts,
    Severity,
    in_order,
)

MAX_HTML = 80_000
MAX_ENCODED = 100_000
LONG_SUBJECT = 90
PHONE_SUBJECT = 40
LEAST_READABLE = 3.0
"""Below this even large letters are lost (WCAG 2.2, 1.4.3); it stops the sending."""
SPAM_WARNING = 2.0
SPAM_ERROR = 5.0
SPAM_WORDS_BODY = 3

_DEAD = frozenset({"not_found", "bad_url", "private_address"})
"""Troubles that waiting does not heal, or that a reader outside has for certain."""
_MILD_UNSUBSCRIBE = frozenset({"link_far_down", "plain_http"})
_EXAMPLES = 5

_OK, _WARNING, _ERROR = Severity.OK, Severity.WARNING, Severity.ERROR


def judge(
    mails: Sequence[MailFacts],
    addresses: AddressFacts,
    audience: AudienceFacts,
    score: ScoreFacts,
) -> Checklist:
    """The whole list. Without mails only the audience and the news are told."""
    findings = [*_audience(audience), *_news(audience)]
    if mails:
        for judged in (
            _subject(mails),
            _preheader(mails),
            _size(mails),
            _links(mails, addresses),
            _images(mails, addresses),
            _text(mails),
            _contrast(mails),
            _unsubscribe(mails),
            _spam_words(mails),
            _spam_score(score),
        ):
            findings += judged
    return Checklist(findings=in_order(findings))


def starts_right_to_left(subject: str) -> bool:
    """Whether a subject opens with an Arabic letter or U+200F, so that a mailbox sets it so."""
    from_letters = subject.lstrip("«\"'([“‘ \u2068")
    return subject.startswith(RLM) or "\u0600" <= from_letters[:1] <= "\u08ff"


def _audience(facts: AudienceFacts) -> Iterator[Finding]:
    numbers = {"variants": facts.variants, "looked_at": facts.looked_at}
    if facts.readers is None:
        yield Finding(check=Check.AUDIENCE, code="uncounted", severity=_OK, numbers=numbers)
    elif facts.readers or facts.had:
        numbers |= {"readers": facts.readers, "had": facts.had}
        yield Finding(check=Check.AUDIENCE, code="audience", severity=_OK, numbers=numbers)
    else:
        yield Finding(check=Check.AUDIENCE, code="nobody", severity=_WARNING)


def _news(facts: AudienceFacts) -> Iterator[Finding]:
    numbers = {"candidates": facts.candidates, "stale": facts.stale, "least": facts.least}
    code, severity = "all_new", _OK
    if facts.is_own_text:
        code = "own_text"
    elif not facts.candidates or (facts.had and not facts.readers and facts.readers is not None):
        code, severity = "nothing_new", _WARNING
    elif facts.candidates < facts.least:
        code, severity = "too_few", _WARNING
    elif facts.stale:
        code = "partly_new"
    yield Finding(check=Check.NEWS, code=code, severity=severity, numbers=numbers)


def _subject(mails: Sequence[MailFacts]) -> Iterator[Finding]:
    subjects = list(dict.fromkeys(mail.subject.strip() for mail in mails))
    longest = max(subjects, key=len)
    numbers = {"characters": len(longest), "phone": PHONE_SUBJECT, "long": LONG_SUBJECT}
    turned = [
        mail.subject
        for mail in mails
        if mail.language == "ar" and mail.subject and not starts_right_to_left(mail.subject)
    ]
    if not all(subjects):
        yield _about(Check.SUBJECT, "no_subject", _ERROR)
    if turned:
        yield _about(Check.SUBJECT, "subject_turned", _ERROR, turned)
    if len(longest) > LONG_SUBJECT:
        yield _about(Check.SUBJECT, "subject_long", _WARNING, [longest[:PHONE_SUBJECT]], **numbers)
    elif all(subjects) and not turned:
        yield _about(Check.SUBJECT, "subject", _OK, [longest[:PHONE_SUBJECT]], **numbers)


def _preheader(mails: Sequence[MailFacts]) -> Iterator[Finding]:
    bare = [mail.subject for mail in mails if not mail.preheader]
    repeats = [m.preheader for m in mails if m.preheader and m.preheader == m.subject]
    if bare:
        yield _about(Check.PREHEADER, "no_preheader", _WARNING, bare)
    if repeats:
        yield _about(Check.PREHEADER, "preheader_repeats", _WARNING, repeats)
    if not bare and not repeats:
        yield _about(Check.PREHEADER, "preheader", _OK, [mails[0].preheader])


def _size(mails: Sequence[MailFacts]) -> Iterator[Finding]:
    html = max(mail.html_bytes for mail in mails)
    encoded = max(mail.encoded_bytes for mail in mails)
    fits = html <= MAX_HTML and encoded <= MAX_ENCODED
    yield _about(
        Check.SIZE,
        "size" if fits else "too_large",
        _OK if fits else _ERROR,
        html=-(-html // 1000),
        encoded=-(-encoded // 1000),
        most_html=MAX_HTML // 1000,
        most_encoded=MAX_ENCODED // 1000,
    )


def _links(mails: Sequence[MailFacts], addresses: AddressFacts) -> Iterator[Finding]:
    links = list(dict.fromkeys(link for mail in mails for link in mail.links))
    known = addresses.troubles
    dead = [link for link in links if known.get(link) in _DEAD]
    silent = [link for link in links if known.get(link, "") and known[link] not in _DEAD]
    untried = [link for link in links if link not in known]
    if dead:
        yield _about(Check.LINKS, "links_dead", _ERROR, dead, count=len(dead))
    if silent:
        yield _about(Check.LINKS, "links_silent", _WARNING, silent, count=len(silent))
    if not addresses.tried:
        yield _about(Check.LINKS, "links_unchecked", _OK, count=len(links))
    elif untried:
        yield _about(Check.LINKS, "links_untried", _WARNING, untried, count=len(untried))
    elif not dead and not silent:
        yield _about(Check.LINKS, "links", _OK, count=len(links))


def _images(mails: Sequence[MailFacts], addresses: AddressFacts) -> Iterator[Finding]:
    images = {image.url: image for mail in mails for image in mail.images}
    bare = [url for url, image in images.items() if not (image.alt or "").strip()]
    unsized = [url for url, image in images.items() if not image.has_size]
    broken = [url for url in images if addresses.troubles.get(url)]
    for code, urls in (
        ("images_without_alt", bare),
        ("images_without_size", unsized),
        ("images_broken", broken),
        ("images_left_out", addresses.uncopied),
    ):
        if urls:
            yield _about(Check.IMAGES, code, _WARNING, urls, count=len(urls))
    if not (bare or unsized or broken or addresses.uncopied):
        yield _about(Check.IMAGES, "images" if images else "no_images", _OK, count=len(images))


def _text(mails: Sequence[MailFacts]) -> Iterator[Finding]:
    lengths = [len(mail.text.strip()) for mail in mails]
    if not min(lengths):
        yield _about(Check.TEXT, "no_text", _ERROR)
    elif any(length * 10 < mail.words for length, mail in zip(lengths, mails, strict=True)):
        yield _about(Check.TEXT, "text_short", _WARNING, characters=min(lengths))
    else:
        yield _about(Check.TEXT, "text", _OK, characters=min(lengths))


def _contrast(mails: Sequence[MailFacts]) -> Iterator[Finding]:
    passages = [passage for mail in mails for passage in mail.passages]
    least = min((passage.ratio for passage in passages), default=21.0)
    lost = [p.text for p in passages if p.ratio < LEAST_READABLE]
    faint = [p.text for p in passages if LEAST_READABLE <= p.ratio < LEAST_CONTRAST]
    numbers = {"least": round(least, 2), "wanted": LEAST_CONTRAST}
    if lost:
        yield _about(Check.CONTRAST, "contrast_lost", _ERROR, lost, **numbers)
    elif faint:
        yield _about(Check.CONTRAST, "contrast_faint", _WARNING, faint, **numbers)
    else:
        yield _about(Check.CONTRAST, "contrast", _OK, **numbers)


def _unsubscribe(mails: Sequence[MailFacts]) -> Iterator[Finding]:
    codes = list(dict.fromkeys(code for mail in mails for code in mail.unsubscribe))
    for code in codes:
        mild = code in _MILD_UNSUBSCRIBE
        yield _about(Check.UNSUBSCRIBE, code, _WARNING if mild else _ERROR)
    if not codes:
        yield _about(Check.UNSUBSCRIBE, "unsubscribe", _OK)


def _spam_words(mails: Sequence[MailFacts]) -> Iterator[Finding]:
    in_subject = [words for mail in mails for words in mail.spam_in_subject]
    in_body = max((mail.spam_in_words for mail in mails), key=len)
    shouting = [mail.subject for mail in mails if mail.shouts]
    if in_subject:
        yield _about(Check.SPAM_WORDS, "spam_in_subject", _WARNING, in_subject)
    if shouting:
        yield _about(Check.SPAM_WORDS, "subject_shouts", _WARNING, shouting)
    if len(in_body) >= SPAM_WORDS_BODY:
        yield _about(Check.SPAM_WORDS, "spam_in_body", _WARNING, in_body, count=len(in_body))
    elif not in_subject and not shouting:
        yield _about(Check.SPAM_WORDS, "spam_words", _OK, in_body, count=len(in_body))


def _spam_score(facts: ScoreFacts) -> Iterator[Finding]:
    if facts.missing:
        yield _about(Check.SPAM_SCORE, facts.missing, _OK)
        return
    severity = (
        _ERROR if facts.score >= SPAM_ERROR else _WARNING if facts.score >= SPAM_WARNING else _OK
    )
    code = "score" if severity is _OK else "score_high"
    rules = facts.rules if severity is not _OK else ()
    yield _about(Check.SPAM_SCORE, code, severity, rules, score=facts.score, limit=SPAM_ERROR)


def _about(
    check: Check,
    code: str,
    severity: Severity,
    examples: Iterable[str] = (),
    /,
    **numbers: float,
) -> Finding:
    return Finding(
        check=check,
        code=code,
        severity=severity,
        numbers=numbers,
        examples=tuple(dict.fromkeys(examples))[:_EXAMPLES],
    )
