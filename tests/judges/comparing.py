"""Two pictures of one mail: are they alike to a reader?

Pictures are compared in squares of four by four pixels. The mean colour of a square hardly
changes when a browser smooths a letter's edge another way, and changes a lot when the letter is
another, stands elsewhere or has another colour.
"""

from __future__ import annotations

from PIL import Image, ImageChops

SQUARE = 4
STEP = 14
"""Of 255: by how much a channel of a square's mean colour may differ."""
SQUARES = 6
"""As many squares may differ by more. The smallest word of a mail covers some thirty."""


def difference(approved: Image.Image, taken: Image.Image) -> str:
    """What is different, in words; empty where the pictures are alike."""
    if approved.size != taken.size:
        return f"it is {_size(taken)} pixels large and was {_size(approved)}"
    changed = _changed(approved, taken)
    count = changed.histogram()[255]
    if count <= SQUARES:
        return ""
    left, top, right, bottom = (SQUARE * edge for edge in changed.getbbox() or (0, 0, 0, 0))
    return f"{count} squares differ between ({left}, {top}) and ({right}, {bottom})"


def marked(approved: Image.Image, taken: Image.Image) -> Image.Image:
    """Side by side: what was approved, what was taken, and where they differ in magenta."""
    height = max(approved.height, taken.height)
    sheet = Image.new("RGB", (2 * approved.width + taken.width, height), "#808080")
    sheet.paste(approved, (0, 0))
    sheet.paste(taken, (approved.width, 0))
    if approved.size == taken.size:
        where = _changed(approved, taken).resize(taken.size, Image.Resampling.NEAREST)
        pale = Image.blend(taken, Image.new("RGB", taken.size, "#ffffff"), 0.7)
        pale.paste("#ff00ff", mask=where)
        sheet.paste(pale, (approved.width + taken.width, 0))
    return sheet


def _changed(approved: Image.Image, taken: Image.Image) -> Image.Image:
    """A mask with a pixel for each square."""
    apart = ImageChops.difference(approved.reduce(SQUARE), taken.reduce(SQUARE))
    red, green, blue = apart.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point([255 if step > STEP else 0 for step in range(256)])


def _size(picture: Image.Image) -> str:
    return f"{picture.width}×{picture.height}"
