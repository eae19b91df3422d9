"""Where PostgreSQL's files stand: within its account's reach, and no folder above them opened."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from app.embedded.account import account_for, home_for, programs, reachable
from app.embedded.folder import make_data_dir, secret_key, set_aside_logs
from app.embedded.process import Account


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_closed_folder_on_the_way_is_noticed(data_dir: Path) -> None:
    stranger = Account(name="stranger", uid=os.getuid() + 54_321, gid=os.getgid() + 54_321)
    inner = data_dir / "inner"
    inner.mkdir(mode=0o755)
    data_dir.chmod(0o711)
    assert reachable(inner, stranger)
    data_dir.chmod(0o700)
    assert not reachable(inner, stranger)
    assert reachable(inner, Account(name="us", uid=os.getuid(), gid=os.getgid())) or os.getuid()


def test_no_folder_above_the_data_changes_its_mode(data_dir: Path) -> None:
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)
    wanted = closed / "postgres"
    account = account_for(wanted)
    home = home_for(wanted, account)
    try:
        assert mode(closed) == 0o700
        assert mode(home) == 0o700
        assert wanted.resolve() == home
        if account is not None:  # root: the account could not pass through the closed folder
            assert home != wanted
            assert reachable(home, account)
            assert home.stat().st_uid == account.uid
            assert reachable(programs(account), account)
        assert home_for(wanted, account) == home
    finally:
        shutil.rmtree(home)
        home.with_suffix(".from").unlink(missing_ok=True)


def test_the_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    folder = make_data_dir(tmp_path / "data")
    key = secret_key(folder)
    assert len(key) >= 32
    assert mode(folder / "secret_key") == 0o600
    assert secret_key(folder) == key


def test_a_folder_of_somebody_elses_things_keeps_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    (folder / "letter").touch()
    make_data_dir(folder)
    assert mode(folder) == 0o700


def test_a_large_log_is_set_aside(tmp_path: Path) -> None:
    folder = make_data_dir(tmp_path / "data")
    large, small = folder / "logs" / "web.log", folder / "logs" / "clock.log"
    large.write_bytes(b"x" * 5_000_001)
    small.touch()
    set_aside_logs(folder)
    assert sorted(path.name for path in (folder / "logs").iterdir()) == ["clock.log", "web.log.1"]
