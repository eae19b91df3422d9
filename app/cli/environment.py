"""What the command line and the environment say, before anything heavy is imported."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import click


def environment() -> dict[str, str]:
    """The process's environment; an empty variable counts as unset."""
    return {name: text for name, text in os.environ.items() if text.strip()}


def chosen_data_dir(option: str | None, env: dict[str, str]) -> Path | None:
    """The data folder that was named, on the command line before the environment."""
    named = option or env.get("DATA_DIR")
    return Path(named).expanduser().resolve() if named else None


def refuse(reason: str, *, status: int) -> NoReturn:
    """Ends the command with one line on stderr."""
    click.echo(f"nashra: {reason}", err=True)
    sys.exit(status)
