"""The language of a page: how it is chosen, and what follows from it in every template.

`?lang=` wins and is remembered in a cookie; staff see admin in the language of their account;
then the cookie counts, then the setting SITE_LANGUAGE. Links made while `?lang=` is in the address
carry it on, so that a reader without cookies keeps the language too.

The texts of the public pages, the layout and the error pages are the gettext domain `messages`.
They are asked for through `site_domain`, since a page of admin has another domain as its default.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask, Response, g, has_request_context, request, session, url_for
from flask_babel import Babel, Domain, get_locale

from app.config import PROJECT_ROOT, Settings
from app.domain import arabic
from app.domain.brand import Colours
from app.web import scope

LANGUAGES = ("ar", "en")
API = "/api/"
"""Programs say their language by Accept-Language, and keep no cookies."""

COOKIELESS = "embed"
"""The blueprint of what stands on other people's pages: it sets no cookie."""

COOKIE = "lang"
COOKIE_SECONDS = 365 * 24 * 3600
NAMES = {"ar": "العربية", "en": "English"}

site_domain = Domain(domain="messages")
gettext = site_domain.gettext
ngettext = site_domain.ngettext
lazy_gettext = site_domain.lazy_gettext

_NO_LANG = frozenset({"static", "sheet", "public.healthz", "public.readyz"})


def install(app: Flask, settings: Settings) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(PROJECT_ROOT / "app" / "translations")
    Babel(
        app,
        default_locale=settings.language,
        default_timezone=settings.timezone,
        locale_selector=_choose,
    )
    app.after_request(_remember)
    app.url_defaults(_keep)
    app.context_processor(_words)
    app.add_template_filter(date_line)
    app.add_template_filter(month_line)
    app.add_template_filter(clock_time)
    app.add_template_filter(digits)


def language() -> str:
    """The language of this request, "ar" or "en"."""
    locale = get_locale()
    return locale.language if locale is not None else LANGUAGES[0]


def direction(code: str) -> str:
    return "rtl" if Locale.parse(code).text_direction == "rtl" else "ltr"


def digits(text: object) -> str:
    """Numbers as the page's language and the brand write them."""
    return arabic.digits(text, scope.brand().digits if language() == "ar" else "latn")


def date_line(moment: datetime) -> str:
    """The day of `moment` in the site's time zone: «الأربعاء ٢٢ / يناير / ٢٠٢٥»."""
    brand = scope.brand()
    return arabic.date_line(
        moment,
        zone=brand.zone,
        language=language(),
        digit_family=brand.digits,
        months=brand.months,
    )


def month_line(month: date) -> str:
    """A month and its year: «يناير ٢٠٢٥»."""
    brand = scope.brand()
    return arabic.month_line(
        month, language=language(), digit_family=brand.digits, months=brand.months
    )


def clock_time(moment: datetime) -> str:
    """The time of day in the site's time zone, as in «٠٩:٣٠»."""
    return digits(moment.astimezone(ZoneInfo(scope.settings().timezone)).strftime("%H:%M"))


def _asked() -> str | None:
    asked = request.args.get("lang")
    return asked if asked in LANGUAGES else None


def _choose() -> str | None:
    if not has_request_context():
        return None
    staff = g.get("staff")
    if request.blueprint == "admin":
        preferred = [staff.language if staff else None, session.get("language"), _asked()]
    elif request.path.startswith(API):
        return _asked() or request.accept_languages.best_match(LANGUAGES)
    else:
        preferred = [_asked()]
    for choice in (*preferred, request.cookies.get(COOKIE)):
        if choice in LANGUAGES:
            return str(choice)
    return None


def _remember(response: Response) -> Response:
    asked = _asked() if request.blueprint != COOKIELESS else None
    if asked and asked != request.cookies.get(COOKIE):
        response.set_cookie(
            COOKIE,
            asked,
            max_age=COOKIE_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=scope.settings().base_url.startswith("https://"),
        )
    return response


def _keep(endpoint: str, values: dict[str, Any]) -> None:
    if not has_request_context() or endpoint in _NO_LANG or endpoint.startswith("admin."):
        return
    asked = _asked()
    if asked is not None:
        values.setdefault("lang", asked)


def switch_url(code: str) -> str:
    """This page in the language `code`, or the front page where this one has no address."""
    rule = request.url_rule
    if rule is None or rule.endpoint in _NO_LANG or "GET" not in (rule.methods or ()):
        return url_for("public.home", lang=code)
    values: dict[str, Any] = {**request.args.to_dict(), **(request.view_args or {}), "lang": code}
    return url_for(rule.endpoint, **values)


def _brand_style() -> str:
    """Where the brand's accent is written for pages, "" while it is the one they have."""
    accent = scope.brand().colours.accent
    if accent == Colours().accent:
        return ""
    return url_for("public.brand_style", accent=accent[1:], lang=None)


def _words() -> dict[str, Any]:
    code = language()
    other = next(one for one in LANGUAGES if one != code)
    return {
        "language": code,
        "direction": direction(code),
        "arabic_digits": digits("1") != "1",
        "other_language": other,
        "other_language_name": NAMES[other],
        "switch_url": switch_url,
        "site_gettext": gettext,
        "site_name": scope.brand().site_name,
        "brand": scope.brand(),
        "brand_style": _brand_style(),
        "now": scope.now(),
        "settings": scope.settings(),
    }
