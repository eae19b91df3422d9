"""The form of the brand: what is empty is left to the environment."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, FileField, RadioField, SelectChoice, StringField, TextAreaField

from app.domain.brand import COLOUR_NAMES, Brand, Colours, SocialNetwork
from app.usecases.manage_brand import (
    MAX_ADDRESS,
    MAX_FOOTER,
    MAX_LINK,
    MAX_NAME,
    Choice,
    Fault,
)
from app.web.admin.forms.base import AdminForm, at_most
from app.web.admin.i18n import gettext
from app.web.admin.i18n import lazy_gettext as _
from app.web.admin.words import BRAND_FAULTS, COLOUR_LABELS, NETWORKS

_AS_SET = "as_set"


class BrandForm(AdminForm):
    """Its fields for colours and networks are made below, one for each name."""

    site_name = StringField(
        _("Name of the site"), [at_most(MAX_NAME)], render_kw={"maxlength": MAX_NAME, "dir": "auto"}
    )
    logo = FileField(
        _("Logo"),
        description=_("PNG or JPEG. It takes the place of the name, on the plate's colour."),
        render_kw={"accept": "image/png,image/jpeg"},
    )
    drop_logo = BooleanField(_("No logo: show the name"))
    digits = RadioField(
        _("Digits"),
        choices=[
            SelectChoice(_AS_SET, _("As installed")),
            SelectChoice("arab", "٢٠٢٥"),
            SelectChoice("latn", "2025"),
        ],
        default=_AS_SET,
    )
    months = RadioField(
        _("Months"),
        choices=[
            SelectChoice(_AS_SET, _("As installed")),
            SelectChoice("gregorian", "يناير"),
            SelectChoice("levantine", "كانون الثاني"),
        ],
        default=_AS_SET,
    )
    hijri = BooleanField(_("The Hijri date too (Umm al-Qura)"))
    footer = TextAreaField(
        _("Text at the foot"), [at_most(MAX_FOOTER)], render_kw={"rows": 3, "dir": "auto"}
    )
    postal_address = StringField(
        _("Postal address"),
        [at_most(MAX_ADDRESS)],
        description=_("Stands at the foot of every mail; many countries ask for it."),
        render_kw={"maxlength": MAX_ADDRESS, "dir": "auto"},
    )

    @property
    def colour_fields(self) -> list[Any]:
        return [self[name] for name in COLOUR_NAMES]

    @property
    def social_fields(self) -> list[Any]:
        return [self[network.value] for network in SocialNetwork]

    @property
    def choice(self) -> Choice:
        """What was typed."""
        return Choice(
            site_name=self.site_name.data or "",
            postal_address=self.postal_address.data or "",
            footer=self.footer.data or "",
            digits=_typed(self.digits.data),
            months=_typed(self.months.data),
            hijri=bool(self.hijri.data),
            colours={name: self[name].data or "" for name in COLOUR_NAMES},
            social={n.value: self[n.value].data or "" for n in SocialNetwork},
        )

    def fill(self, choice: Choice) -> None:
        """Shows what was chosen so far."""
        for name in ("site_name", "postal_address", "footer", "hijri"):
            self[name].data = getattr(choice, name)
        self.digits.data, self.months.data = choice.digits or _AS_SET, choice.months or _AS_SET
        for name in COLOUR_NAMES:
            self[name].data = choice.colours.get(name) or getattr(Colours(), name)
        for network in SocialNetwork:
            self[network.value].data = choice.social.get(network.value, "")

    def hint_at(self, usual: Brand) -> None:
        """Shows in empty fields what holds while nothing is chosen."""
        for field in (self.site_name, self.postal_address):
            field.render_kw = {**field.render_kw, "placeholder": getattr(usual, field.name)}

    def show(self, faults: list[Fault]) -> None:
        """Puts each fault beside its field."""
        for fault in faults:
            field = self[fault.field]
            field.errors = [*field.errors, fault_words(fault)]


def fault_words(fault: Fault) -> str:
    """What is wrong, in the reader's language; with a colour that would do."""
    if fault.weak is not None:
        return gettext(
            "Too weak on the paper: its contrast is %(ratio)s and must be 4.5. "
            "The nearest that can be read is %(colour)s.",
            ratio=f"\u2068{fault.weak.ratio:.1f}\u2069",
            colour=f"\u2068{fault.weak.suggestion}\u2069",
        )
    return str(BRAND_FAULTS.get(fault.code) or gettext("This cannot be accepted."))


def _typed(chosen: str | None) -> str:
    return "" if chosen in (None, _AS_SET) else str(chosen)


for _name in COLOUR_NAMES:
    setattr(
        BrandForm,
        _name,
        StringField(
            COLOUR_LABELS[_name],
            default=getattr(Colours(), _name),
            render_kw={"type": "color", "dir": "ltr"},
        ),
    )
for _network in SocialNetwork:
    setattr(
        BrandForm,
        _network.value,
        StringField(
            NETWORKS[_network],
            [at_most(MAX_LINK)],
            render_kw={"dir": "ltr", "inputmode": "url", "placeholder": "https://"},
        ),
    )
