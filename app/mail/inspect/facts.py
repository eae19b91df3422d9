"""The facts about one mail that the preflight judges: the message as it would leave, read again."""

from __future__ import annotations

from app.domain.edition import TOKEN_LENGTH
from app.domain.preflight import MailFacts
from app.mail.content import RenderedMail
from app.mail.inspect.message import ReadMessage, links_out, read_message
from app.mail.inspect.page import Page, read_page
from app.mail.inspect.spam_words import shouts, spam_words
from app.mail.wire import ReaderValues, Skeleton, WireHeaders

TRIAL_ADDRESS = "reader@example.org"


def trial_message(mail: RenderedMail, common: WireHeaders, *, token: str) -> bytes:
    """The mail compiled and filled in for nobody, as a worker would do it for a reader."""
    domain = common.from_address.partition("@")[2]
    return Skeleton.compile(mail, common).message(
        ReaderValues(
            address=TRIAL_ADDRESS,
            unsubscribe_token=token,
            preferences_token="A" * TOKEN_LENGTH,
            message_id=f"<preflight@{domain}>",
        )
    )


def mail_facts(
    mail: RenderedMail, raw: bytes, *, language: str, base_url: str, token: str
) -> MailFacts:
    """What is in `raw`, the finished message of `mail` that was made with `token`.

    Links that open a reader's own pages, or the mail in a browser, are not among `links`: those
    pages are ours, and there is none yet.
    """
    read = read_message(raw, base_url=base_url)
    page = read_page(read.html)
    own = tuple(f"{base_url}/{page}/" for page in ("u", "p", "w"))
    return MailFacts(
        language=language,
        subject=read.subject if read.subject == mail.subject else "",
        preheader=page.preheader,
        text=read.text,
        words=len(page.words),
        html_bytes=len(read.html.encode()) + read.html.count("\n"),
        encoded_bytes=read.encoded_html,
        links=tuple(dict.fromkeys(url for url, _ in page.links if not url.startswith(own))),
        images=tuple(page.images),
        passages=tuple(page.passages),
        unsubscribe=tuple(_unsubscribe(read, page, token)),
        spam_in_subject=tuple(spam_words(read.subject)),
        spam_in_words=tuple(spam_words(page.words)),
        shouts=shouts(read.subject),
    )


def _unsubscribe(read: ReadMessage, page: Page, token: str) -> list[str]:
    first = next((at for url, at in page.links if url.endswith(f"/u/{token}")), None)
    problems = [*read.problems, *links_out(read.html, read.text, token, first)]
    if read.token and read.token != token:
        problems.append("bad_header")
    return problems
