from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.brand import SocialNetwork
from app.domain.colour import contrast
from app.domain.edition import Design
from app.pictures.logo import MAX_UPLOAD, on_plate
from app.usecases.manage_brand import (
    Choice,
    InvalidBrand,
    brand_as_typed,
    brand_of,
    read_brand,
    read_choice,
    save_brand,
    served_logo,
)
from app.usecases.preview_brand import preview_brand

CHOICE = Choice(
    site_name="صحيفة المرفأ",
    postal_address="ص.ب 7، طرابلس",
    footer="تصدر كل صباح.",
    digits="latn",
    months="levantine",
    hijri=True,
    colours={"accent": "#0A5C4A", "plate": "063"},
    social={"x": "https://x.com/harbour", "youtube": ""},
)


def logo_file(kind: str = "PNG", size: tuple[int, int] = (400, 100)) -> bytes:
    mode = "RGBA" if kind == "PNG" else "RGB"
    picture = Image.new(mode, size)
    picture.paste((255, 255, 255, 255)[: len(mode)], (0, 0, size[0] // 2, size[1]))
    written = BytesIO()
    picture.save(written, kind)
    return written.getvalue()


def test_what_nobody_chose_comes_from_the_environment(session: Session, settings: Settings) -> None:
    assert read_brand(session, settings) == brand_of(settings)
    assert read_choice(session) == Choice()


def test_what_was_chosen_is_kept(session: Session, settings: Settings, now: datetime) -> None:
    save_brand(session, now=now, staff_id=None, choice=CHOICE)
    brand = read_brand(session, settings)
    assert (brand.site_name, brand.postal_address) == ("صحيفة المرفأ", "ص.ب 7، طرابلس")
    assert (brand.digits, brand.months, brand.hijri) == ("latn", "levantine", True)
    assert (brand.colours.accent, brand.colours.plate) == ("#0a5c4a", "#006633")
    assert brand.social == ((SocialNetwork.X, "https://x.com/harbour"),)
    save_brand(session, now=now, staff_id=None, choice=replace(CHOICE, site_name=" ", colours={}))
    again = read_brand(session, settings)
    assert again.site_name == settings.site_name
    assert again.colours == brand_of(settings).colours


def test_a_logo_is_kept_and_stands_on_its_plate(
    session: Session, settings: Settings, now: datetime
) -> None:
    save_brand(session, now=now, staff_id=None, choice=CHOICE, upload=logo_file())
    logo = read_brand(session, settings).logo
    assert logo is not None
    assert (logo.width, logo.height) == (400, 100)
    assert logo.url == f"{settings.base_url}/logo/{logo.name}/006633.png"
    png = served_logo(session, logo.name)
    assert png is not None
    shown = Image.open(BytesIO(on_plate(png, "#006633")))
    assert shown.mode == "RGB"
    assert shown.getpixel((399, 50)) == (0, 0x66, 0x33)
    assert shown.getpixel((0, 50)) == (255, 255, 255)

    save_brand(session, now=now, staff_id=None, choice=CHOICE)
    assert read_brand(session, settings).logo == logo
    save_brand(session, now=now, staff_id=None, choice=CHOICE, drop_logo=True)
    assert read_brand(session, settings).logo is None
    assert served_logo(session, logo.name) == png


def test_a_large_logo_is_made_smaller(session: Session, settings: Settings, now: datetime) -> None:
    upload = logo_file("JPEG", (3000, 1000))
    save_brand(session, now=now, staff_id=None, choice=CHOICE, upload=upload)
    logo = read_brand(session, settings).logo
    assert logo is not None
    assert (logo.width, logo.height) == (576, 192)


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo_not_a_picture"),
        (logo_file()[:60], "logo_broken"),
        (logo_file(size=(400, 8)), "logo_too_small"),
        (b"x" * (MAX_UPLOAD + 1), "logo_too_large"),
        (logo_file(size=(5000, 4000)), "logo_too_many_pixels"),
    ],
)
def test_what_is_no_logo_is_refused(
    session: Session, now: datetime, upload: bytes, code: str
) -> None:
    with pytest.raises(InvalidBrand) as refusal:
        save_brand(session, now=now, staff_id=None, choice=CHOICE, upload=upload)
    assert [(fault.field, fault.code) for fault in refusal.value.faults] == [("logo", code)]


def test_every_fault_is_told_at_once_and_nothing_is_kept(
    session: Session, settings: Settings, now: datetime
) -> None:
    wrong = Choice(
        footer="س" * 601,
        colours={"accent": "#ffcc00", "plate": "blue"},
        social={"x": "javascript:alert(1)"},
    )
    with pytest.raises(InvalidBrand) as refusal:
        save_brand(session, now=now, staff_id=None, choice=wrong)
    faults = {fault.field: fault for fault in refusal.value.faults}
    assert {name: fault.code for name, fault in faults.items()} == {
        "footer": "too_long",
        "accent": "weak_contrast",
        "plate": "bad_colour",
        "x": "bad_link",
    }
    weak = faults["accent"].weak
    assert weak is not None
    assert contrast(weak.suggestion, "#ffffff") >= 4.5
    assert read_brand(session, settings) == brand_of(settings)


@pytest.mark.parametrize("design", Design)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_preview_shows_what_is_typed(
    session: Session, settings: Settings, now: datetime, design: Design, language: str
) -> None:
    half_typed = replace(
        CHOICE, colours={"accent": "#0a5c4a", "text": "#12"}, social={"x": "https:/"}
    )
    brand = brand_as_typed(session, settings, half_typed)
    mail = preview_brand(
        session, settings=settings, brand=brand, now=now, design=design, language=language
    )
    assert "صحيفة المرفأ" in mail.html
    assert "تصدر كل صباح." in mail.html
    assert "~slot" not in mail.html
    assert read_choice(session) == Choice()
