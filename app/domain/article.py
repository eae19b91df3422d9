"""Articles as values: what one entry of a feed became, before it is a row."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_WHITESPACE = re.compile(r"\s+")
_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # C0 and C1, without those that count as whitespace
    "\u00ad\u061c\u200b\u200e\u200f"  # soft hyphen, ALM, zero-width space, LRM, RLM
    "\u202a-\u202e\u2060-\u206f"  # embeddings, overrides, isolates, and other invisible formats
    "\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff"  # lone surrogates, which neither UTF-8 nor PostgreSQL can hold
    "\U000e0000-\U000e007f"  # tags: text that no reader sees
    "]"
)
_PRESENTATION = re.compile("[\ufb50-\ufbb1\ufbd3-\ufd3d\ufe70-\ufefc]+")
"""Without the ligatures that stand for whole words or phrases (U+FDF0 to U+FDFF)."""


def without_unseen(text: str) -> str:
    """`text` in NFC without bidi controls, control characters and other invisible marks.

    Letters in their forms of presentation, as they come out of a PDF, become plain letters.
    Joiners (U+200C, U+200D) stay: Persian words and emoji need them.
    """
    plain = _PRESENTATION.sub(lambda form: unicodedata.normalize("NFKC", form[0]), text)
    return unicodedata.normalize("NFC", _UNSEEN.sub("", plain))


def one_line(text: str) -> str:
    """`without_unseen`, with every run of whitespace folded to one space."""
    return _WHITESPACE.sub(" ", without_unseen(text)).strip()


def fold_name(text: str) -> str:
    """A name for comparison: case, tatweel, vowel marks and the spellings of alef, teh marbuta
    and alef maqsura do not count, nor do hyphens and underscores against spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LETTERS)
    return one_line(letters)


_LETTERS = str.maketrans({"ـ": None, "ٱ": "ا", "ة": "ه", "ى": "ي", "-": " ", "_": " "})


class Origin(StrEnum):
    """How an article came in: from a source's feed, by the address of its page, written by hand
    in admin, or pushed by the newsroom's CMS."""

    FEED = "feed"
    LINK = "link"
    HAND = "hand"
    PUSH = "push"


@dataclass(frozen=True, kw_only=True, slots=True)
class RelatedLink:
    """Another article that the text points to («اقرأ أيضاً: …»)."""

    title: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleDraft:
    """One entry of a feed. Its texts are clean (`one_line`), `body_html` is sanitised, its
    addresses are absolute; what the entry did not have is empty. `published_at` is in UTC and
    never in the future."""

    guid: str
    url: str
    headline: str
    kicker: str = ""
    standfirst: str = ""
    body_html: str = ""
    image_url: str = ""
    image_alt: str = ""
    image_caption: str = ""
    related: tuple[RelatedLink, ...] = ()
    byline: str = ""
    published_at: datetime | None = None
    categories: tuple[str, ...] = ()

    @property
    def content_hash(self) -> bytes:
        """SHA-256 over what a reader would see: another one means the article was changed.

        The date is left out. Some feeds stamp every entry with the moment of the request, and
        that alone would make each article new again at every look.
        """
        parts = [
            self.url,
            self.kicker,
            self.headline,
            self.standfirst,
            self.body_html,
            self.image_url,
            self.image_alt,
            self.image_caption,
            self.byline,
            *(text for link in self.related for text in (link.title, link.url)),
            *sorted(self.categories),
        ]
        seen = hashlib.sha256()
        for part in (str(len(self.related)), *parts):
            encoded = part.encode()
            seen.update(b"%d:" % len(encoded) + encoded)
        return seen.digest()
