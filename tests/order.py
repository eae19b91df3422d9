"""What takes long comes first: then workers side by side end together, whatever is left over.

A pytest plugin (tests/conftest.py names it). Files stay whole, since the fixtures of a module are
made once for it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent
LONGEST = (
    "chaos/test_sending_under_faults.py",
    "e2e",
    "web/admin/test_whole_admin.py",
    "cli/test_up.py",
    "web/test_whole_pages.py",
    "chaos",
    "judges",
)
"""Files and folders of tests; behind them comes whatever needs a browser, then the rest."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    with_browser = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: _turn(item.path, item.path in with_browser))


def _turn(file: Path, has_browser: bool) -> int:
    for turn, long in enumerate(LONGEST):
        if file.is_relative_to(ROOT / long):
            return turn
    return len(LONGEST) + (not has_browser)
