"""The preview of an edition: the mail as a reader would see it, in a sandboxed frame.

Before a campaign is frozen it is composed afresh, for everybody or for one reader; afterwards
each frozen variant can be looked at, and the one that a reader got. The frame's document has a
policy of its own: nothing in it runs, and it may be framed only here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from flask import Response, abort, render_template, request

from app.domain.staff import Role, may
from app.store.tables import Campaign
from app.usecases.campaign_steps import load
from app.usecases.preview_edition import NoPreview, Shown, preview_campaign
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.campaign_page import list_facts
from app.web.admin.identity import current_staff
from app.web.admin.queries.campaigns import variants_of
from app.web.admin.queries.people import open_accounts
from app.web.admin.words import NO_PREVIEW

MAIL_POLICY = (
    "default-src 'none'; img-src 'self' https: http: data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
)
_DARK_QUERY = re.compile(r"@media[^{]*\(\s*prefers-color-scheme\s*:\s*dark\s*\)[^{]*\{")
_VIEWS = ("desktop", "phone", "text")

Scheme = Literal["light", "dark"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which mail is looked at, and how, as the address or a form of the page says."""

    variant: int | None
    reader: str
    view: str
    scheme: Scheme

    @classmethod
    def of_request(cls) -> Wanted:
        view, scheme = request.values.get("view", ""), request.values.get("scheme", "")
        return cls(
            variant=request.values.get("variant", type=int),
            reader=request.values.get("reader", "").strip(),
            view=view if view in _VIEWS else "desktop",
            scheme=cast("Scheme", scheme) if scheme in ("light", "dark") else "light",
        )

    def shown(self, campaign: Campaign) -> Shown:
        """The mail. Raises `NoPreview`."""
        return preview_campaign(
            scope.session(),
            scope.settings(),
            now=scope.now(),
            campaign=campaign,
            variant_id=self.variant,
            reader=self.reader,
        )


@blueprint.get("/campaigns/<int:campaign_id>/preview")
@needs(Role.VIEWER)
def preview(campaign_id: int) -> str | tuple[str, int]:
    return preview_page(load(scope.session(), campaign_id), Wanted.of_request())


def preview_page(
    campaign: Campaign, wanted: Wanted, *, test_refusal: str = ""
) -> str | tuple[str, int]:
    """The page; one about a variant or a reader that do not exist says so with 404."""
    session = scope.session()
    shown, missing = None, ""
    try:
        shown = wanted.shown(campaign)
    except NoPreview as reason:
        missing = reason.code
    page = render_template(
        "admin/preview.html",
        campaign=campaign,
        shown=shown,
        missing=NO_PREVIEW.get(missing, ""),
        is_about_reader=bool(wanted.reader),
        wanted=wanted,
        variants=variants_of(session, campaign.id),
        people=open_accounts(session) if may(current_staff().role, Role.AUTHOR) else (),
        test_refusal=test_refusal,
        **list_facts([campaign]),
    )
    if test_refusal:
        return page, 400
    return (page, 404) if missing.startswith("unknown") else page


@blueprint.get("/campaigns/<int:campaign_id>/preview/mail")
@needs(Role.VIEWER)
def preview_mail(campaign_id: int) -> Response:
    """The document inside the frame."""
    wanted = Wanted.of_request()
    try:
        shown = wanted.shown(load(scope.session(), campaign_id))
    except NoPreview:
        abort(404)
    return framed(in_scheme(shown.mail.html, wanted.scheme))


def framed(html: str, status: int = 200) -> Response:
    """A document for a frame of our own pages: nothing in it runs, and it may be framed only
    here."""
    response = Response(html, status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def in_scheme(html: str, scheme: Scheme) -> str:
    """The mail as a reader of this colour scheme sees it, whatever this screen prefers: its
    dark rules are made to hold always or never."""
    return _DARK_QUERY.sub("@media all {" if scheme == "dark" else "@media not all {", html)
