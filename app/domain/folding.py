"""Text folded for searching: what readers spell differently becomes the same.

Short vowels, tatweel, marks of direction, case and accents go; أ إ آ ٱ become ا, ى and ی become
ي, ة becomes ه, ک becomes ك, and the digits of every script become 0 to 9. What is neither a
letter nor a digit parts words, so that a folded word can stand in a query as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import category, decomposition, digit, normalize

MAX_WORD = 64
"""Characters of a folded word; what is longer is no word, and an index refuses giants."""

MAX_QUERY = 200
MAX_WORDS = 10
"""What of a query counts; nobody types more, and programs need not."""

_LETTERS = {
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ے": "ي",
    "ې": "ي",
    "ة": "ه",
    "ۃ": "ه",
    "ہ": "ه",
    "ھ": "ه",
    "ە": "ه",
    "ۀ": "ه",
    "ک": "ك",
    "ڪ": "ك",
    "ـ": "",
}
_IGNORED = ("Mn", "Me", "Cf")
_WITHIN_A_WORD = "'’ʼ"
_PREFIX = re.compile(r"[وف]?(?:[بك]?ال|لل)(?=\w{3})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A folded word and where it stands in the text, from `start` up to `end`."""

    text: str
    start: int
    end: int


def folded_words(text: str) -> list[Word]:
    """The words of `text`, folded, in their order."""
    words: list[Word] = []
    letters: list[str] = []
    start = end = 0
    for place, character in enumerate(f"{text} "):
        folded = _fold(character)
        if folded is None:
            if letters:
                words.append(Word(text="".join(letters)[:MAX_WORD], start=start, end=end))
            letters = []
            continue
        if not letters:
            start = place
        if folded:
            letters.append(folded)
        if letters:
            end = place + 1
    return words


def search_text(text: str) -> str:
    """What is stored to be searched: every folded word, and behind one with an article
    before it the word without it, parted by spaces, each once."""
    found: dict[str, None] = {}
    for word in folded_words(text):
        found.update(dict.fromkeys((word.text, bare(word.text))))
    return " ".join(found)


def query_words(query: str) -> list[str]:
    """The words a reader looks for, folded and without their article; empty when there is not
    a letter or digit in the query."""
    words = (bare(word.text) for word in folded_words(query[:MAX_QUERY]))
    return list(dict.fromkeys(words))[:MAX_WORDS]


def matches(text: str, words: list[str]) -> list[Word]:
    """The words of `text` that begin with one of `words`, in their order."""
    return [
        word
        for word in folded_words(text)
        if any(word.text.startswith(one) or bare(word.text).startswith(one) for one in words)
    ]


def bare(word: str) -> str:
    """A folded word without «ال», «وال», «بال», «لل» and their like before it."""
    prefix = _PREFIX.match(word)
    return word[prefix.end() :] if prefix else word


def _fold(character: str) -> str | None:
    """What a character becomes: nothing ("") inside a word, or None where a word ends."""
    if character in _LETTERS:
        return _LETTERS[character]
    if category(character) in _IGNORED or character in _WITHIN_A_WORD:
        return ""
    if not character.isalnum():
        return None
    if (value := digit(character, None)) is not None:
        return str(value)
    if not decomposition(character) and character.isascii():
        return character.casefold()
    pieces = (
        _LETTERS.get(one, one)
        for one in normalize("NFKD", character)
        if category(one) not in _IGNORED
    )
    return "".join(one for one in "".join(pieces).casefold() if one.isalnum())
