"""The data folder: made when it is missing, closed to others, with the key that signs links."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from app.config import SettingsError
from app.embedded.instance import write_private

_LARGE_LOG = 5_000_000


def make_data_dir(path: Path) -> Path:
    """The folder, ready for servers and logs. Raises `SettingsError` when it cannot be used."""
    try:
        made = not path.exists()
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0 and (made or _is_ours(path)):
            # PostgreSQL's account must pass through it; what is inside stays closed.
            path.chmod(stat.S_IMODE(path.stat().st_mode) | stat.S_IXOTH)
        for name in ("logs", "journal"):
            (path / name).mkdir(mode=0o700, exist_ok=True)
        if not os.access(path, os.W_OK | os.X_OK):
            raise PermissionError(None, "it may not be written", str(path))
    except OSError as error:
        raise SettingsError(f"the data folder {path} cannot be used: {error.strerror}.") from None
    return path


def _is_ours(path: Path) -> bool:
    """Whether the folder serves Nashra alone, so that its mode is ours to choose."""
    return (path / "start.lock").exists() or not any(path.iterdir())


def set_aside_logs(data_dir: Path) -> None:
    """Renames logs that have grown large; of each, the one before is kept. Nothing may write
    to them just now."""
    for log in (data_dir / "logs").glob("*.log"):
        if log.stat().st_size > _LARGE_LOG:
            log.replace(log.with_suffix(".log.1"))


def secret_key(data_dir: Path) -> str:
    """The key in the folder's `secret_key`, made on first use with mode 600."""
    path = data_dir / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        write_private(path, secrets.token_urlsafe(48) + "\n")
        return path.read_text().strip()
