"""What a process of a deployment does first; `nashra` has its own way, in `app.cli.runtime`."""

from __future__ import annotations

import os
import sys

from app.config import Settings, SettingsError, read_settings


def settings_or_exit() -> Settings:
    """The settings of the environment. A bad one ends the process with one line and status 2,
    which a server's own report of an exception would drown."""
    try:
        return read_settings(os.environ)
    except SettingsError as error:
        print(f"nashra: {error}", file=sys.stderr)
        sys.exit(2)
