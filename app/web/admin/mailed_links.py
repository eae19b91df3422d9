"""Pages behind the links in mails to the staff: an invitation accepted, a forgotten password.

Opening one changes nothing, since mail scanners open links.
"""

from __future__ import annotations

from functools import wraps
from typing import Any, cast

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import queue
from app.domain.address import parse_address
from app.domain.staff import WeakPassword
from app.links import BadToken
from app.usecases.invite_staff import LinkOver, accept_invitation, find_invitation
from app.usecases.recover_password import ask_for_reset, find_reset, reset_by_link
from app.web import scope
from app.web.admin.attempts import please_wait, throttle
from app.web.admin.blueprint import View, blueprint, open_to_all
from app.web.admin.forms.login import PASSWORD_WORDS, NewPasswordForm
from app.web.admin.forms.staff import AcceptForm, ForgotForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import close_session, open_session
from app.web.admin.known_device import remember_device
from app.web.admin.record import audit, audit_and_warn
from app.web.admin.throttle import Attempt, TooManyAttempts
from app.web.i18n import language


def _behind_a_token(view: View) -> View:
    """A link that opens nothing gets one page, whatever is wrong with it."""

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        try:
            return view(*args, **values)
        except (BadToken, LinkOver):
            return render_template("admin/link_over.html", endpoint=request.endpoint), 410

    return cast("View", guarded)


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@open_to_all
@_behind_a_token
def invitation(token: str) -> Response:
    ticket = scope.links().read_invitation(token)
    invited = find_invitation(scope.session(), now=scope.now(), ticket=ticket)
    form = AcceptForm()
    if form.validate_on_submit():
        try:
            accept_invitation(
                scope.session(),
                now=scope.now(),
                ticket=ticket,
                name=form.name.data,
                password=form.new.data,
            )
        except WeakPassword as refusal:
            form.refuse(form.new, PASSWORD_WORDS, refusal.code)
        else:
            open_session(invited)
            audit("staff.accept_invitation", object_type="staff", object_id=invited.id)
            scope.commit()
            flash(gettext("Welcome. This is the newsroom’s home page."))
            return redirect(url_for("admin.home"))
    status = 400 if form.is_submitted() else 200
    return make_response(
        render_template("admin/invitation.html", form=form, invited=invited), status
    )


@blueprint.route("/forgot", methods=["GET", "POST"])
@open_to_all
def forgot() -> Response:
    """Takes an address and answers the same whoever has it."""
    form = ForgotForm()
    if not form.validate_on_submit():
        return make_response(render_template("admin/forgot.html", form=form), form.status)
    address = parse_address(form.email.data)
    try:
        throttle().count(
            Attempt.of(email_key=address.key, ip=request.remote_addr or "", purpose="reset")
        )
    except TooManyAttempts as refusal:
        return please_wait("admin/forgot.html", refusal, form=form)
    notice = ask_for_reset(scope.session(), now=scope.now(), address=address, language=language())
    audit("staff.forgot", object_type="staff", object_id=notice.staff_id)
    scope.commit((queue.SEND_NOTICE, notice.id))
    return redirect(url_for("admin.forgot_sent"))


@blueprint.get("/forgot/sent")
@open_to_all
def forgot_sent() -> str:
    return render_template("admin/forgot_sent.html")


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@open_to_all
@_behind_a_token
def reset_password(token: str) -> Response:
    ticket = scope.links().read_reset(token)
    member = find_reset(scope.session(), now=scope.now(), ticket=ticket)
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            reset_by_link(scope.session(), now=scope.now(), ticket=ticket, new=form.new.data)
        except WeakPassword as refusal:
            form.refuse(form.new, PASSWORD_WORDS, refusal.code)
        else:
            warning = audit_and_warn(member, "staff.password_by_mail")
            close_session()
            # Who reads the account's mail is told already, and may log in past strangers' guesses.
            remember_device(member)
            scope.commit(*warning)
            flash(gettext("Your password is changed. Log in with the new one."))
            return redirect(url_for("admin.login"))
    status = 400 if form.is_submitted() else 200
    return make_response(
        render_template("admin/reset_password.html", form=form, member=member), status
    )
