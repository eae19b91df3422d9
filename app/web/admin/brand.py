"""The brand: chosen on one page beside a mail that shows it while it is typed.

The preview is a document of its own in a frame. The form is sent to it, so it shows what was
typed and nothing is kept; a script only presses that button. Without it, the button is there.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.domain.brand import Brand, Logo
from app.domain.edition import Design
from app.domain.staff import Role
from app.pictures.errors import PictureError
from app.pictures.logo import MAX_UPLOAD, make_logo, on_plate
from app.usecases.manage_brand import (
    InvalidBrand,
    brand_as_typed,
    brand_of,
    faults_of,
    read_brand,
    read_choice,
    save_brand,
)
from app.usecases.preview_brand import preview_brand
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.forms.brand import BrandForm, fault_words
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.preview import MAIL_POLICY, in_scheme
from app.web.admin.record import audit
from app.web.admin.words import DESIGNS
from app.web.i18n import language

_DESIGNS = (Design.MORNING, Design.BRIEF, Design.ALERT, Design.LETTER)


@blueprint.route("/brand", methods=["GET", "POST"])
@needs(Role.EDITOR)
def brand() -> AnyResponse | tuple[str, int]:
    form = BrandForm()
    if not form.is_submitted():
        form.fill(read_choice(scope.session()))
        return _page(form), 200
    if not form.validate():
        return _page(form), 400
    try:
        save_brand(
            scope.session(),
            now=scope.now(),
            staff_id=current_staff().id,
            choice=form.choice,
            upload=_upload(),
            drop_logo=form.drop_logo.data,
        )
    except InvalidBrand as refusal:
        form.show(refusal.faults)
        return _page(form), 400
    audit("brand.save", object_type="brand", object_id=1)
    scope.commit()
    flash(gettext("Kept. The next mails have this face."))
    return redirect(url_for("admin.brand"))


def _page(form: BrandForm) -> str:
    form.hint_at(brand_of(scope.settings()))
    return render_template(
        "admin/brand.html",
        form=form,
        brand=read_brand(scope.session(), scope.settings()),
        designs=[(each.value, DESIGNS[each]) for each in _DESIGNS],
    )


@blueprint.route("/brand/preview", methods=["GET", "POST"])
@needs(Role.EDITOR)
def brand_preview() -> Response:
    """The document inside the frame: the brand as it is, or as it is typed. Keeps nothing."""
    brand, unkept = _brand_to_show()
    mail = preview_brand(
        scope.session(),
        settings=scope.settings(),
        brand=brand,
        now=scope.now(),
        design=_wanted_design(),
        language=language(),
    )
    html = in_scheme(mail.html, "dark" if request.values.get("scheme") == "dark" else "light")
    for url, shown in unkept.items():
        html = html.replace(url, shown)
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.post("/brand/check")
@needs(Role.EDITOR)
def brand_check() -> Response:
    """What keeps the typed brand from being kept, by field, for the script to show at once."""
    words: dict[str, str] = {}
    for fault in faults_of(BrandForm().choice):
        words.setdefault(fault.field, fault_words(fault))
    return jsonify(words)


def _brand_to_show() -> tuple[Brand, dict[str, str]]:
    """The brand, and what stands in the frame for the address of a logo that is not kept yet."""
    if request.method == "GET":
        return read_brand(scope.session(), scope.settings()), {}
    form = BrandForm()
    typed = brand_as_typed(scope.session(), scope.settings(), form.choice)
    data = _upload()
    if not data:
        return (replace(typed, logo=None) if form.drop_logo.data else typed), {}
    try:
        logo = make_logo(data)
    except PictureError:
        return typed, {}
    url = f"{scope.settings().base_url}/logo/{logo.name}/unkept.png"
    shown = b64encode(on_plate(logo.png, typed.colours.plate)).decode()
    with_logo = replace(
        typed, logo=Logo(name=logo.name, url=url, width=logo.width, height=logo.height)
    )
    return with_logo, {url: f"data:image/png;base64,{shown}"}


def _upload() -> bytes:
    """The file that came with the form, or one byte too many of it."""
    uploaded = request.files.get("logo")
    return uploaded.stream.read(MAX_UPLOAD + 1) if uploaded else b""


def _wanted_design() -> Design:
    wanted = request.values.get("design", "")
    return next((each for each in _DESIGNS if each.value == wanted), Design.MORNING)
