"""Two subjects that are tried, on the page of their campaign: what each came to, and the decision
that an editor may take before the clock does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.domain.staff import Role
from app.domain.subject_test import Letter, Tried
from app.store.subject_test import tried
from app.store.tables import Campaign, SubjectTest
from app.usecases.decide_subject import SubjectDecided, decide_subject
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.i18n import gettext
from app.web.admin.identity import current_staff
from app.web.admin.queries.people import staff_name
from app.web.admin.record import audit


@dataclass(frozen=True, kw_only=True, slots=True)
class Rival:
    """One of the two subjects and what it came to: until the decision, or until now."""

    letter: str
    subject: str
    tried: Tried
    has_won: bool


@blueprint.post("/campaigns/<int:campaign_id>/subject")
@needs(Role.EDITOR)
def choose_subject(campaign_id: int) -> Response:
    """Gives all who wait the subject that was pressed."""
    wanted = request.form.get("letter", "")
    if wanted not in set(Letter):
        abort(400)
    try:
        decide_subject(
            scope.session(),
            now=scope.now(),
            campaign_id=campaign_id,
            letter=Letter(wanted),
            staff_id=current_staff().id,
        )
    except SubjectDecided:
        scope.session().rollback()
        flash(gettext("The subject was decided already; nothing was changed."), "warn")
    else:
        audit("campaign.subject", object_type="campaign", object_id=campaign_id, letter=wanted)
        scope.commit()
        flash(gettext("Decided. All others get this subject now."))
    return redirect(url_for("admin.campaign", campaign_id=campaign_id))


def subject_test_of(campaign: Campaign) -> dict[str, Any] | None:
    """What the page shows of the test; None where nothing is tried."""
    session = scope.session()
    test = session.get(SubjectTest, campaign.id)
    if test is None:
        return None
    if test.numbers is not None:
        came_to = {letter: Tried(**test.numbers[letter]) for letter in Letter}
    else:
        came_to = tried(session, campaign.id)
    subjects = {Letter.A: campaign.subject, Letter.B: test.subject_b}
    return {
        "test": test,
        "decided_by": staff_name(session, test.decided_by) if test.decided_by else "",
        "rivals": [
            Rival(
                letter=letter,
                subject=subjects[letter],
                tried=came_to[letter],
                has_won=test.winner == letter,
            )
            for letter in Letter
        ],
    }


@blueprint.context_processor
def _test() -> dict[str, Any]:
    return {"subject_test_of": subject_test_of}
