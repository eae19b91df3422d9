"""What a reader gets, changed through the link in every mail; and leaving everything."""

from __future__ import annotations

from flask import abort, make_response, render_template, request
from werkzeug.wrappers import Response
from wtforms import RadioField, ValidationError

from app.domain.subscription import (
    ALL_TOPICS,
    PAUSE_WEEKS,
    Cadence,
    SubscriberState,
    follows,
    is_paused,
)
from app.links import BadToken, ReaderToken
from app.store.tables import Subscriber
from app.usecases.manage_subscription import (
    change_preferences,
    find_reader,
    pause_mails,
    unsubscribe,
)
from app.web import scope
from app.web.i18n import LANGUAGES, NAMES, date_line, digits, gettext, ngettext
from app.web.public.blueprint import origin, reader
from app.web.public.confirm import unknown_link
from app.web.public.leave import come_back_words
from app.web.public.mask import mask_address
from app.web.public.signup_form import ChoiceForm, blank_form

_PLACE = "preferences page"


class PreferencesForm(ChoiceForm):
    language = RadioField(validate_choice=False)

    @property
    def language_words(self) -> dict[str, str]:
        return NAMES

    def validate_language(self, field: RadioField) -> None:
        if field.data not in LANGUAGES:
            raise ValidationError(gettext("Please choose a language."))


@reader.route("/p/<token>", methods=["GET", "POST"])
def preferences(token: str) -> Response:
    try:
        reading = scope.links().read_preferences(token)
    except BadToken:
        return unknown_link()
    found = find_reader(scope.session(), reading.subscriber_id)
    if found is None or found.state is not SubscriberState.ACTIVE:
        return _gone()
    if request.method != "POST":
        return _page(_form_of(found), found)
    if "leave" in request.form:
        return _leave(reading)
    if "pause" in request.form:
        return _pause(reading, request.form["pause"])
    form = PreferencesForm()
    if not form.validate():
        return _page(form, found, code=422)
    found = change_preferences(
        scope.session(),
        now=scope.now(),
        token=reading,
        choice=form.choice,
        language=form.language.data,
        origin=origin(_PLACE),
    )
    scope.commit()
    if found is None or found.state is not SubscriberState.ACTIVE:
        return _gone()
    return _page(form, found, saved=True)


def preferences_again(token: str) -> Response:
    """The form once more after its CSRF token has expired, with what was chosen."""
    try:
        reading = scope.links().read_preferences(token)
    except BadToken:
        return unknown_link()
    found = find_reader(scope.session(), reading.subscriber_id)
    if found is None or found.state is not SubscriberState.ACTIVE:
        return _gone()
    form = PreferencesForm()
    form.validate()
    waited = gettext("This page had waited for too long. Please press the button once more.")
    return _page(form, found, code=400, message=waited)


def _form_of(found: Subscriber) -> PreferencesForm:
    form = PreferencesForm(formdata=None)
    form.cadence.data = Cadence(found.cadence).value
    form.language.data = found.language
    form.topics.data = [
        topic.slug
        for topic in form.all_topics
        if found.topic_mask != ALL_TOPICS and follows(found.topic_mask, topic.bit)
    ]
    return form


def _leave(reading: ReaderToken) -> Response:
    unsubscribe(scope.session(), now=scope.now(), token=reading, origin=origin(_PLACE))
    scope.commit()
    token = scope.links().unsubscribe_token(reading.subscriber_id, reading.campaign_id)
    return make_response(
        render_template(
            "public/left.html",
            token=token,
            undo=True,
            undo_words=come_back_words(),
            form=blank_form(),
        )
    )


def _pause(reading: ReaderToken, typed: str) -> Response:
    """Pauses for the weeks on the button that was pressed; 0 goes on at once."""
    if typed not in ("0", *map(str, PAUSE_WEEKS)):
        abort(400)
    found = pause_mails(
        scope.session(),
        now=scope.now(),
        token=reading,
        weeks=int(typed),
        origin=origin(_PLACE),
    )
    scope.commit()
    if found is None or found.state is not SubscriberState.ACTIVE:
        return _gone()
    return _page(_form_of(found), found, pause_changed=True)


def _page(
    form: PreferencesForm,
    found: Subscriber,
    *,
    code: int = 200,
    message: str = "",
    saved: bool = False,
    pause_changed: bool = False,
) -> Response:
    page = render_template(
        "public/preferences.html",
        form=form,
        address=mask_address(found.email),
        message=message,
        saved=saved,
        pause_changed=pause_changed,
        paused_until=_end_of_pause(found),
        pauses=[(weeks, _pause_words(weeks)) for weeks in PAUSE_WEEKS],
    )
    return make_response(page, code)


def _end_of_pause(found: Subscriber) -> str:
    """The day on which mails come again, "" when they come now."""
    if found.paused_until is None or not is_paused(found.paused_until, scope.now()):
        return ""
    return date_line(found.paused_until)


def _pause_words(weeks: int) -> str:
    return str(ngettext("For one week", "For %(number)s weeks", weeks, number=digits(weeks)))


def _gone() -> Response:
    """The reader has left, so that there is nothing to choose: the way in is a sign-up."""
    return make_response(render_template("public/not_subscribed.html", form=blank_form()), 410)
