"""One reader: what they get and got, what they agreed to; changed, unsubscribed and erased at
their wish. And asking somebody to become one."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import queue
from app.domain.staff import Role
from app.domain.subscription import (
    PAUSE_WEEKS,
    Cadence,
    Choice,
    SubscriberState,
    is_paused,
    topic_mask,
)
from app.store.tables import Subscriber
from app.usecases.manage_readers import (
    Invited,
    change_reader,
    erase_reader,
    invite_reader,
    pause_reader,
    unsubscribe_reader,
    what_is_kept,
)
from app.web import scope
from app.web.admin import display
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.consent_words import pause_words, place_words
from app.web.admin.forms.base import topic_choices
from app.web.admin.forms.reader import EraseForm, NewReaderForm, ReaderForm
from app.web.admin.i18n import gettext
from app.web.admin.queries import mailings
from app.web.admin.queries import people as reads
from app.web.admin.queries.bounces import bounces_of
from app.web.admin.queries.content import former_topics, topics
from app.web.admin.record import audit
from app.web.admin.words import INVITATION_REFUSALS
from app.web.i18n import language


@blueprint.get("/readers/<int:reader_id>")
@needs(Role.VIEWER)
def reader(reader_id: int) -> str:
    found = scope.session().get(Subscriber, reader_id) or abort(404)
    return _page(found, _form_of(found))


@blueprint.post("/readers/<int:reader_id>")
@needs(Role.EDITOR)
def save_reader(reader_id: int) -> Response | tuple[str, int]:
    found = scope.session().get(Subscriber, reader_id) or abort(404)
    form = _offer(ReaderForm())
    if found.state is not SubscriberState.ACTIVE:  # their choices are not in the form
        form.cadence.data, form.language.data = found.cadence.value, found.language
        form.topics.data = _slugs(found)
    if not form.validate_on_submit() or not _knows_topics(form):
        return _page(found, form), 400
    was = (found.cadence, found.topic_mask, found.language, found.name)
    found = change_reader(
        scope.session(),
        now=scope.now(),
        reader_id=reader_id,
        name=form.name.data or "",
        choice=_choice(form),
        language=form.language.data,
    )
    if was != (found.cadence, found.topic_mask, found.language, found.name):
        audit("reader.change", object_type="reader", object_id=reader_id)
    scope.commit()
    flash(gettext("It is saved."))
    return _back(reader_id)


@blueprint.post("/readers/<int:reader_id>/pause")
@needs(Role.EDITOR)
def pause_mails_of_reader(reader_id: int) -> Response:
    """Pauses for the weeks on the button that was pressed; 0 goes on at once."""
    weeks = request.form.get("weeks", type=int)
    if weeks not in (0, *PAUSE_WEEKS):
        abort(400)
    before = scope.session().get_one(Subscriber, reader_id).paused_until
    found = pause_reader(scope.session(), now=scope.now(), reader_id=reader_id, weeks=weeks)
    if found.state is not SubscriberState.ACTIVE:
        flash(gettext("This reader has left and gets nothing in any case."), "warn")
        return _back(reader_id)
    if found.paused_until != before:
        audit("reader.pause", object_type="reader", object_id=reader_id, weeks=weeks)
    scope.commit()
    if weeks:
        day = display.when(found.paused_until)
        flash(gettext("Nothing comes to this reader until %(when)s.", when=day))
    else:
        flash(gettext("The mails come to this reader again."))
    return _back(reader_id)


@blueprint.post("/readers/<int:reader_id>/unsubscribe")
@needs(Role.EDITOR)
def leave_reader(reader_id: int) -> Response:
    unsubscribe_reader(scope.session(), now=scope.now(), reader_id=reader_id)
    audit("reader.unsubscribe", object_type="reader", object_id=reader_id)
    scope.commit()
    flash(gettext("This reader is unsubscribed and gets nothing any more."))
    return _back(reader_id)


@blueprint.get("/readers/<int:reader_id>/unsubscribe")
@needs(Role.EDITOR)
def confirm_leave_reader(reader_id: int) -> str:
    found = scope.session().get(Subscriber, reader_id) or abort(404)
    return render_template("admin/reader_leave.html", reader=found)


@blueprint.route("/readers/<int:reader_id>/erase", methods=["GET", "POST"])
@needs(Role.EDITOR)
def forget_reader(reader_id: int) -> Response | str:
    """Asks first, naming what goes."""
    found = scope.session().get(Subscriber, reader_id) or abort(404)
    form = EraseForm()
    if form.validate_on_submit():
        keep_out = bool(form.keep_out.data)
        erase_reader(
            scope.session(),
            scope.links(),
            now=scope.now(),
            reader_id=reader_id,
            keep_out=keep_out,
        )
        audit("reader.erase", object_type="reader", object_id=reader_id, keep_out=keep_out)
        scope.commit()
        flash(gettext("This reader is erased."))
        return redirect(url_for("admin.readers"))
    kept = what_is_kept(scope.session(), found)
    return render_template("admin/reader_erase.html", reader=found, form=form, kept=kept)


@blueprint.route("/readers/new", methods=["GET", "POST"])
@needs(Role.EDITOR)
def new_reader() -> Response | str | tuple[str, int]:
    form = _offer(NewReaderForm())
    if request.method == "GET":
        form.email.data = request.args.get("email", "")
        return render_template("admin/reader_new.html", form=form)
    known = 0
    if form.validate_on_submit() and _knows_topics(form) and form.address:
        invited = invite_reader(
            scope.session(),
            scope.links(),
            now=scope.now(),
            address=form.address,
            choice=_choice(form),
            language=form.language.data,
        )
        if invited.outcome is Invited.ASKED:
            audit("reader.invite", object_type="notice", object_id=invited.notice_id)
            scope.commit((queue.SEND_NOTICE, invited.notice_id))
            flash(
                gettext(
                    "A mail is on its way to %(email)s. Whoever reads there is subscribed once "
                    "its link was pressed.",
                    email=form.address.email,
                )
            )
            return redirect(url_for("admin.readers"))
        form.refuse(form.email, INVITATION_REFUSALS, invited.outcome)
        known = invited.reader_id
    return render_template("admin/reader_new.html", form=form, known=known), 400


def _offer(form: Any) -> Any:
    form.topics.choices = topic_choices(topics(scope.session()))
    return form


def _form_of(found: Subscriber) -> ReaderForm:
    form: ReaderForm = _offer(ReaderForm(formdata=None))
    form.name.data = found.name
    form.cadence.data, form.language.data = found.cadence.value, found.language
    form.topics.data = _slugs(found)
    return form


def _slugs(found: Subscriber) -> list[str]:
    return [one.slug for one in topics(scope.session()) if found.topic_mask >> one.bit & 1]


def _knows_topics(form: Any) -> bool:
    if set(form.topics.data or ()) <= {topic.slug for topic in topics(scope.session())}:
        return True
    form.topics.errors = [gettext("One of these topics no longer exists.")]
    return False


def _choice(form: Any) -> Choice:
    chosen = set(form.topics.data or ())
    bits = [topic.bit for topic in topics(scope.session()) if topic.slug in chosen]
    return Choice(topic_mask=topic_mask(bits), cadence=Cadence(form.cadence.data))


def _page(found: Subscriber, form: ReaderForm) -> str:
    session = scope.session()
    all_topics, former = topics(session), former_topics(session)
    before = request.args.get("before", type=int)
    sent = mailings.mails_of(session, found.id, now=scope.now(), before=before)
    return render_template(
        "admin/reader.html",
        reader=found,
        form=form,
        mails=sent,
        bounces=bounces_of(session, found.id, (campaign.id for campaign, _ in sent.mails)),
        before=before,
        topic_names=reads.topic_names(all_topics, found.topic_mask, language()),
        paused=is_paused(found.paused_until, scope.now()),
        pauses=[(weeks, pause_words(weeks)) for weeks in PAUSE_WEEKS],
        place_words=place_words,
        history=[
            (event, reads.topic_names([*all_topics, *former], event.topic_mask, language()))
            for event in reads.consent_history(session, found)
        ],
        **mailings.titles_of(session, sent.mails),
    )


def _back(reader_id: int) -> Response:
    return redirect(url_for("admin.reader", reader_id=reader_id))
