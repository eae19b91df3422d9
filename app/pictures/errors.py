"""Why bytes are no picture for us: one type for each cause, each with a stable code."""

from __future__ import annotations

from typing import ClassVar


class PictureError(Exception):
    """The bytes give no picture, now or later. `code` is stable and is what gets translated;
    `detail` is short English."""

    code: ClassVar[str] = "broken"

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail[:200]


class NotAPicture(PictureError):
    """None of the kinds we take: a web page, a drawing in SVG, a film."""

    code = "not_a_picture"


class BrokenPicture(PictureError):
    """It says that it is a picture, and cannot be read to its end."""

    code = "broken"


class TooSmall(PictureError):
    """A point that counts readers, a rule or an icon."""

    code = "too_small"


class TooManyPixels(PictureError):
    """It would take more memory to unpack than one picture is given."""

    code = "too_many_pixels"
