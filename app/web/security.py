"""What every answer carries: a Content-Security-Policy without inline code, and its relatives.

A view or blueprint that needs other headers sets them itself; these only fill what is missing.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Settings

csrf = CSRFProtect()

CSRF_SECONDS = 12 * 3600
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_HSTS = "max-age=31536000"


def policy(*, images: str = "'self'", frames: str = "'none'", ancestors: str = "'none'") -> str:
    """A Content-Security-Policy of this site: own scripts and styles, from files only."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; "
        f"font-src 'self'; frame-src {frames}; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {ancestors}"
    )


def install(app: Flask, settings: Settings) -> None:
    secure = settings.base_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="nashra",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        WTF_CSRF_TIME_LIMIT=CSRF_SECONDS,
        # Token pages send no Referer on purpose, so that it cannot be asked for.
        WTF_CSRF_SSL_STRICT=False,
        TRUSTED_HOSTS=list(trusted_hosts(settings)),
    )
    csrf.init_app(app)
    if settings.proxy_hops:
        # The host is never taken from a header: links are built from BASE_URL alone.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxy_hops, x_proto=settings.proxy_hops, x_host=0
        )
    images = "'self' https: data:" if secure else "'self' https: http: data:"
    site_policy = policy(images=images)

    @app.after_request
    def _protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", site_policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        if "frame-ancestors 'none'" in headers["Content-Security-Policy"]:
            # What may be framed names its sites in the policy, which this header cannot do.
            headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if secure:
            headers.setdefault("Strict-Transport-Security", _HSTS)
        if response.mimetype == "text/html":
            headers.setdefault("Cache-Control", "private, no-cache")
        return response


def trusted_hosts(settings: Settings) -> tuple[str, ...]:
    """The Host headers that are answered: those of TRUSTED_HOSTS and BASE_URL, and the names of
    this machine where servers are embedded in it."""
    own = urlsplit(settings.base_url).hostname or ""
    named = (*settings.trusted_hosts, f"[{own}]" if ":" in own else own)
    return (*named, *(_LOOPBACK if settings.embedded else ()))


def shield(response: Response) -> Response:
    """The headers of a page whose address holds a token: kept nowhere, passed on to nobody, found
    by no search engine, and with nothing on it from a third party."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Content-Security-Policy"] = policy()
    return response
