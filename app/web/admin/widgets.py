"""The sign-up box for other web sites: its code to copy, how it looks, and where it may stand."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.domain.staff import Role
from app.domain.widget import Size, Theme
from app.store.tables import AllowedOrigin
from app.usecases.manage_origins import (
    OriginRefused,
    allow_origin,
    forbid_origin,
    list_origins,
)
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.widget import OriginForm
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.preview import framed
from app.web.admin.record import audit
from app.web.admin.widget_words import ORIGIN_REFUSALS, WIDGET_SIZES, WIDGET_THEMES
from app.web.i18n import LANGUAGES
from app.web.public.box_code import Box, form_code, frame_code, frame_path, height_of


@blueprint.get("/widgets")
@needs(Role.VIEWER)
def widgets() -> str:
    return _page(OriginForm())


def _page(form: OriginForm, **more: Any) -> str:
    box = _box()
    return render_template(
        "admin/widgets.html",
        box=box,
        sizes=WIDGET_SIZES,
        themes=WIDGET_THEMES,
        frame_path=frame_path(box),
        height=height_of(box),
        frame_code=frame_code(box),
        form_code=form_code(box),
        origins=list_origins(scope.session()),
        form=form,
        **more,
    )


@blueprint.get("/widgets/form")
@needs(Role.VIEWER)
def widget_form() -> Response:
    """The plain form as a bare page shows it; nothing in it can be sent."""
    box = _box()
    scheme = "light dark" if box.theme is Theme.AUTO else box.theme.value
    page = (
        f'<!doctype html><html lang="{box.language}"><meta charset="utf-8"><title>-</title>'
        f"<style>:root{{color-scheme:{scheme};font-family:sans-serif}}</style>{form_code(box)}"
    )
    return framed(page)


@blueprint.post("/widgets/sites")
@needs(Role.EDITOR)
def add_origin() -> Response | tuple[str, int]:
    form = OriginForm()
    if not form.validate_on_submit():
        return _page(form), 400
    try:
        made = allow_origin(
            scope.session(),
            now=scope.now(),
            typed=form.origin.data or "",
            staff_id=current_staff().id,
        )
    except OriginRefused as refusal:
        form.refuse(form.origin, ORIGIN_REFUSALS, refusal.code)
        return _page(form), 400
    audit("site.allow", object_type="site", object_id=made.id, url=made.origin)
    scope.commit()
    flash(gettext("The box may now stand on %(site)s.", site=made.origin))
    return redirect(url_for("admin.widgets"))


@blueprint.get("/widgets/sites/<int:origin_id>/remove")
@needs(Role.EDITOR)
def confirm_remove_origin(origin_id: int) -> str:
    return _page(OriginForm(), asks=_origin(origin_id))


@blueprint.post("/widgets/sites/<int:origin_id>/remove")
@needs(Role.EDITOR)
def remove_origin(origin_id: int) -> Response:
    found = _origin(origin_id)
    audit("site.forbid", object_type="site", object_id=found.id, url=found.origin)
    site = found.origin
    forbid_origin(scope.session(), origin_id=origin_id)
    scope.commit()
    flash(gettext("The box stands on %(site)s no more.", site=site))
    return redirect(url_for("admin.widgets"))


def _origin(origin_id: int) -> AllowedOrigin:
    found = scope.session().get(AllowedOrigin, origin_id)
    return found if found is not None else abort(404)


def _box() -> Box:
    """What the address asks for; the usual where it says nothing."""
    asked = request.args.get("box", "")
    return Box(
        language=asked if asked in LANGUAGES else scope.settings().language,
        size=Size.read(request.args.get("size", "")),
        theme=Theme.read(request.args.get("theme", "")),
    )
