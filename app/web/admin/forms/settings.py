"""The forms of the settings: the pace of sending, the test of the mail server, DKIM selectors."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional, ValidationError

from app.domain.sending_pace import (
    CAREFUL,
    LONGEST_WARMUP,
    MOST_A_DAY,
    USUAL,
    InvalidPlan,
    Pace,
    WarmUp,
    parse_plan,
)
from app.usecases.manage_sending import PaceChoice
from app.web.admin import display
from app.web.admin.forms.base import AdminForm
from app.web.admin.i18n import gettext
from app.web.admin.i18n import lazy_gettext as _

AS_SET, NONE, CAREFULLY, AS_USUAL, OWN = "as_set", "none", "careful", "usual", "own"
_PLANS = {CAREFULLY: CAREFUL, AS_USUAL: USUAL}
_NUMBERS = ("per_second", "per_hour", "per_day", "connections")
_SELECTOR = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_MOST_SELECTORS = 5


class SelectorForm(AdminForm):
    """Which DKIM keys to look for."""

    selectors = StringField(
        _("Selectors of the DKIM key"),
        description=_(
            "Your mail server's settings name it; it stands in the DKIM-Signature of a mail after "
            "“s=”. Several with a space between them. Empty: the usual ones are tried."
        ),
        render_kw={"dir": "ltr", "autocomplete": "off", "maxlength": 200},
    )

    @property
    def names(self) -> list[str]:
        return [word for word in re.split(r"[\s,،]+", self.selectors.data or "") if word]

    def validate_selectors(self, _field: StringField) -> None:
        wrong = [name for name in self.names if not _SELECTOR.fullmatch(name)]
        if wrong:
            raise ValidationError(
                gettext("This is no selector: %(name)s.", name=f"\u2068{wrong[0][:70]}\u2069")
            )
        if len(self.names) > _MOST_SELECTORS:
            raise ValidationError(gettext("At most five selectors."))

    def refuse_for(self, words: str) -> None:
        self.selectors.errors = [*self.selectors.errors, words]


def _between(least: int, most: int) -> Callable[[Any, Any], None]:
    """A validator that names the bounds in the digits of the page."""

    def check(_form: Any, field: Any) -> None:
        if field.data is not None and not least <= field.data <= most:
            raise ValidationError(
                gettext(
                    "Between %(least)s and %(most)s.",
                    least=display.number(least),
                    most=display.number(most),
                )
            )

    return check


def _limit(label: object, most: int, *, least: int = 0) -> IntegerField:
    return IntegerField(
        label,
        [
            Optional(),
            _between(least, most),
        ],
        render_kw={"dir": "ltr", "inputmode": "numeric", "min": least, "max": most},
    )


class PaceForm(AdminForm):
    """What is empty is left to the environment; 0 is no limit."""

    per_second = _limit(_("Each second"), 1_000_000)
    per_hour = _limit(_("Each hour"), 1_000_000_000)
    per_day = _limit(_("Each day"), MOST_A_DAY)
    connections = _limit(_("Connections of each worker process"), 100, least=1)
    plan = RadioField(
        _("Warm-up"),
        choices=[
            SelectChoice(AS_SET, _("As installed")),
            SelectChoice(NONE, _("None")),
            SelectChoice(CAREFULLY, _("Careful")),
            SelectChoice(AS_USUAL, _("Usual")),
            SelectChoice(OWN, _("A plan of your own")),
        ],
        default=AS_SET,
    )
    begins = DateField(_("First day"), [Optional()])
    limits = TextAreaField(
        _("Mails a day"),
        description=_("One number a line: the first day, the second, and so on."),
        render_kw={"dir": "ltr", "rows": 6, "inputmode": "numeric"},
    )

    def fill(self, choice: PaceChoice, today: date) -> None:
        """Shows what was chosen so far."""
        for name in _NUMBERS:
            self[name].data = getattr(choice, name)
        self.begins.data = today
        if not choice.own_warmup:
            return
        warmup = choice.warmup
        if warmup is None:
            self.plan.data = NONE
            return
        named = {plan: name for name, plan in _PLANS.items()}
        self.plan.data = named.get(warmup.limits, OWN)
        self.begins.data = warmup.begins
        if self.plan.data == OWN:
            self.limits.data = "\n".join(map(str, warmup.limits))

    def hint_at(self, usual: Pace) -> None:
        """Shows in empty fields what holds while nothing is chosen."""
        for name in _NUMBERS:
            value = getattr(usual, name)
            shown = display.number(value) if value else gettext("no limit")
            self[name].render_kw = {**self[name].render_kw, "placeholder": shown}

    def choice(self, today: date) -> PaceChoice | None:
        """What was typed; None when the plan cannot be, with the reason at its field."""
        warmup = None
        if self.plan.data not in (AS_SET, NONE):
            try:
                limits = _PLANS.get(self.plan.data) or parse_plan(self.limits.data or "")
            except InvalidPlan as error:
                self.limits.errors = [*self.limits.errors, plan_words(error)]
                return None
            warmup = WarmUp(begins=self.begins.data or today, limits=limits)
        return PaceChoice(
            **{name: self[name].data for name in _NUMBERS},
            own_warmup=self.plan.data != AS_SET,
            warmup=warmup,
        )


def plan_words(error: InvalidPlan) -> str:
    """Why a typed plan cannot be."""
    if error.code == "empty":
        return gettext("Write how many mails may go on each day.")
    if error.code == "too_long":
        return gettext("At most %(days)s days.", days=display.number(LONGEST_WARMUP))
    line = f"\u2068{error.line[:40]}\u2069"
    if error.code == "too_much":
        return gettext("This is more than can be: %(line)s.", line=line)
    return gettext("This is no number of mails: %(line)s.", line=line)


class MailTestForm(AdminForm):
    """To whom of the staff the test goes: nobody else can be written to from here."""

    to = SelectField(_("Send the test mail to"), validate_choice=True)

    def offer(self, addresses: Sequence[str]) -> None:
        self.to.choices = [SelectChoice(address, address) for address in addresses]

    def refuse_for(self, words: str) -> None:
        self.to.errors = [*self.to.errors, words]
