"""What every mail takes from the brand, as its templates see it."""

from __future__ import annotations

from typing import Any

from app.domain import palette
from app.domain.bidi import Direction, prevailing_direction
from app.domain.brand import Brand, Logo
from app.mail.clean import clean_text, paragraphs, web_url

_LOGO_WIDTH, _LOGO_HEIGHT = 300, 64
"""Pixels of the plate that a logo may take."""


def brand_context(language: str, brand: Brand, base: Direction) -> dict[str, Any]:
    """The values of the brand in templates; nothing in it that a reader could break out of."""
    return {
        "language": language,
        "base": base,
        "end": "left" if base == "rtl" else "right",
        "site_name": clean_text(brand.site_name),
        "site_url": web_url(brand.site_url) or web_url(brand.base_url),
        "postal_address": clean_text(brand.postal_address),
        "digit_family": brand.digits,
        "day": palette.light(brand.colours),
        "night": palette.dark(brand.colours),
        "logo": _logo(brand.logo),
        "footer": [(text, _direction(text, base)) for text in paragraphs(brand.footer)],
        "social": [(name.value, web_url(url)) for name, url in brand.social if web_url(url)],
    }


def _direction(text: str, base: Direction) -> Direction:
    """An Arabic foot keeps its direction under an English mail."""
    return base if base == "rtl" else prevailing_direction(text, base)


def _logo(logo: Logo | None) -> Logo | None:
    """At the size of the plate, never larger than it is."""
    if logo is None or not web_url(logo.url) or logo.width < 1 or logo.height < 1:
        return None
    part = min(1.0, _LOGO_WIDTH / logo.width, _LOGO_HEIGHT / logo.height)
    return Logo(
        name=logo.name,
        url=web_url(logo.url),
        width=max(1, round(logo.width * part)),
        height=max(1, round(logo.height * part)),
    )
