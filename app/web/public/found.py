"""What a search shows of an edition: its title and the stories that match, the words marked."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from app.domain.archive import Story
from app.domain.bidi import Direction, prevailing_direction
from app.domain.folding import bare, folded_words, matches
from app.web.public.shown import Shown

_STORIES = 3
_SNIPPET = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundStory:
    """A story with its matches marked; `place` is where it stands in its edition, from 1."""

    place: int
    headline: Markup
    text: Markup
    base: Direction


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    edition: Shown
    title: Markup
    stories: list[FoundStory]


def find_in(edition: Shown, words: list[str]) -> Found:
    """The stories of the edition that have most of the folded `words`, at most three."""
    ranked = []
    for place, story in enumerate(edition.stories, 1):
        hits = _hits(" ".join((story.headline, *_texts(story))), words)
        if hits:
            ranked.append((-hits, place, story))
    best = sorted(ranked, key=lambda one: one[:2])[:_STORIES]
    return Found(
        edition=edition,
        title=marked(edition.title, words),
        stories=[_found(place, story, words) for _, place, story in best],
    )


def marked(text: str, words: list[str]) -> Markup:
    """The text escaped, every word that matches in a `mark`."""
    done, pieces = 0, Markup()
    for word in matches(text, words):
        pieces += escape(text[done : word.start])
        pieces += Markup("<mark>{}</mark>").format(text[word.start : word.end])
        done = word.end
    return pieces + escape(text[done:])


def _hits(text: str, words: list[str]) -> int:
    """How many of the words the text has."""
    known = [word.text for word in folded_words(text)]
    return sum(
        any(one.startswith(word) or bare(one).startswith(word) for one in known) for word in words
    )


def _texts(story: Story) -> tuple[str, ...]:
    """Where a match may stand beside the headline; the first that has one is shown."""
    return (
        story.standfirst,
        story.body_text,
        story.image_caption,
        story.kicker,
        f"{story.topic} · {story.byline}",
    )


def _found(place: int, story: Story, words: list[str]) -> FoundStory:
    shown = next((text for text in _texts(story) if matches(text, words)), story.standfirst)
    return FoundStory(
        place=place,
        headline=marked(story.headline, words),
        text=marked(_around(shown, words), words),
        base=prevailing_direction(story.headline),
    )


def _around(text: str, words: list[str]) -> str:
    """A piece of the text that holds its first match."""
    if len(text) <= _SNIPPET:
        return text
    first = next(iter(matches(text, words)), None)
    start = max(0, first.start - _SNIPPET // 2) if first else 0
    start = text.find(" ", start) + 1 if start else 0
    piece = text[start : start + _SNIPPET]
    return ("…" if start else "") + piece + ("…" if start + _SNIPPET < len(text) else "")
