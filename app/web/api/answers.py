"""What the API says when it says no: a stable code, the field it is about, and a sentence in the
language that was asked for."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, jsonify
from flask_babel.speaklater import LazyString

from app.web.i18n import gettext, language, ngettext
from app.web.i18n import lazy_gettext as _

WORDS: Mapping[str, LazyString] = {
    "bad_date": _("This is not a date that an article can have. Write 2025-01-22T07:30:00+02:00."),
    "bad_guid": _("A guid has 1 to 500 characters and does not begin with “hand:”."),
    "bad_json": _("The body is not JSON."),
    "bad_token": _("The token is missing, unknown or revoked."),
    "bad_url": _("This is not a web address. Write it whole, with https:// at its beginning."),
    "needed": _("This field is needed."),
    "needs_topic": _("Name at least one topic."),
    "not_json": _("Send the article as application/json."),
    "not_an_object": _("The body must be one JSON object."),
    "too_often": _("That was too often. Wait a little, then send it again."),
    "unknown_field": _("There is no such field."),
    "unknown_guid": _("No article with this guid was sent here."),
    "unknown_topic": _("There is no such topic."),
    "wrong_type": _("This field has a value of the wrong type."),
}


class Refused(Exception):
    """A request that is answered with an error. `detail` is what was sent, shortened."""

    def __init__(
        self, code: str, *, status: int = 422, field: str = "", detail: str = "", most: int = 0
    ) -> None:
        super().__init__(f"{code}: {field}")
        self.code = code
        self.status = status
        self.field = field
        self.detail = detail[:200]
        self.most = most


def refusal(refused: Refused) -> Response:
    """The refusal as an answer."""
    if refused.code == "too_long":
        message = ngettext("At most one character.", "At most %(num)s characters.", refused.most)
    else:
        message = str(WORDS.get(refused.code) or gettext("This cannot be accepted."))
    error = {"code": refused.code, "message": message}
    if refused.field:
        error["field"] = refused.field
    if refused.detail:
        error["detail"] = refused.detail
    response = jsonify(error=error)
    response.status_code = refused.status
    response.headers["Content-Language"] = language()
    return response
