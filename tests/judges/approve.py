"""The approved pictures of the golden mails: where they are, and how they are made anew.

`python -m tests.judges.approve` takes them all again and says which are new or changed; look at
those before they are committed. It needs the pinned fonts (tests/judges/eye.py).
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.judges.comparing import difference
from tests.judges.eye import SCHEMES, WIDTHS, Scheme, fonts_here, launch, opened, shot, show
from tests.mail.goldens import NAMES, approved

FOLDER = Path(__file__).parent / "approved"
DRAWN_WITH = FOLDER / "drawn_with.json"
"""The fonts' checksums and the browser's version when the pictures were approved."""


def picture_file(name: str, width: int, scheme: Scheme) -> Path:
    return FOLDER / name / f"{width}-{scheme}.webp"


def pictures(page: Page, name: str) -> Iterator[tuple[Path, Image.Image]]:
    """A golden mail at every width, by day and by night, each with its approved picture's file."""
    show(page, approved(name).html)
    for width in WIDTHS:
        for scheme in SCHEMES:
            yield picture_file(name, width, scheme), shot(page, width=width, scheme=scheme)


def write() -> None:
    """Writes what is not alike; removes the pictures of mails that are no more."""
    fonts = fonts_here()
    if missing := sorted(name for name, checksum in fonts.items() if not checksum):
        sys.exit(f"These fonts are missing: {', '.join(missing)} (apt install fonts-noto-core)")
    for old in FOLDER.glob("*/"):
        if old.name not in NAMES:
            shutil.rmtree(old)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        with opened(browser) as page:
            for name in NAMES:
                for file, taken in pictures(page, name):
                    _keep(file, taken)
        drawn_with = {"chromium": browser.version, "fonts": fonts}
        browser.close()
    DRAWN_WITH.write_text(json.dumps(drawn_with, indent=2) + "\n", encoding="utf-8")


def _keep(file: Path, taken: Image.Image) -> None:
    if file.exists():
        with Image.open(file) as old:
            what = difference(old.convert("RGB"), taken)
        if not what:
            return
    else:
        what = "new"
        file.parent.mkdir(parents=True, exist_ok=True)
    taken.save(file, "WEBP", lossless=True, quality=80, method=4)
    print(f"{file.relative_to(FOLDER)}: {what}")


if __name__ == "__main__":
    write()
