"""Settings, the sending domain: what its DNS says, what is wrong, and what to publish."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.domain.staff import Role
from app.mail.resolver import Resolver
from app.usecases.check_dns import check_dns, keep_report, kept_report, sending_domain
from app.usecases.manage_sending import choose_selectors, chosen_selectors
from app.usecases.recheck_dns import looks_daily
from app.web import scope
from app.web.admin import slow
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.display import duration
from app.web.admin.dns_words import RECORDS, note_words
from app.web.admin.forms.settings import SelectorForm
from app.web.admin.health_words import LEVELS
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.record import audit
from app.web.limiter import TooMany


@blueprint.get("/settings/dns")
@needs(Role.OWNER)
def sending_dns() -> tuple[str, int]:
    form = SelectorForm(selectors=" ".join(chosen_selectors(scope.session())))
    return _page(form), 200


@blueprint.post("/settings/dns")
@needs(Role.OWNER)
def check_sending_dns() -> Response | tuple[str, int]:
    """Asks the name servers; takes some seconds at most (`app.mail.resolver.WHOLE`)."""
    form = SelectorForm()
    if not form.validate():
        return _page(form), 400
    try:
        slow.count("dns")
    except TooMany as refusal:
        form.refuse_for(gettext("Try again in %(time)s.", time=duration(refusal.seconds)))
        return _page(form), 429
    session, now = scope.session(), scope.now()
    selectors = form.names
    choose_selectors(session, now=now, staff_id=current_staff().id, selectors=selectors)
    # The transaction ends before others are waited for.
    scope.commit()
    settings = scope.settings()
    report = check_dns(settings, Resolver(settings), now=now, selectors=selectors)
    keep_report(session, report)
    audit("settings.check_dns", object_type="settings", level=report.level.value)
    scope.commit()
    flash(gettext("Looked. This is what the name servers say now."))
    return redirect(url_for("admin.sending_dns"))


def _page(form: SelectorForm) -> str:
    settings = scope.settings()
    return render_template(
        "admin/settings_dns.html",
        form=form,
        domain=sending_domain(settings),
        report=kept_report(scope.session(), settings),
        record_words=RECORDS,
        note_words=note_words,
        level_words=LEVELS,
        daily=looks_daily(settings),
    )
