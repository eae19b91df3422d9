"""The site's own face: its name, its logo, its colours, and how it writes dates and numbers.

The same face is in every mail and on the public pages. What an editor chose stands in the
database, what nobody chose comes from the environment; `usecases/manage_brand` joins the two.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

from app.domain.colour import READABLE, contrast, nearest_readable


class SocialNetwork(StrEnum):
    """Where a newsroom may be found besides its site, in the order in which it is shown."""

    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"
    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"
    X = "x"
    YOUTUBE = "youtube"
    TIKTOK = "tiktok"
    LINKEDIN = "linkedin"


@dataclass(frozen=True, kw_only=True, slots=True)
class Colours:
    """What an editor may choose, each `#rrggbb`. `plate` is behind the name or the logo,
    `paper` behind the text, `background` around the page."""

    accent: str = "#8e1b2d"
    heading: str = "#17140f"
    text: str = "#38322a"
    paper: str = "#ffffff"
    background: str = "#f0ece4"
    plate: str = "#7c1226"


@dataclass(frozen=True, kw_only=True, slots=True)
class WeakContrast:
    """A chosen colour that cannot be read well: on which other one, how little it stands out,
    and the nearest colour that does."""

    name: str
    on: str
    ratio: float
    suggestion: str


def weak_contrasts(colours: Colours) -> list[WeakContrast]:
    """The colours of text that have less than 4.5 on the paper. What stands on the plate and
    around the page is chosen from the colours there, so it always has."""
    found = []
    for name in ("accent", "heading", "text"):
        chosen = getattr(colours, name)
        ratio = contrast(chosen, colours.paper)
        if ratio < READABLE:
            suggestion = nearest_readable(chosen, [colours.paper])
            found.append(WeakContrast(name=name, on="paper", ratio=ratio, suggestion=suggestion))
    return found


COLOUR_NAMES = tuple(field.name for field in fields(Colours))


@dataclass(frozen=True, kw_only=True, slots=True)
class Logo:
    """A picture in place of the name: what it is kept under, its address on its plate, and its
    own size in pixels."""

    name: str
    url: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Brand:
    """`digits` is arab or latn, `months` gregorian or levantine, `zone` an IANA name; with
    `hijri` the date line has the date of the Umm al-Qura calendar too. `footer` is an editor's
    plain text under every mail, `social` holds addresses by network."""

    site_name: str
    site_url: str
    base_url: str
    postal_address: str
    digits: str
    months: str
    zone: str
    colours: Colours = Colours()
    logo: Logo | None = None
    footer: str = ""
    social: tuple[tuple[SocialNetwork, str], ...] = ()
    hijri: bool = False
