"""`python -m app.cli.catalogues`: compiles the translations that changed since they were compiled.

`nashra up` does it at each start and `make test` before the tests; what is compiled is not kept
in the repository.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from app.config import PROJECT_ROOT

TRANSLATIONS = PROJECT_ROOT / "app" / "translations"


def compile_stale(folder: Path = TRANSLATIONS) -> list[Path]:
    """The catalogues that were compiled now. Entries marked fuzzy are left out of them."""
    stale = [path for path in sorted(folder.glob("*/LC_MESSAGES/*.po")) if _is_stale(path)]
    for path in stale:
        _compile(path)
    return stale


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns <= path.stat().st_mtime_ns


def _compile(path: Path) -> None:
    # Imported late: it is heavy, and most starts find everything compiled.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.parent.parent.name)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as target:
        write_mo(target, catalogue)
    written = Path(target.name)
    written.chmod(0o644)
    written.replace(path.with_suffix(".mo"))


if __name__ == "__main__":
    for done in compile_stale():
        print(f"compiled {done.relative_to(PROJECT_ROOT)}")
