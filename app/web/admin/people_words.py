"""Words for accounts and the browsers they are used from."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from app.domain.device import Device, device_of
from app.domain.staff import Role
from app.web.admin.i18n import gettext
from app.web.admin.i18n import lazy_gettext as _

ROLE_HINTS: Mapping[str, LazyString] = {
    Role.OWNER: _("May do everything, and decides who is on the staff."),
    Role.EDITOR: _("Writes, sends and schedules campaigns; keeps sources, topics and the brand."),
    Role.AUTHOR: _("Writes articles and prepares campaigns, which an editor sends."),
    Role.VIEWER: _("Sees everything that goes out and changes nothing."),
}


def device_words(user_agent: str) -> str:
    """ "Firefox on Windows", or what of it is known."""
    return product_words(device_of(user_agent))


def product_words(device: Device) -> str:
    if device.browser and device.system:
        return gettext("%(browser)s on %(system)s", browser=device.browser, system=device.system)
    return device.browser or device.system or gettext("Unknown device")
