"""Our copy of a picture, from pictures of every kind and from what only pretends to be one."""

from __future__ import annotations

import resource
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from app.pictures.errors import PictureError
from app.pictures.resize import (
    MAX_BYTES,
    MAX_PIXELS,
    SMALL_MAX_BYTES,
    ReadyPicture,
    make_picture,
)
from tests.pictures.drawings import (
    BLUE,
    RED,
    drawing,
    encoded,
    jpeg_of_scans,
    noise,
    png_of_claims,
    webp_of_claims,
)


def shown(made: ReadyPicture) -> Image.Image:
    return Image.open(BytesIO(made.body))


def near(picture: Image.Image, at: tuple[float, float], colour: tuple[int, ...]) -> bool:
    """Whether the picture has this colour at a place given in parts of its size."""
    x, y = int(picture.width * at[0]), int(picture.height * at[1])
    found = picture.convert("RGB").getpixel((x, y))
    return all(abs(one - other) < 12 for one, other in zip(found, colour, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_kind_becomes_two_progressive_jpegs_of_known_size(kind: str) -> None:
    made = make_picture(encoded(drawing(2000, 1000), kind))
    picture, small = shown(made), Image.open(BytesIO(made.small))
    assert (picture.format, picture.size, picture.mode) == ("JPEG", (1200, 600), "RGB")
    assert (made.width, made.height) == picture.size
    assert picture.info.get("progressive")
    assert (small.format, small.size) == ("JPEG", (480, 240))
    for one in (picture, small):
        assert near(one, (0.2, 0.2), RED)
        assert near(one, (0.8, 0.8), BLUE)


def test_the_same_bytes_give_the_same_name_and_others_another() -> None:
    one, other = encoded(drawing()), encoded(drawing(641))
    assert make_picture(one) == make_picture(one)
    assert make_picture(one).name != make_picture(other).name
    assert len(make_picture(one).name) == 32


def test_what_is_small_enough_is_not_blown_up() -> None:
    made = make_picture(encoded(drawing(300, 200)))
    assert (made.width, made.height) == (300, 200)


@pytest.mark.parametrize(
    ("size", "becomes"),
    [((900, 6000), (240, 1600)), ((4000, 500), (1200, 150)), ((3000, 4000), (1200, 1600))],
)
def test_both_sides_have_their_limit(size: tuple[int, int], becomes: tuple[int, int]) -> None:
    made = make_picture(encoded(drawing(*size), "JPEG"))
    assert (made.width, made.height) == becomes


@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_a_phone_turned_is_set_upright(orientation: int) -> None:
    """The red corner comes back to the upper left from wherever the camera put it."""
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    picture = drawing(640, 400)
    if orientation in undo:
        picture = picture.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    made = make_picture(encoded(picture, "JPEG", exif=exif))
    assert (made.width, made.height) == (640, 400)
    assert near(shown(made), (0.1, 0.1), RED)
    assert near(shown(made), (0.9, 0.1), BLUE)
    assert near(shown(made), (0.1, 0.9), BLUE)


@pytest.mark.parametrize(
    ("mode", "kind"), [("RGBA", "PNG"), ("LA", "PNG"), ("P", "GIF"), ("RGBA", "WEBP")]
)
def test_what_is_transparent_stands_on_white(mode: str, kind: str) -> None:
    clear = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    clear.paste((*BLUE, 255), (0, 0, 200, 300))
    picture = clear if mode == "P" else clear.convert(mode)
    made = shown(make_picture(encoded(picture, kind)))
    assert near(made, (0.75, 0.5), (255, 255, 255))
    assert not near(made, (0.25, 0.5), (255, 255, 255))


def test_one_colour_of_a_png_may_be_the_transparent_one() -> None:
    made = make_picture(encoded(drawing(), transparency=BLUE))
    assert near(shown(made), (0.8, 0.8), (255, 255, 255))
    assert near(shown(made), (0.2, 0.2), RED)


def test_inks_become_colours() -> None:
    made = shown(make_picture(encoded(drawing(mode="CMYK"), "JPEG")))
    assert made.mode == "RGB"
    assert near(made, (0.2, 0.2), RED)


@pytest.mark.parametrize("bits", [1, 16])
def test_other_depths_keep_their_greys(bits: int) -> None:
    grey = Image.new("I;16", (400, 300), 0x8000) if bits == 16 else Image.new("1", (400, 300), 1)
    level = 0x80 if bits == 16 else 255
    assert near(shown(make_picture(encoded(grey))), (0.5, 0.5), (level, level, level))


def test_the_first_frame_of_a_moving_picture_is_shown() -> None:
    frames = [Image.new("RGB", (400, 300), colour) for colour in (RED, BLUE, (0, 0, 0))]
    for kind in ("GIF", "WEBP", "PNG", "AVIF"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        assert near(shown(make_picture(data)), (0.5, 0.5), RED), kind


def test_a_profile_of_colours_is_applied_and_a_damaged_one_ignored() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for given in (profile, profile[:200], b"no profile at all"):
        made = make_picture(encoded(drawing(), "JPEG", icc_profile=given))
        assert near(shown(made), (0.2, 0.2), RED)


def test_nothing_that_stood_in_the_file_goes_out() -> None:
    exif = Image.Exif()
    exif[0x010E] = "the home of a witness"
    data = encoded(drawing(), "JPEG", exif=exif, comment=b"the home of a witness")
    made = make_picture(data)
    assert b"witness" in data
    assert b"witness" not in made.body + made.small
    assert not {"exif", "comment", "icc_profile"} & set(shown(made).info)


def test_even_noise_stays_within_its_bytes() -> None:
    made = make_picture(encoded(noise(1600, 1600), "JPEG", quality=90))
    assert len(made.body) <= MAX_BYTES
    assert len(made.small) <= SMALL_MAX_BYTES
    assert made.width == made.height >= 600


@pytest.mark.parametrize("size", [(1, 1), (99, 99), (2000, 20), (468, 40), (60, 49)])
def test_what_counts_readers_or_draws_a_line_is_no_picture(size: tuple[int, int]) -> None:
    assert refusal(encoded(drawing(*size))) == "too_small"


def test_a_band_that_would_be_a_line_in_a_mail_is_no_picture() -> None:
    assert refusal(encoded(drawing(8000, 60))) == "too_small"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="400"><script/></svg>'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!doctype html><title>404</title>",
        SVG,
        b"<?xml version='1.0'?>" + SVG,
        encoded(drawing(), "TIFF"),
        encoded(drawing(), "BMP"),
        encoded(drawing(), "ICO"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 600 400\n",
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 100,
    ],
    ids=["empty", "page", "svg", "svg-xml", "tiff", "bmp", "ico", "eps", "film"],
)
def test_other_things_are_refused_by_what_they_are(data: bytes) -> None:
    assert refusal(data) == "not_a_picture"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_picture_that_breaks_off_is_refused(kind: str) -> None:
    data = encoded(noise(400, 300), kind)
    for part in (0.9, 0.5, 0.1):
        assert refusal(data[: int(len(data) * part)]) in ("broken", "not_a_picture")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_damage_anywhere_ends_in_a_copy_or_a_refusal(kind: str) -> None:
    data = encoded(drawing(320, 200), kind)
    for at in range(8, len(data), max(1, len(data) // 60)):
        hurt = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        try:
            assert make_picture(hurt).width >= 50
        except PictureError:
            continue


@pytest.mark.parametrize(
    "data",
    [
        png_of_claims(65_000, 65_000),
        png_of_claims(MAX_PIXELS // 1000 + 1, 1000),
        png_of_claims(2**31 - 1, 2**31 - 1),
        webp_of_claims(16_383, 16_383),
        jpeg_of_scans(2000),
    ],
    ids=["png", "just-too-large", "png-largest", "webp-canvas", "jpeg-scans"],
)
def test_a_bomb_is_not_unpacked(data: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusal(data) in ("too_many_pixels", "broken", "not_a_picture")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KB


def test_a_text_that_unpacks_without_end_is_no_reason_to_unpack_it() -> None:
    import zlib

    text = b"Comment\0\0" + zlib.compress(b"\0" * 80_000_000)
    assert refusal(png_of_claims(600, 400, (b"zTXt", text))) == "broken"


def refusal(data: bytes) -> str:
    with pytest.raises(PictureError) as caught:
        make_picture(data)
    return caught.value.code
