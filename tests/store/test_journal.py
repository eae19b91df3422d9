import os
import signal
from pathlib import Path

import pytest

from app.store.journal import MOST_DELIVERIES, Journal, host_prefix, read_journal


def test_a_journal_tells_begun_from_accepted(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        assert journal.name.startswith(host_prefix())
        journal.start_chunk(7, 501, 1000)
        journal.begun(501)
        journal.accepted(501)
        journal.begun(1000)
        found = read_journal(tmp_path, journal.name, 7)
        assert found is not None
        assert (found.begun, found.accepted) == ({501, 1000}, {501})
        assert read_journal(tmp_path, journal.name, 8) is None
        journal.start_chunk(7, 1001, 1500)
        emptied = read_journal(tmp_path, journal.name, 7)
        assert emptied is not None
        assert emptied.begun == frozenset()
    assert read_journal(tmp_path, journal.name, 7) is None, "an orderly end leaves no file"


def test_a_killed_process_leaves_all_it_noted(tmp_path: Path) -> None:
    child = os.fork()
    if not child:
        journal = Journal(tmp_path)
        journal.open()
        journal.start_chunk(3, 1, 100)
        journal.begun(1)
        journal.accepted(1)
        journal.begun(2)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    (left,) = tmp_path.iterdir()
    found = read_journal(tmp_path, left.name, 3)
    assert found is not None
    assert (found.begun, found.accepted) == ({1, 2}, {1})


def test_a_kept_journal_stays_and_the_next_chunk_has_another(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.start_chunk(7, 1, 10)
        journal.begun(4)
        kept = journal.name
        journal.keep()
        journal.open()
        journal.start_chunk(7, 11, 20)
        assert journal.name != kept
        found = read_journal(tmp_path, kept, 7)
        assert found is not None
        assert found.begun == {4}


def test_a_journal_that_was_cleared_away_is_made_anew(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        (tmp_path / journal.name).unlink()
        journal.open()
        journal.start_chunk(7, 1, MOST_DELIVERIES)
        journal.begun(MOST_DELIVERIES)
        found = read_journal(tmp_path, journal.name, 7)
        assert found is not None
        assert found.begun == {MOST_DELIVERIES}


def test_a_chunk_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal, pytest.raises(ValueError, match="does not fit"):
        journal.start_chunk(7, 1, MOST_DELIVERIES + 1)


@pytest.mark.parametrize("content", [b"", b"7:1", b"nonsense\n", b"7:x   \nSSS"])
def test_a_broken_file_says_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.journal").write_bytes(content)
    assert read_journal(tmp_path, "x.journal", 7) is None


def test_a_name_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.journal").write_bytes(b"7:1".ljust(63) + b"\nS")
    inner = tmp_path / "journal"
    inner.mkdir()
    assert read_journal(inner, "../secret.journal", 7) is None
    assert read_journal(inner, "", 7) is None
