"""Makes our copy of a picture: bytes from anywhere in, two plain JPEGs of known size out.

Stands between the fetch and the table `picture`. The bytes are hostile until the contrary is
shown: what a picture may cost is looked at before any of it is unpacked.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from app.pictures.colours import on_white
from app.pictures.errors import BrokenPicture, NotAPicture, PictureError, TooManyPixels, TooSmall

MAX_SIZE = (1200, 1600)
"""A mail is 600 wide, and good screens show two pixels for one; an upright picture is kept from
growing over several screens."""

SMALL_SIZE = (480, 480)
"""A card's picture, 160 at most either way, three pixels for one."""

MIN_SIZE = (100, 50)
MAX_PIXELS = 16_000_000
"""Unpacked 64 MB, and several times that while WebP or AVIF is being unpacked."""

MAX_JPEG_PIXELS = 45_000_000
"""What the cameras of newsrooms give. JPEG is unpacked at a part of its size."""

MAX_BYTES = 150_000
SMALL_MAX_BYTES = 40_000
MAX_SCANS = 100
"""A progressive JPEG has about ten; each more costs a pass over all pixels, and a few hundred
bytes may ask for thousands of them."""

NAME_LENGTH = 32
_JPEG = ("JPEG", "MPO")
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each orientation that EXIF knows (CIPA DC-008, 4.6.5.1.6)."""

_QUALITIES = (85, 80, 74, 66, 56, 44, 32)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadyPicture:
    """Two progressive JPEGs without metadata: `body` of `width` × `height` pixels within
    `MAX_SIZE` and `MAX_BYTES`, and `small`, the same within `SMALL_SIZE`. `name` is the content's
    hash in hexadecimal digits, which makes the public address."""

    name: str
    width: int
    height: int
    body: bytes
    small: bytes


def make_picture(data: bytes) -> ReadyPicture:
    """Our copy of the picture in `data`: its first frame, upright, in sRGB, on white where it
    was transparent. The same bytes give the same copy.

    Raises `PictureError`: not_a_picture, broken, too_small, too_many_pixels.
    """
    try:
        with warnings.catch_warnings():
            # Its limit is higher than ours, and its warnings would only end up in a log.
            warnings.simplefilter("ignore")
            whole = _open(data)
            _refuse_extremes(whole, data)
            shown = _unpack(whole)
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise TooManyPixels from None
    except Exception as error:  # a file that contradicts itself shows Pillow's readers' every side
        raise BrokenPicture(type(error).__name__) from error
    shown.thumbnail(MAX_SIZE, Image.Resampling.LANCZOS)
    _refuse_small(shown.size)
    body = _jpeg(shown, MAX_BYTES)
    while len(body) > MAX_BYTES:  # noise, or a drawing of hair and leaves
        shown.thumbnail((shown.width * 3 // 4, shown.height * 3 // 4))
        body = _jpeg(shown, MAX_BYTES)
    small = shown.copy()
    small.thumbnail(SMALL_SIZE, Image.Resampling.LANCZOS)
    return ReadyPicture(
        name=hashlib.sha256(body).hexdigest()[:NAME_LENGTH],
        width=shown.width,
        height=shown.height,
        body=body,
        small=_jpeg(small, SMALL_MAX_BYTES),
    )


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(BytesIO(data), formats=_FORMATS)
    except UnidentifiedImageError:
        raise NotAPicture from None


def _refuse_extremes(picture: Image.Image, data: bytes) -> None:
    """Looks at the head alone: nothing is unpacked yet."""
    is_jpeg = picture.format in _JPEG
    if picture.width * picture.height > (MAX_JPEG_PIXELS if is_jpeg else MAX_PIXELS):
        raise TooManyPixels(f"{picture.width} × {picture.height}")
    _refuse_small(picture.size)
    # Within the pixels the byte FF is always followed by 00 or a restart mark.
    if is_jpeg and data.count(b"\xff\xda") > MAX_SCANS:
        raise TooManyPixels("too many scans")


def _refuse_small(size: tuple[int, int]) -> None:
    """Upright or lying: which of the two it is may only be known after turning it."""
    if max(size) < MIN_SIZE[0] or min(size) < MIN_SIZE[1]:
        raise TooSmall(f"{size[0]} × {size[1]}")


def _unpack(picture: Image.Image) -> Image.Image:
    """The first frame as RGB, upright, not much larger than we need it."""
    factor = _to_spare(picture.size)
    if picture.format in _JPEG and factor > 1:
        # It can be unpacked at an eighth, a quarter or a half of its size.
        picture.draft(None, (picture.width // factor, picture.height // factor))
    picture.load()
    turned = _UPRIGHT.get(picture.getexif().get(_ORIENTATION, 1))
    plain = on_white(_roughly(picture))
    if turned is not None:
        plain = plain.transpose(turned)
    plain.info.clear()  # nothing of it may end up in what readers get: places, names, programs
    return plain


def _roughly(picture: Image.Image) -> Image.Image:
    """A very large picture, made smaller by a whole number before anything is done with it."""
    factor = _to_spare(picture.size)
    if factor < 2 or picture.mode not in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return picture
    smaller = picture.reduce(factor)
    smaller.info = dict(picture.info)
    return smaller


def _to_spare(size: tuple[int, int]) -> int:
    """By how much a picture may shrink and still be twice the size that is shown. How it is
    turned is not known yet, so the longer side is measured by the longer limit."""
    short, long = sorted(size)
    return max(1, long // (2 * max(MAX_SIZE)), short // (2 * min(MAX_SIZE)))


def _jpeg(picture: Image.Image, max_bytes: int) -> bytes:
    """A progressive JPEG of the best quality that stays within `max_bytes`, or of the lowest."""
    for quality in _QUALITIES:
        out = BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() <= max_bytes:
            return out.getvalue()
    return out.getvalue()
