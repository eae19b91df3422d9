"""Pictures inside of a text, whatever stands in their tags: found by us as a browser finds them."""

from __future__ import annotations

from html import escape

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from app.feeds.sanitise import sanitise
from app.pictures.in_body import addresses_in, with_own_pictures

TRICKY = st.text(alphabet="ab<>\"'=&;/ \n\t`اs", max_size=30)
OWN = "https://levant.example/i/x.jpg"


def images(text: str) -> list[dict[str, str]]:
    tree = html.fragment_fromstring(text, create_parent="div")
    return [dict(image.attrib) for image in tree.iter("img")]


@given(TRICKY, TRICKY, st.sampled_from(["", " width=10", " height='20' alt=2"]))
def test_every_picture_is_replaced_and_no_crumb_of_its_tag_is_left(
    alt: str, path: str, more: str
) -> None:
    tag = f'<img alt="{escape(alt)}" src="https://cdn.example/{escape(path)}"{more}>'
    text = sanitise(f"<p>قبل {tag} بعد</p><figure>{tag}</figure>")
    assert addresses_in(text) == list(dict.fromkeys(one["src"] for one in images(text)))
    assert sanitise("<p>قبل  بعد</p><figure></figure>") == with_own_pictures(text, lambda _: None)
    own = images(with_own_pictures(text, lambda _: (OWN, 600, 400)))
    assert [(one["src"], one["width"], one["height"]) for one in own] == [(OWN, "600", "400")] * 2
    assert [one["alt"] for one in own] == [one["alt"] for one in images(text)]


@given(TRICKY)
def test_text_around_pictures_is_left_alone(text: str) -> None:
    clean = sanitise(f"<p>{escape(text)}</p>")
    assert with_own_pictures(clean, lambda _: None) == clean
    assert addresses_in(clean) == []
