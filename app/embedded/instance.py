"""The running `nashra up` of a data folder: how it is announced, and how others find it.

`up.lock` is held as long as it lives, so a note left by one that was killed is never believed.
`run.json` says where it answers and with which settings it runs; it holds secrets, so its mode
is 600, and it goes when the instance goes.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.config import PROJECT_ROOT
from app.embedded.lock import FileLock, is_held


@dataclass(frozen=True, kw_only=True, slots=True)
class Instance:
    """`settings` are environment variables, as the processes of the instance have them."""

    pid: int
    address: str
    mark: str
    settings: Mapping[str, str] = field(repr=False)


def life_lock(data_dir: Path) -> FileLock:
    """Held by `nashra up` from its first moment to its last."""
    return FileLock(data_dir / "up.lock")


def start_lock(data_dir: Path) -> FileLock:
    """Held while somebody starts or stops servers on the data folder."""
    return FileLock(data_dir / "start.lock")


def announce(data_dir: Path, instance: Instance) -> None:
    write_private(data_dir / "run.json", json.dumps(asdict(instance)))


def withdraw(data_dir: Path) -> None:
    (data_dir / "run.json").unlink(missing_ok=True)


def noted_instance(data_dir: Path) -> Instance | None:
    """What run.json says, whether that instance lives or not."""
    try:
        return Instance(**json.loads((data_dir / "run.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def running_instance(data_dir: Path) -> Instance | None:
    """The live instance of this data folder."""
    return noted_instance(data_dir) if is_held(data_dir / "up.lock") else None


def register(data_dir: Path) -> None:
    """Notes the data folder as the one that was started last from this checkout."""
    for place in _registers():
        with suppress(OSError):
            place.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
            others = [folder for folder in _noted(place) if folder != str(data_dir)]
            live = [folder for folder in others if is_held(Path(folder) / "up.lock")]
            write_private(place, json.dumps([*live, str(data_dir)]))
            return


def latest_running() -> Path | None:
    """The data folder of the live instance that was started last from this checkout."""
    for place in _registers():
        for folder in reversed(_noted(place)):
            if running_instance(Path(folder)) is not None:
                return Path(folder)
    return None


def _registers() -> tuple[Path, Path]:
    """Beside the code, or, where that is not ours to write, in the user's own folder."""
    checkout = hashlib.sha256(os.fsencode(PROJECT_ROOT)).hexdigest()[:12]
    own = Path.home() / ".local" / "state" / "nashra"
    return PROJECT_ROOT / "var" / "running.json", own / f"running-{checkout}.json"


def _noted(place: Path) -> list[str]:
    try:
        found = json.loads(place.read_text())
    except (OSError, ValueError):
        return []
    return [str(folder) for folder in found] if isinstance(found, list) else []


def write_private(path: Path, text: str) -> None:
    """Replaces the file in one step; nobody else may read it at any moment."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    Path(name).replace(path)
