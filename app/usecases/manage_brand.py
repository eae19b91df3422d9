"""The site's face: read for every mail and page, chosen by editors.

What nobody chose comes from the environment's settings. A choice is looked at as a whole before
it is kept: a colour that nobody could read is refused together with one that would do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.article import one_line
from app.domain.bidi import without_bidi_controls
from app.domain.brand import Brand, Colours, Logo, SocialNetwork, WeakContrast, weak_contrasts
from app.domain.colour import InvalidColour, colour
from app.mail.clean import web_url
from app.pictures.errors import PictureError
from app.pictures.logo import MAX_UPLOAD, ReadyLogo, make_logo
from app.store.tables import BrandChoice, LogoFile

MAX_NAME, MAX_ADDRESS, MAX_FOOTER, MAX_LINK = 80, 200, 600, 300
"""Characters of each text."""
_ROW = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What an editor typed. Empty texts leave it to the environment; so do colours that are
    missing. Colours are by the names of `Colours`, addresses by network."""

    site_name: str = ""
    postal_address: str = ""
    footer: str = ""
    digits: str = ""
    months: str = ""
    hijri: bool = False
    colours: Mapping[str, str] = field(default_factory=dict)
    social: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Why a field cannot be kept: `code` is stable; for `weak_contrast` the details are there."""

    field: str
    code: str
    weak: WeakContrast | None = None


class InvalidBrand(Exception):
    """The choice is refused; nothing was changed. Codes: too_long, bad_colour, weak_contrast,
    bad_link, logo_too_large, and those of `PictureError` after `logo_`."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(", ".join(f"{fault.field}: {fault.code}" for fault in faults))
        self.faults = faults


def read_brand(session: Session, settings: Settings) -> Brand:
    """The site's face as it is now."""
    row = session.get(BrandChoice, _ROW)
    return brand_of(settings) if row is None else _chosen(session, settings, _choice_of(row), row)


def read_choice(session: Session) -> Choice:
    """What editors chose so far."""
    row = session.get(BrandChoice, _ROW)
    return Choice() if row is None else _choice_of(row)


def brand_of(settings: Settings) -> Brand:
    """The face that the environment gives: what nobody has chosen otherwise."""
    return Brand(
        site_name=settings.site_name,
        site_url=settings.site_url or settings.base_url,
        base_url=settings.base_url,
        postal_address=settings.postal_address,
        digits=settings.digits,
        months=settings.months,
        zone=settings.timezone,
    )


def brand_as_typed(session: Session, settings: Settings, choice: Choice) -> Brand:
    """The face as it would be with this choice, for a preview: what is not valid is left out."""
    choice = replace(
        choice,
        colours={n: c for n, c in choice.colours.items() if _is_colour(c)},
        social={n: u for n, u in choice.social.items() if web_url(u)},
        footer=choice.footer[:MAX_FOOTER],
    )
    return _chosen(session, settings, choice, session.get(BrandChoice, _ROW))


def save_brand(
    session: Session,
    *,
    now: datetime,
    staff_id: int | None,
    choice: Choice,
    upload: bytes = b"",
    drop_logo: bool = False,
) -> None:
    """Keeps the choice; an upload becomes the logo, `drop_logo` puts the name in its place.

    Raises `InvalidBrand` with every fault at once.
    """
    faults = faults_of(choice)
    logo = None
    if upload:
        try:
            logo = _logo(upload)
        except PictureError as error:
            faults.append(Fault(field="logo", code=f"logo_{error.code}"))
    if faults:
        raise InvalidBrand(faults)
    values = {
        **asdict(choice),
        "site_name": one_line(choice.site_name),
        "postal_address": one_line(choice.postal_address),
        "footer": without_bidi_controls(choice.footer).strip(),
        "colours": {name: colour(typed) for name, typed in choice.colours.items() if typed.strip()},
        "social": {name: web_url(typed) for name, typed in choice.social.items() if typed.strip()},
        "changed_at": now,
        "changed_by": staff_id,
    }
    if logo is not None:
        _keep(session, logo, now)
        values["logo_name"] = logo.name
    elif drop_logo:
        values["logo_name"] = None
    session.execute(
        insert(BrandChoice)
        .values(id=_ROW, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def faults_of(choice: Choice) -> list[Fault]:
    """Everything that keeps this choice from being kept."""
    faults = [
        Fault(field=name, code="too_long")
        for name, longest in (
            ("site_name", MAX_NAME),
            ("postal_address", MAX_ADDRESS),
            ("footer", MAX_FOOTER),
        )
        if len(getattr(choice, name)) > longest
    ]
    faults += [
        Fault(field=name, code="bad_colour")
        for name, typed in choice.colours.items()
        if typed.strip() and not _is_colour(typed)
    ]
    faults += [
        Fault(field=name, code="bad_link")
        for name, typed in choice.social.items()
        if typed.strip() and not (web_url(typed) and len(typed) <= MAX_LINK)
    ]
    weak = weak_contrasts(_colours(choice))
    return faults + [Fault(field=each.name, code="weak_contrast", weak=each) for each in weak]


def served_logo(session: Session, name: str) -> bytes | None:
    """The kept PNG of this name."""
    found = session.get(LogoFile, name)
    return None if found is None else found.png


def _logo(upload: bytes) -> ReadyLogo:
    if len(upload) > MAX_UPLOAD:
        raise _TooLarge
    return make_logo(upload)


class _TooLarge(PictureError):
    code = "too_large"


def _keep(session: Session, logo: ReadyLogo, now: datetime) -> None:
    session.execute(
        insert(LogoFile)
        .values(name=logo.name, width=logo.width, height=logo.height, png=logo.png, created_at=now)
        .on_conflict_do_nothing()
    )


def _choice_of(row: BrandChoice) -> Choice:
    return Choice(
        site_name=row.site_name,
        postal_address=row.postal_address,
        footer=row.footer,
        digits=row.digits,
        months=row.months,
        hijri=row.hijri,
        colours=row.colours,
        social=row.social,
    )


def _chosen(session: Session, settings: Settings, choice: Choice, row: BrandChoice | None) -> Brand:
    usual = brand_of(settings)
    colours = _colours(choice)
    return replace(
        usual,
        site_name=one_line(choice.site_name) or usual.site_name,
        postal_address=one_line(choice.postal_address) or usual.postal_address,
        footer=choice.footer,
        digits=choice.digits or usual.digits,
        months=choice.months or usual.months,
        hijri=choice.hijri,
        colours=colours,
        social=tuple(
            (network, choice.social[network])
            for network in SocialNetwork
            if choice.social.get(network)
        ),
        logo=_shown_logo(session, settings, row, colours),
    )


def _shown_logo(
    session: Session, settings: Settings, row: BrandChoice | None, colours: Colours
) -> Logo | None:
    found = session.get(LogoFile, row.logo_name) if row is not None and row.logo_name else None
    if found is None:
        return None
    return Logo(
        name=found.name,
        url=f"{settings.base_url}/logo/{found.name}/{colours.plate[1:]}.png",
        width=found.width,
        height=found.height,
    )


def _colours(choice: Choice) -> Colours:
    known = {n: colour(c) for n, c in choice.colours.items() if _is_colour(c)}
    return replace(Colours(), **known)


def _is_colour(typed: str) -> bool:
    try:
        colour(typed)
    except InvalidColour:
        return False
    return True
