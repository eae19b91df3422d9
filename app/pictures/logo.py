"""The site's logo: checked when it is uploaded, and put on its plate when it is served.

A logo of transparent parts would vanish where a mail program inverts the colours around it. So
what readers get is never transparent: it stands on the plate's own colour.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from app.pictures.errors import BrokenPicture, NotAPicture, PictureError, TooManyPixels, TooSmall

MAX_UPLOAD = 1_000_000
"""Bytes of a file that is taken."""
_MAX_PIXELS = 16_000_000
_MIN_SIDE = 16
_KEPT = (900, 192)
"""Three pixels for each that a mail or a page shows."""
NAME_LENGTH = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadyLogo:
    """A PNG of `width` × `height` pixels without metadata, transparent where the upload was.
    `name` is its hash in hexadecimal digits."""

    name: str
    width: int
    height: int
    png: bytes


def make_logo(data: bytes) -> ReadyLogo:
    """The logo in an uploaded PNG or JPEG, made smaller where it is larger than anybody sees.

    Raises `PictureError`: not_a_picture, broken, too_small, too_many_pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = _open(data)
            plain = picture.convert("RGBA")
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise TooManyPixels from None
    except Exception as error:  # a file that contradicts itself shows Pillow's readers' every side
        raise BrokenPicture(type(error).__name__) from error
    plain.thumbnail(_KEPT, Image.Resampling.LANCZOS)
    png = _png(plain)
    name = hashlib.sha256(png).hexdigest()[:NAME_LENGTH]
    return ReadyLogo(name=name, width=plain.width, height=plain.height, png=png)


def on_plate(png: bytes, colour: str) -> bytes:
    """A kept logo on the colour `#rrggbb`, as a PNG without transparency."""
    logo = Image.open(BytesIO(png)).convert("RGBA")
    plate = Image.new("RGB", logo.size, colour)
    plate.paste(logo, mask=logo.getchannel("A"))
    return _png(plate)


def _open(data: bytes) -> Image.Image:
    try:
        picture = Image.open(BytesIO(data), formats=("PNG", "JPEG"))
    except (OSError, SyntaxError, ValueError):
        raise NotAPicture from None
    if picture.width * picture.height > _MAX_PIXELS:
        raise TooManyPixels
    if min(picture.size) < _MIN_SIDE:
        raise TooSmall
    return picture


def _png(picture: Image.Image) -> bytes:
    written = BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()
