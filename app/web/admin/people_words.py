"""Words for accounts and the browsers they are used from."""

from __future__ import annotations

from app.domain.device import device_of
from app.web.admin.i18n import gettext


def device_words(user_agent: str) -> str:
    """ "Firefox on Windows", or what of it is known."""
    device = device_of(user_agent)
    if device.browser and device.system:
        return gettext("%(browser)s on %(system)s", browser=device.browser, system=device.system)
    return device.browser or device.system or gettext("Unknown device")
