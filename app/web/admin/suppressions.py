"""The suppression list: addresses that are never written to. It keeps fingerprints only, so an
entry is found, and taken off, by whoever knows the address."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.address import InvalidAddress, parse_address
from app.domain.staff import Role
from app.usecases.suppress import (
    SuppressionReason,
    find_suppression,
    lift_suppression,
    suppress_address,
)
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.reader import LiftForm, SuppressForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.queries import suppressions as reads
from app.web.admin.record import audit
from app.web.admin.words import ADDRESS_REFUSALS

_PLACE = "taken off the suppression list by the staff"


@blueprint.get("/suppressions")
@needs(Role.VIEWER)
def suppressions() -> Response:
    return _page()


@blueprint.post("/suppressions")
@needs(Role.EDITOR)
def suppress() -> Response:
    form = SuppressForm()
    if not form.validate_on_submit() or form.address is None:
        return _page(adding=form)
    if find_suppression(scope.session(), scope.links(), form.address.key):
        form.email.errors = [gettext("This address is on the list already.")]
        return _page(adding=form)
    suppress_address(
        scope.session(),
        scope.links(),
        now=scope.now(),
        email_key=form.address.key,
        reason=SuppressionReason.BY_STAFF,
        note=(form.note.data or "").strip(),
        staff_id=current_staff().id,
    )
    audit("suppression.add", object_type="suppression")
    scope.commit()
    flash(gettext("The address is on the list: nothing is sent to it any more."))
    return redirect(url_for("admin.suppressions"))


@blueprint.post("/suppressions/lift")
@needs(Role.EDITOR)
def lift() -> Response:
    form = LiftForm()
    if not form.validate_on_submit() or form.address is None:
        return _page(lifting=form)
    found = lift_suppression(
        scope.session(), scope.links(), now=scope.now(), email_key=form.address.key, place=_PLACE
    )
    if not found:
        form.email.errors = [gettext("This address is not on the list.")]
        return _page(lifting=form)
    audit("suppression.lift", object_type="suppression", note=(form.note.data or "").strip())
    scope.commit()
    flash(gettext("The address is off the list. Its owner may subscribe again."))
    return redirect(url_for("admin.suppressions"))


def _page(*, adding: SuppressForm | None = None, lifting: LiftForm | None = None) -> Response:
    session = scope.session()
    asked = request.args.get("address", "").strip() if lifting is None else lifting.email.data or ""
    found, wrong = _look_up(asked)
    if lifting is None:
        lifting = LiftForm(formdata=None)
        lifting.email.data = asked
    page: dict[str, Any] = {
        "listed": reads.entries(session, request.args.get("older", "")),
        "count": reads.count(session),
        "counted": reads.COUNTED,
        "asked": asked,
        "found": found,
        "wrong": wrong,
        "adding": adding or SuppressForm(formdata=None),
        "lifting": lifting,
    }
    refused = (adding is not None and adding.errors) or lifting.errors
    return make_response(
        render_template("admin/suppressions.html", **page), 400 if refused or wrong else 200
    )


def _look_up(asked: str) -> tuple[Any, str]:
    """The entry of an address that was asked for, and what is wrong with the asking."""
    if not asked:
        return None, ""
    try:
        key = parse_address(asked).key
    except InvalidAddress as refusal:
        return None, str(ADDRESS_REFUSALS[refusal.code])
    return find_suppression(scope.session(), scope.links(), key), ""
