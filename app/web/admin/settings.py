"""Settings, the pace of sending: limits, and the warm-up of a new sending address."""

from __future__ import annotations

from datetime import date, timedelta

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.domain.sending_pace import CAREFUL, USUAL, Pace
from app.domain.staff import Role
from app.throttle import pace_of
from app.usecases.manage_sending import pace_with, read_pace, read_pace_choice, save_pace_choice
from app.web import scope
from app.web.admin import display
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.settings import AS_USUAL, CAREFULLY, PaceForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.record import audit

_DAYS_SHOWN = 7


@blueprint.route("/settings", methods=["GET", "POST"])
@needs(Role.OWNER)
def settings() -> Response | tuple[str, int]:
    session, form = scope.session(), PaceForm()
    if not form.is_submitted():
        form.fill(read_pace_choice(session), _today())
        return _page(form), 200
    choice = form.choice(_today()) if form.validate() else None
    if choice is None:
        return _page(form), 400
    save_pace_choice(session, now=scope.now(), staff_id=current_staff().id, choice=choice)
    pace = pace_with(choice, scope.settings())
    audit(
        "settings.pace",
        object_type="settings",
        per_second=pace.per_second,
        per_hour=pace.per_hour,
        per_day=pace.per_day,
        connections=pace.connections,
        warmup=pace.warmup.begins.isoformat() if pace.warmup else "",
    )
    scope.commit()
    flash(gettext("Kept. It holds from the next few hundred mails on, without a restart."))
    return redirect(url_for("admin.settings"))


def _page(form: PaceForm) -> str:
    pace = read_pace(scope.session(), scope.settings())
    form.hint_at(pace_of(scope.settings()))
    return render_template(
        "admin/settings.html",
        form=form,
        pace=pace,
        coming=_coming(pace),
        short_day=display.short_day,
        feed_minutes=max(1, round(scope.settings().feed_interval / 60)),
        plan_hints={CAREFULLY: _plan_hint(CAREFUL), AS_USUAL: _plan_hint(USUAL)},
    )


def _today() -> date:
    """The throttle's days are those of UTC."""
    return scope.now().date()


def _coming(pace: Pace) -> list[tuple[date, int]]:
    """The next days of a warm-up that is not over, each with what may go out."""
    if pace.warmup is None or pace.warmup.ends < _today():
        return []
    first = max(_today(), pace.warmup.begins)
    days = [first + timedelta(days=number) for number in range(_DAYS_SHOWN)]
    return [(day, pace.limit_on(day)) for day in days if day <= pace.warmup.ends]


def _plan_hint(limits: tuple[int, ...]) -> str:
    return gettext(
        "%(first)s on the first day, %(last)s on day %(days)s, then without a limit of its own",
        first=display.number(limits[0]),
        last=display.number(limits[-1]),
        days=display.number(len(limits)),
    )
