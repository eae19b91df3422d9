import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import palette
from app.domain.brand import Colours, weak_contrasts
from app.domain.colour import (
    READABLE,
    InvalidColour,
    colour,
    contrast,
    label_on,
    mixed,
    nearest_readable,
)

_colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("typed", "read"), [("#8E1B2D", "#8e1b2d"), ("a1b", "#aa11bb"), (" #FFF ", "#ffffff")]
)
def test_a_colour_is_read_as_people_type_it(typed: str, read: str) -> None:
    assert colour(typed) == read


@pytest.mark.parametrize("typed", ["", "red", "#12", "#12345", "#gggggg", "rgb(1,2,3)", "#1234567"])
def test_what_is_no_colour_is_refused(typed: str) -> None:
    with pytest.raises(InvalidColour):
        colour(typed)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ffffff", 4.0)],
)
def test_the_ratio_is_that_of_the_standard(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01) == contrast(other, one)


def test_mixing_goes_from_one_to_the_other() -> None:
    assert [mixed("#000000", "#ffffff", part) for part in (0, 0.5, 1)] == [
        "#000000",
        "#808080",
        "#ffffff",
    ]


@given(_colours)
def test_a_label_can_be_read_on_every_ground(ground: str) -> None:
    assert contrast(label_on(ground), ground) >= READABLE


@given(wanted=_colours, ground=_colours)
def test_the_suggested_colour_can_be_read(wanted: str, ground: str) -> None:
    assert contrast(nearest_readable(wanted, [ground]), ground) >= READABLE


def test_a_colour_that_can_be_read_stays_and_another_moves_no_further_than_it_must() -> None:
    assert nearest_readable("#8e1b2d", ["#ffffff"]) == "#8e1b2d"
    moved = nearest_readable("#ff8080", ["#ffffff"])
    assert READABLE <= contrast(moved, "#ffffff") < READABLE + 0.1
    assert int(moved[1:3], 16) > int(moved[3:5], 16) == int(moved[5:7], 16)


@given(st.builds(Colours, **dict.fromkeys(Colours.__dataclass_fields__, _colours)))
def test_whatever_is_chosen_every_text_can_be_read_by_day_and_by_night(chosen: Colours) -> None:
    for page in (palette.light(chosen), palette.dark(chosen)):
        for text in (page.heading, page.text, page.muted, page.accent):
            assert min(contrast(text, page.paper), contrast(text, page.tint)) >= READABLE
        assert contrast(page.quiet, page.background) >= READABLE
        assert contrast(page.name, page.plate) >= READABLE
        assert contrast(page.date, page.plate) >= READABLE
        assert contrast(page.label, page.button) >= READABLE


def test_the_first_colours_can_be_read() -> None:
    assert weak_contrasts(Colours()) == []


def test_a_weak_colour_is_named_with_one_that_would_do() -> None:
    (found,) = weak_contrasts(Colours(accent="#f2a33c"))
    assert (found.name, found.on) == ("accent", "paper")
    assert found.ratio < READABLE <= contrast(found.suggestion, "#ffffff")
