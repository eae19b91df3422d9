"""The code of the sign-up box, for an editor to copy into another web site: a frame, or a form in
plain HTML that takes on the looks of the page it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, url_for
from flask_babel import force_locale
from markupsafe import escape
from sqlalchemy import select

from app.domain.widget import Size, Theme
from app.store.tables import Topic
from app.web import scope
from app.web.i18n import direction, gettext
from app.web.public.signup_form import CADENCES, SignupForm

_HEIGHTS = {Size.SMALL: 300, Size.MEDIUM: 430, Size.LARGE: 480}
_TWO_TOPICS = 54
"""Pixels, so that nothing has to be scrolled on a phone of 320; topics stand two in a row there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """What the editor chose."""

    language: str
    size: Size
    theme: Theme


def height_of(box: Box) -> int:
    """The height of the frame in pixels."""
    if box.size is not Size.LARGE:
        return _HEIGHTS[box.size]
    return _HEIGHTS[box.size] + _TWO_TOPICS * -(-len(_topics()) // 2)


def _topics() -> Sequence[Topic]:
    return scope.session().scalars(select(Topic).order_by(Topic.position, Topic.id)).all()


def frame_path(box: Box) -> str:
    """Where the box stands on this site."""
    return url_for("embed.box", lang=box.language, size=box.size.value, theme=box.theme.value)


def frame_code(box: Box) -> str:
    """An iframe with the box, as wide as its place."""
    with force_locale(box.language):
        title = gettext("The newsletter")
    address = escape(scope.settings().base_url + frame_path(box))
    return (
        f'<iframe src="{address}" title="{escape(title)}" width="100%" height="{height_of(box)}"'
        ' style="border:0;max-width:30rem" loading="lazy"></iframe>'
    )


def form_code(box: Box) -> str:
    """A form without script and style sheet, in the language of the box."""
    path = url_for("embed.ask_from_form", lang=box.language)
    with force_locale(box.language):
        return render_template(
            "public/_box_code.html",
            box=box,
            direction=direction(box.language),
            address=scope.settings().base_url + path,
            words=gettext,
            cadences=CADENCES,
            consent=SignupForm(formdata=None, meta={"csrf": False}).consent.text,
            topics=_topics(),
        ).strip()
