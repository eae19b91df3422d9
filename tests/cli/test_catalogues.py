"""Translations: compiled when they changed, and only then."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

from app.cli.catalogues import compile_stale

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


def test_a_catalogue_is_compiled_when_it_changed(tmp_path: Path) -> None:
    folder = tmp_path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "messages.po"
    source.write_text(HEADER + 'msgid "Home"\nmsgstr "الرئيسية"\n')
    assert compile_stale(tmp_path) == [source]
    assert compile_stale(tmp_path) == []
    found = gettext.translation("messages", tmp_path, ["ar"])
    assert found.gettext("Home") == "الرئيسية"

    later = source.with_suffix(".mo").stat().st_mtime_ns + 1_000_000_000
    os.utime(source, ns=(later, later))
    assert compile_stale(tmp_path) == [source]
    assert [path.name for path in folder.iterdir() if path.suffix == ".part"] == []
