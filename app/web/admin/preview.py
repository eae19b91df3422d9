"""The preview of an edition: the mail as a reader would see it, in a sandboxed frame.

Before a campaign is frozen it is composed afresh; afterwards each frozen variant can be looked
at. The frame's document has a policy of its own: nothing in it runs, and it may be framed only
here.
"""

from __future__ import annotations

import re
from typing import Literal, cast

from flask import Response, abort, render_template, request

from app.domain.staff import Role
from app.mail.content import RenderedMail
from app.store.tables import Campaign
from app.usecases.campaign_steps import load
from app.usecases.compose_edition import preview_edition, without_slots
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.campaign_page import list_facts
from app.web.admin.queries.campaigns import reachable_readers, variant_of, variants_of

MAIL_POLICY = (
    "default-src 'none'; img-src 'self' https: http: data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
)
_DARK_QUERY = re.compile(r"@media[^{]*\(\s*prefers-color-scheme\s*:\s*dark\s*\)[^{]*\{")

Scheme = Literal["light", "dark"]


@blueprint.get("/campaigns/<int:campaign_id>/preview")
@needs(Role.VIEWER)
def preview(campaign_id: int) -> str:
    campaign = load(scope.session(), campaign_id)
    variants = variants_of(scope.session(), campaign_id)
    shown = _shown_variant(variants[0].id if variants else None)
    view = request.args.get("view", "desktop")
    return render_template(
        "admin/preview.html",
        campaign=campaign,
        mail=_mail(campaign, shown),
        variants=variants,
        shown=shown,
        view=view if view in ("desktop", "phone", "text") else "desktop",
        scheme=_scheme(),
        readers=reachable_readers(scope.session(), campaign, now=scope.now())
        if not variants
        else None,
        **list_facts([campaign]),
    )


@blueprint.get("/campaigns/<int:campaign_id>/preview/mail")
@needs(Role.VIEWER)
def preview_mail(campaign_id: int) -> Response:
    """The document inside the frame."""
    mail = _mail(load(scope.session(), campaign_id), _shown_variant(None))
    if mail is None:
        abort(404)
    return framed(in_scheme(mail.html, _scheme()))


def framed(html: str, status: int = 200) -> Response:
    """A document for a frame of our own pages: nothing in it runs, and it may be framed only
    here."""
    response = Response(html, status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _mail(campaign: Campaign, variant_id: int | None) -> RenderedMail | None:
    """The frozen variant, or what would go out now; None when nothing would."""
    if variant_id is None:
        return preview_edition(
            scope.session(), settings=scope.settings(), now=scope.now(), campaign=campaign
        )
    variant = variant_of(scope.session(), campaign.id, variant_id)
    if variant is None:
        abort(404)
    return without_slots(
        RenderedMail(subject=variant.subject, html=variant.html, text=variant.text)
    )


def _shown_variant(first: int | None) -> int | None:
    return request.args.get("variant", first, type=int)


def _scheme() -> Scheme:
    wanted = request.args.get("scheme")
    return cast("Scheme", wanted) if wanted in ("light", "dark") else "light"


def in_scheme(html: str, scheme: Scheme) -> str:
    """The mail as a reader of this colour scheme sees it, whatever this screen prefers: its
    dark rules are made to hold always or never."""
    return _DARK_QUERY.sub("@media all {" if scheme == "dark" else "@media not all {", html)
