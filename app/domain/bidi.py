"""Direction of mixed text: which way a text runs, and how its foreign words are kept in place.

A Latin name, a number with its sign or unit, or an address inside an Arabic sentence drags the
punctuation beside it to the wrong side. Isolated, it stands like one word of the sentence: by
FSI and PDI in plain text, by a span with its own `dir` in HTML (mail programs drop `<bdi>`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Literal
from unicodedata import bidirectional

Direction = Literal["rtl", "ltr"]

RLM, LRI, FSI, PDI = "\u200f", "\u2066", "\u2068", "\u2069"

_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_UNIT = re.compile(
    r"[kcmµnMGTP]?(?:m|g|W|Wh|Hz|B|b|bps|J|V|A|L|l|s|t)[²³]?|km/h|mph|°[CF]|kcal|ppm|USD|EUR|GBP"
)

# Classes of characters: L left-to-right letter, R right-to-left letter or Arabic digit and
# punctuation, N European digit, M mark on the letter before, h sign that opens a word, s sign
# that belongs to a number, b bracket, q quotation mark, w white space, n everything else.
_SIGNS = {
    **dict.fromkeys("@#", "h"),
    **dict.fromkeys("$€£¥₺+-−~%‰°", "s"),
    **dict.fromkeys("()[]{}", "b"),
    **dict.fromkeys("\"'«»“”‘’‹›„", "q"),
    **dict.fromkeys("\u00a0\u202f", "w"),  # white space, though Unicode counts it with separators
}
_BY_CLASS = {"L": "L", "R": "R", "AL": "R", "AN": "R", "EN": "N", "NSM": "M", "WS": "w", "ET": "s"}

_FOREIGN_TO_RTL = re.compile(
    r"(?:[hs]*N|h*L)(?:[LNMsnh]|q(?=[LN])|b[LNMsn]+b)*(?:(?<=[LNMs])|(?<=b[LNMsn]b)|(?<=[LNMsn]b))"
)
_FOREIGN_TO_LTR = re.compile(r"R(?:[RMNswnbqh]*[RM])?")


def without_bidi_controls(text: str) -> str:
    """The text without marks, embeddings, overrides and isolates (UAX 9, table 1)."""
    return _CONTROLS.sub("", text)


def direction_of(text: str, default: Direction = "rtl") -> Direction:
    """The direction of the first strong character (UAX 9, rule P2)."""
    for character in text:
        kind = bidirectional(character)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return default


def prevailing_direction(text: str, default: Direction = "rtl") -> Direction:
    """The direction of most letters; of the first where there are as many of both. An Arabic
    headline is one even where it begins with a name such as iPhone."""
    kinds = [bidirectional(character) for character in text]
    surplus = sum(kind in ("R", "AL") for kind in kinds) - kinds.count("L")
    if surplus == 0:
        return direction_of(text, default)
    return "rtl" if surplus > 0 else "ltr"


def isolated_line(text: str, base: Direction) -> str:
    """A line of plain text or a subject that runs in `base`, its foreign runs between FSI and
    PDI. Controls that were in it are removed first. One that runs right to left begins with a
    strong character of that direction, so that every program finds its direction."""
    line = _line(text, base)
    if base == "rtl" and line and bidirectional(line[0]) not in ("R", "AL"):
        return RLM + line
    return line


def isolated_html(text: str, base: Direction, *, is_part: bool = False) -> str:
    """Escaped HTML, its foreign runs in spans of their own direction. `is_part` says that the
    text is a piece of a longer line, as between two tags."""
    other: Direction = "ltr" if base == "rtl" else "rtl"
    shown = []
    for piece, foreign in _pieces(text, base, is_part=is_part):
        if not foreign:
            shown.append(escape(piece))
            continue
        inner = isolated_html(piece, "rtl", is_part=True) if other == "rtl" else escape(piece)
        shown.append(f'<span dir="{other}">{inner}</span>')
    return "".join(shown)


def _line(text: str, base: Direction, *, is_part: bool = False) -> str:
    """An Arabic run of a Latin line is a line of its own, as in HTML: without that, 11-2043 at
    the end of an address would be shown as 2043-11."""
    shown = []
    for piece, foreign in _pieces(text, base, is_part=is_part):
        if not foreign:
            shown.append(piece)
            continue
        inner = _line(piece, "rtl", is_part=True) if base == "ltr" else piece
        shown.append(f"{FSI}{inner}{PDI}")
    return "".join(shown)


def _pieces(text: str, base: Direction, *, is_part: bool = False) -> Iterator[tuple[str, bool]]:
    """The text cut into what runs with `base` and what does not; joined it is the text again."""
    text = without_bidi_controls(text)
    done = 0
    for start, end in _foreign(text, base, is_part=is_part):
        if start > done:
            yield text[done:start], False
        yield text[start:end], True
        done = end
    if done < len(text):
        yield text[done:], False


def _foreign(text: str, base: Direction, *, is_part: bool) -> list[tuple[int, int]]:
    classes = "".join(map(_class, text))
    own, other = ("R", "L") if base == "rtl" else ("L", "R")
    if not is_part and other in classes and own not in classes:
        return [(0, len(text))]
    if base == "ltr":
        return [match.span() for match in _FOREIGN_TO_LTR.finditer(classes)]
    runs: list[tuple[int, int]] = []
    for match in _FOREIGN_TO_RTL.finditer(classes):
        start, end = match.span()
        if runs and _belong_together(text, classes, runs[-1], (start, end)):
            runs[-1] = runs[-1][0], end
        else:
            runs.append((start, end))
    return runs


def _class(character: str) -> str:
    if "\u0600" <= character <= "\u06ff":
        return "R"
    return _SIGNS.get(character) or _BY_CLASS.get(bidirectional(character), "n")


def _belong_together(
    text: str, classes: str, left: tuple[int, int], right: tuple[int, int]
) -> bool:
    """Whether two neighbouring words are one run: «New York», «iPhone 15», «Rock & Roll»,
    «15 km». Two numbers are not: «3 - 1» reads from the right like the sentence around it."""
    between = classes[left[1] : right[0]]
    left_has_letters = "L" in classes[slice(*left)]
    if between == "w":
        if left_has_letters:
            return True
        return _UNIT.fullmatch(text[slice(*right)]) is not None
    return left_has_letters and "L" in classes[slice(*right)] and between in ("nw", "wnw", "wsw")
