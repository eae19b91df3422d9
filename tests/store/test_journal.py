from pathlib import Path

from app.store.journal import Journal, host_prefix, read_journal


def test_a_journal_tells_begun_from_accepted(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        assert journal.name.startswith(host_prefix())
        journal.begun(7, 1)
        journal.accepted(7, 1)
        journal.begun(7, 2)
        journal.begun(8, 3)
        found = read_journal(tmp_path, journal.name, 7)
        assert found is not None
        assert (found.begun, found.accepted) == ({1, 2}, {1})
        journal.start_chunk()
        emptied = read_journal(tmp_path, journal.name, 7)
        assert emptied is not None
        assert emptied.begun == frozenset()
    assert read_journal(tmp_path, journal.name, 7) is None, "an orderly end leaves no file"


def test_a_line_cut_off_by_a_crash_is_no_entry(tmp_path: Path) -> None:
    (tmp_path / "x.journal").write_bytes(b"S 7:1\nR 7:1\nS 7:2")
    found = read_journal(tmp_path, "x.journal", 7)
    assert found is not None
    assert (found.begun, found.accepted) == ({1}, {1})


def test_a_name_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.journal").write_bytes(b"S 7:1\n")
    inner = tmp_path / "journal"
    inner.mkdir()
    assert read_journal(inner, "../secret.journal", 7) is None
    assert read_journal(inner, "", 7) is None
