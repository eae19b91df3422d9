"""Mixed lines as a browser orders them: whatever foreign words, numbers and marks stand in an
Arabic sentence, it is read from the right, each foreign word from the left, and each mark stays
on its side. And an English sentence the other way round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from app.domain.bidi import Direction, isolated_html, isolated_line
from tests.browser import BROWSER_MARKS
from tests.judges.eye import needs_fonts, show

pytestmark = [*BROWSER_MARKS, needs_fonts]

PLACES = """([html, direction]) => {
    const line = document.createElement("p");
    line.dir = direction;
    line.style.whiteSpace = "nowrap";
    line.innerHTML = html;
    document.body.replaceChildren(line);
    const texts = [];
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) texts.push(walker.currentNode);
    // A span around each character changes no order, and unlike a range it has a reliable place.
    for (const text of texts) {
        text.replaceWith(...[...text.data].map((character) => {
            if (/[\\u200e\\u200f\\u2066-\\u2069]/.test(character)) return character;
            const span = document.createElement("i");
            span.textContent = character;
            return span;
        }));
    }
    return [...line.querySelectorAll("i")].map((span) => {
        const box = span.getBoundingClientRect();
        return [span.textContent, box.left, box.right];
    });
}"""

Box = tuple[float, float]
Shown = Callable[[str, Direction], str]

arabic = st.sampled_from(
    ["مرفأ", "قال", "الخبر", "مُدُن", "في", "«صباح", "الخير»", "عام", "٢٠٢٥", "تطلق", "و"]
)
english = st.sampled_from(["The", "paper", "said", "today,", "in", "Beirut", "(again)"])
foreign = st.sampled_from(
    [
        "OpenDesk", "iPhone", "GPT-5.2", "C++", "AT&T", "7.2", "$20", "35%", "-7", "+961-1-123456",
        "400,000", "3:45", "2025-01-22", "24/7", "11-2043", "EIB", "x@y.example", "#tag", "@desk",
        "https://x.example/a?b=(c)&d=1", "New York", "15 km/h", "Rock & Roll", "f(x)",
    ]
)  # fmt: skip
quotes = st.sampled_from(["", "", "", "«»", '""', "()", "“”"])
others = st.sampled_from(["بيروت", "شارع الحمرا", "ص.ب 11-2043", "«دفتر المطر»", "عام ٢٠٢٥"])
marks = st.sampled_from(["", "", "", "،", "؟", ".", ":", "!", "؛", "..", "…"])
latin_marks = st.sampled_from(["", "", ",", "?", ".", ":", "!", ";"])


@st.composite
def sentences(
    draw: st.DrawFn, own: st.SearchStrategy[str], other: st.SearchStrategy[str],
    after: st.SearchStrategy[str],
) -> list[list[str]]:  # fmt: skip
    """Words in pieces: what opens a quotation, the word, what closes it, the mark after it.
    Foreign ones stand among words of the sentence's own."""
    words = []
    for _ in range(draw(st.integers(1, 4))):
        opening, closing = draw(quotes.map(lambda pair: (pair[:1], pair[1:])))
        words.append([draw(own), draw(after)])
        words.append([opening, draw(other), closing, draw(after)])
        words.append([draw(own), draw(after)])
    return words


@pytest.fixture(scope="module")
def blank(page: Page) -> Page:
    show(page, "<head></head><body style='font: 17px Tahoma'></body>")
    return page


SETTINGS = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("shown", ["html", "plain"])
@SETTINGS
@given(words=sentences(arabic, foreign, marks))
def test_an_arabic_sentence_is_read_from_the_right(
    words: list[list[str]], shown: str, blank: Page
) -> None:
    boxes = _boxes(blank, words, "rtl", AS[shown])
    assert [box[1] for box in boxes] == sorted((box[1] for box in boxes), reverse=True)


@pytest.mark.parametrize("shown", ["html", "plain"])
@SETTINGS
@given(words=sentences(english, others, latin_marks))
def test_an_english_sentence_is_read_from_the_left(
    words: list[list[str]], shown: str, blank: Page
) -> None:
    boxes = _boxes(blank, words, "ltr", AS[shown])
    assert [box[0] for box in boxes] == sorted(box[0] for box in boxes)


@pytest.mark.parametrize("shown", ["html", "plain"])
@SETTINGS
@given(before=arabic, word=foreign, after=arabic)
def test_a_foreign_word_is_read_from_the_left(
    before: str, word: str, after: str, shown: str, blank: Page
) -> None:
    text = f"{before} {word} {after}"
    places = _places(blank, text, "rtl", AS[shown])
    letters = places[len(before) + 1 : len(before) + 1 + len(word)]
    lefts = [left for character, left, _ in letters if not character.isspace()]
    assert lefts == sorted(lefts)


def test_without_isolation_the_browser_turns_things_round(blank: Page) -> None:
    """So that the judge is known to see it."""
    words = [["الهاتف", ""], ["+961-1-123456", ""], ["ثم", ""], ["C++", "!"], ["OpenDesk", ""]]
    boxes = _boxes(blank, words, "rtl", lambda text, base: escape(text))
    assert [box[1] for box in boxes] != sorted((box[1] for box in boxes), reverse=True)


AS: dict[str, Shown] = {
    "html": isolated_html,
    "plain": lambda text, base: escape(isolated_line(text, base)),
}


def _boxes(page: Page, words: Sequence[Sequence[str]], base: Direction, shown: Shown) -> list[Box]:
    """Left and right of each piece, in the order in which they are written."""
    text = " ".join("".join(word) for word in words)
    places = _places(page, text, base, shown)
    boxes, at = [], 0
    for word in words:
        for piece in word:
            inside = places[at : at + len(piece)]
            if piece:
                boxes.append((min(p[1] for p in inside), max(p[2] for p in inside)))
            at += len(piece)
        at += 1
    return boxes


def _places(page: Page, text: str, base: Direction, shown: Shown) -> list[tuple[str, float, float]]:
    places: list[tuple[str, float, float]] = page.evaluate(PLACES, [shown(text, base), base])
    assert "".join(one for one, _, _ in places) == text
    return places
