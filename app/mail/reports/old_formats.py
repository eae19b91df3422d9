"""Bounces from before the standard, each server's in its own words: flufl.bounce knows them."""

from __future__ import annotations

import re
from collections.abc import Iterable

import structlog
from flufl.bounce import all_failures

from app.domain.bounce import Failure, ReportKind
from app.mail.reports.delivery_status import WORDS, Statuses, best_status, say
from app.mail.reports.parts import Parts

log = structlog.get_logger()

_REPLY = re.compile(r"^.{0,80}?\b[45]\d\d[ -]", re.MULTILINE)
_END = re.compile(r"\n[ \t]*\n|\n-{3}")


def read_old_format(parts: Parts) -> Statuses | None:
    """None where it is no bounce that anybody knows.

    Its word for "permanent" is not taken for more than "did not arrive" (it calls a full mailbox
    permanent): `domain.bounce` judges by the words.
    """
    try:
        temporary, permanent = all_failures(parts.without_the_returned())
    except Exception as error:  # noqa: BLE001 - twenty detectors of a library, on hostile input
        log.info("old_format_unreadable", why=type(error).__name__)
        return None
    if not permanent:
        return Statuses(kind=ReportKind.DELAYED) if temporary else None
    words = _words(parts.words(), sorted(one.decode("ascii", "replace") for one in permanent))
    failure = Failure(status=best_status("", words), words=words[:WORDS])
    return Statuses(kind=ReportKind.FAILED, failures=[failure])


def _words(text: str, addresses: Iterable[str]) -> str:
    """The mail server's answer inside the text, else what stands behind the address, up to the end
    of the paragraph; else the beginning."""
    reply = _REPLY.search(text)
    starts = [reply.start()] if reply else []
    starts += [place for place in (text.find(one) for one in addresses) if place >= 0]
    if not starts:
        return say(text)
    end = _END.search(text, starts[0])
    return say(text[starts[0] : end.start() if end else None])
