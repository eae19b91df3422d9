"""Golden mails in Chromium, always drawn alike: pinned fonts, invented pictures, no network.

The fonts are Noto Naskh Arabic for Arabic and Noto Sans for the rest, both of Debian's
fonts-noto-core, which .ci/run installs. A mail names Tahoma first; here that name means these two,
whatever else is on the machine.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, Playwright, Route

from tests.browser import CHROMIUM

Scheme = Literal["light", "dark"]
WIDTHS = (360, 600, 1200)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")

_ARABIC = "U+0600-06FF, U+0750-077F, U+08A0-08FF, U+FB50-FDFF, U+FE70-FEFF, U+AB, U+BB"
FONTS = {
    "NotoNaskhArabic-Regular": (400, _ARABIC),
    "NotoNaskhArabic-Bold": (700, _ARABIC),
    "NotoSans-Regular": (400, ""),
    "NotoSans-Bold": (700, ""),
}
"""PostScript names, with weight and range."""

_ALIKE = ("--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb")
_LOGO_SIZE = (640, 160)


def fonts_here() -> dict[str, str]:
    """The pinned fonts on this machine: the SHA-256 of each one's file, "" for one that is not
    installed."""
    found = dict.fromkeys(FONTS, "")
    if not shutil.which("fc-list"):
        return found
    listed = subprocess.run(
        ["fc-list", "--format", "%{postscriptname}\t%{file}\n"], capture_output=True, check=True
    )
    for row in listed.stdout.decode().splitlines():
        name, _, file = row.partition("\t")
        if name in found:
            found[name] = hashlib.sha256(Path(file).read_bytes()).hexdigest()
    return found


needs_fonts = pytest.mark.skipif(
    not all(fonts_here().values()),
    reason="Noto Sans and Noto Naskh Arabic are not on this machine (apt install fonts-noto-core)",
)


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--disable-background-networking", *_ALIKE],
    )


@contextmanager
def opened(browser: Browser) -> Iterator[Page]:
    """A page that loads nothing but our pictures."""
    context = browser.new_context(
        viewport={"width": 600, "height": 900}, java_script_enabled=True, reduced_motion="reduce"
    )
    context.route("**/*", _serve)
    yield context.new_page()
    context.close()


def show(page: Page, html: str) -> None:
    """Puts a mail on the page and waits until its fonts and pictures are there."""
    page.set_content(html.replace("</head>", f"<style>{_faces()}</style></head>", 1))
    page.evaluate("document.fonts.ready")


def shot(page: Page, *, width: int, scheme: Scheme) -> Image.Image:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    taken = page.screenshot(full_page=True, animations="disabled", caret="hide", scale="css")
    return Image.open(BytesIO(taken)).convert("RGB")


def _faces() -> str:
    return "".join(
        f'@font-face {{ font-family: Tahoma; src: local("{name}"); font-weight: {weight};'
        f"{f' unicode-range: {reach};' if reach else ''} }}"
        for name, (weight, reach) in reversed(FONTS.items())
    )


def _serve(route: Route) -> None:
    address = urlsplit(route.request.url)
    if route.request.resource_type != "image" or not (address.hostname or "").endswith(".example"):
        route.abort()
        return
    logo = re.search(r"/logo/\d+/([0-9a-f]{6})", address.path)
    drawn = _logo(f"#{logo[1]}") if logo else _scene(address.path)
    route.fulfill(body=drawn, content_type="image/png")


@cache
def _scene(path: str) -> bytes:
    """Sky, sea and sun in colours of the path's own."""
    lot = hashlib.sha256(path.encode()).digest()
    image = Image.new("RGB", (1200, 675), (lot[0] // 2 + 100, lot[1] // 2 + 110, lot[2] // 3 + 150))
    draw = ImageDraw.Draw(image)
    draw.ellipse((820, 90, 1000, 270), fill="#f4d58d")
    draw.rectangle((0, 420, 1200, 675), fill=(lot[3] // 4, lot[4] // 3 + 40, lot[5] // 3 + 80))
    draw.rectangle((180, 250, 420, 460), fill=(lot[6] // 2 + 60, lot[7] // 4 + 30, 50))
    return _png(image)


@cache
def _logo(plate: str) -> bytes:
    image = Image.new("RGB", _LOGO_SIZE, plate)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((8, 8, 632, 152), radius=24, outline="#ffffff", width=8)
    draw.ellipse((500, 40, 580, 120), fill="#ffffff")
    draw.rectangle((60, 64, 440, 96), fill="#ffffff")
    return _png(image)


def _png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
