"""Settings, the mail server: what is configured, without its password, and a test that sends one
mail to somebody of the staff and says step by step how it went."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.domain.staff import Role
from app.mail.smtp.rehearse import Step, steps_of
from app.mail.smtp.relay import Relay
from app.usecases.try_mail_server import MailTest, keep_test, kept_test, try_mail_server
from app.web import scope
from app.web.admin import slow
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.display import duration
from app.web.admin.forms.settings import MailTestForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.mail_words import SECURITIES, STEPS, fault_words
from app.web.admin.queries.home import staff_addresses
from app.web.admin.record import audit
from app.web.i18n import language
from app.web.limiter import TooMany


@blueprint.get("/settings/mail-server")
@needs(Role.OWNER)
def mail_server() -> tuple[str, int]:
    form = MailTestForm()
    form.offer(staff_addresses(scope.session()))
    form.to.data = current_staff().email
    return _page(form), 200


@blueprint.post("/settings/mail-server")
@needs(Role.OWNER)
def test_mail_server() -> Response | tuple[str, int]:
    """Waits for the mail server, some seconds for each answer (`try_mail_server.PATIENCE`)."""
    form = MailTestForm()
    form.offer(staff_addresses(scope.session()))
    if not form.validate():
        return _page(form), 400
    try:
        slow.count("mail-test")
    except TooMany as refusal:
        form.refuse_for(gettext("Try again in %(time)s.", time=duration(refusal.seconds)))
        return _page(form), 429
    settings, brand, now = scope.settings(), scope.brand(), scope.now()
    # No transaction is open while others are waited for.
    scope.session().commit()
    test = try_mail_server(settings, brand=brand, now=now, to=form.to.data, language=language())
    keep_test(scope.session(), test)
    audit(
        "settings.test_mail",
        object_type="settings",
        to=test.to,
        fault=test.taken[-1].fault or "",
    )
    scope.commit()
    if test.passed:
        flash(gettext("The mail server took the mail. Look into the mailbox, the spam folder too."))
    return redirect(url_for("admin.mail_server"))


def _page(form: MailTestForm) -> str:
    relay = Relay.parse(scope.settings().smtp_url)
    test = kept_test(scope.session())
    return render_template(
        "admin/settings_mail.html",
        form=form,
        relay=relay,
        test=test,
        untaken=_untaken(relay, test) if test is not None else [],
        step_words=STEPS,
        security_words=SECURITIES,
        fault_words=fault_words,
    )


def _untaken(relay: Relay, test: MailTest) -> list[Step]:
    """The steps behind the one that failed."""
    steps, last = steps_of(relay), test.taken[-1].step
    return steps[steps.index(last) + 1 :] if last in steps else []
