"""The words of the admin: the gettext domain `admin`, apart from the public pages' own."""

from __future__ import annotations

from typing import Any

from flask_babel import Domain

admin_domain = Domain(domain="admin")

lazy_gettext = admin_domain.lazy_gettext


def gettext(text: str, **values: Any) -> str:
    return str(admin_domain.gettext(text, **values))


def ngettext(singular: str, plural: str, count: int, **values: Any) -> str:
    return str(admin_domain.ngettext(singular, plural, count, **values))
