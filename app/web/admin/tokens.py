"""Tokens of a CMS: a new one, shown this once, and the end of one."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.domain.staff import Role
from app.store.tables import ApiToken
from app.usecases.manage_tokens import create_token, revoke_token
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.token import TokenForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.queries import content as reads
from app.web.admin.record import audit


@blueprint.get("/tokens")
@needs(Role.EDITOR)
def tokens() -> str:
    return _page(TokenForm())


@blueprint.post("/tokens/new")
@needs(Role.EDITOR)
def add_token() -> str | tuple[str, int]:
    """Answers with the page itself: the secret is kept nowhere to be shown after a redirect."""
    form = TokenForm()
    if not form.validate_on_submit() or not (form.name.data or "").strip():
        return _page(form), 400
    made, secret = create_token(
        scope.session(), now=scope.now(), name=form.name.data, staff_id=current_staff().id
    )
    audit("token.add", object_type="token", object_id=made.id, name=made.name)
    scope.commit()
    return _page(TokenForm(formdata=None), secret=secret)


@blueprint.get("/tokens/<int:token_id>/revoke")
@needs(Role.EDITOR)
def confirm_end_token(token_id: int) -> str:
    found = scope.session().get(ApiToken, token_id)
    if found is None or found.revoked_at is not None:
        abort(404)
    return _page(TokenForm(), asks=found)


@blueprint.post("/tokens/<int:token_id>/revoke")
@needs(Role.EDITOR)
def end_token(token_id: int) -> Response:
    ended = revoke_token(scope.session(), token_id, now=scope.now())
    audit("token.revoke", object_type="token", object_id=ended.id, name=ended.name)
    scope.commit()
    flash(gettext("The token opens nothing any more."))
    return redirect(url_for("admin.tokens"))


def _page(form: TokenForm, secret: str = "", asks: ApiToken | None = None) -> str:
    return render_template(
        "admin/tokens.html",
        form=form,
        secret=secret,
        asks=asks,
        tokens=reads.tokens(scope.session()),
        topics=reads.topics(scope.session()),
        address=f"{scope.settings().base_url}/api/articles",
    )
