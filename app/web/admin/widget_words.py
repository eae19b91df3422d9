"""The words of the sign-up box: its sizes and looks, and why a site is not taken."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from app.domain.widget import Size, Theme
from app.web.admin.i18n import lazy_gettext as _

WIDGET_SIZES: Mapping[str, LazyString] = {
    Size.SMALL: _("Small: an address"),
    Size.MEDIUM: _("Medium: the pace too"),
    Size.LARGE: _("Large: topics as well"),
}

WIDGET_THEMES: Mapping[str, LazyString] = {
    Theme.AUTO: _("As the reader's system"),
    Theme.LIGHT: _("Light"),
    Theme.DARK: _("Dark"),
}

ORIGIN_REFUSALS: Mapping[str, LazyString] = {
    "not_an_address": _("This is not the address of a web site."),
    "has_stars": _("Stars are not understood: add each web site by itself."),
    "known": _("This web site is allowed already."),
    "too_many": _("There are as many web sites as there can be: take one off first."),
}
