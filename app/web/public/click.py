"""The way of a mail's links to their articles: counted, and sent on to the frozen address.

The address is signed and names a link of a campaign, no reader: everybody who got the campaign
got the same one. Where it leads stands in the database since the campaign was frozen; nothing in
the request has a say in it.
"""

from __future__ import annotations

from typing import cast

from flask import Response, abort, current_app, redirect, request

from app.bursts import Bursts
from app.domain.clicks import Visit
from app.links import BadToken
from app.usecases.count_click import open_link
from app.web import scope
from app.web.limiter import network_of
from app.web.public.blueprint import public

BURSTS = "nashra-bursts"


@public.get("/c/<token>")
def click(token: str) -> Response:
    try:
        number = scope.links().read_click(token)
    except BadToken:
        abort(404)
    if number >= 2**63:
        abort(404)
    url = open_link(
        scope.session(), _bursts(), now=scope.now(), link_id=number, visit=_visit_of_request()
    )
    if url is None:
        abort(404)
    scope.commit()
    response = cast("Response", redirect(url))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _visit_of_request() -> Visit:
    agent = request.headers.get("User-Agent", "")
    purposes = [request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz")]
    return Visit(
        method=request.method,
        agent=agent,
        is_prefetch=any("prefetch" in purpose.lower() for purpose in purposes),
        place=_bursts().place(network_of(request.remote_addr or ""), agent),
    )


def _bursts() -> Bursts:
    return cast("Bursts", current_app.extensions[BURSTS])
