"""Colours of a picture brought to what a mail can show: eight bits of red, green and blue."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageCms

_WHITE = (255, 255, 255)


def on_white(picture: Image.Image) -> Image.Image:
    """The loaded picture as RGB in sRGB; what is transparent shows a white plate, since a mail's
    ground may be any colour."""
    if picture.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        return _eight_bits(picture).convert("RGB")
    if picture.mode == "PA" or picture.has_transparency_data:
        clear = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        plate = Image.new("RGB", picture.size, _WHITE)
        plate.paste(clear, mask=clear.getchannel("A"))
        return _in_srgb(plate, picture.info.get("icc_profile"))
    if picture.mode in ("L", "RGB", "CMYK"):
        return _in_srgb(picture, picture.info.get("icc_profile"))
    return _plain(picture)


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Sixteen bits of grey to eight. A plain conversion would clip everything above 255."""
    return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """By the picture's own profile where it has a usable one: inks of a press, and the wider
    colours of a phone, look wrong without."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None
        if converted is not None:
            return converted
    return _plain(picture)


def _plain(picture: Image.Image) -> Image.Image:
    return picture if picture.mode == "RGB" else picture.convert("RGB")
