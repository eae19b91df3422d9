"""Words for everything that is written to the audit: what was done, to what, and the details.

A test reads the source for every action that is written anywhere, so that none is without words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from app.domain.device import Device
from app.store.tables import AuditEvent
from app.web.admin import words
from app.web.admin.i18n import gettext
from app.web.admin.i18n import lazy_gettext as _
from app.web.admin.people_words import product_words

ACTIONS: Mapping[str, LazyString] = {
    "article.add": _("added an article"),
    "article.edit": _("edited an article"),
    "article.push": _("sent an article from a CMS"),
    "article.restore": _("put an article back"),
    "article.withdraw": _("withdrew an article"),
    "audit.export": _("exported the records"),
    "brand.save": _("changed the brand"),
    "campaign.approve": _("approved a campaign"),
    "campaign.cancel": _("cancelled a campaign"),
    "campaign.create": _("made a campaign"),
    "campaign.decide": _("decided about uncertain mails"),
    "campaign.design": _("changed the design of a campaign"),
    "campaign.duplicate": _("copied a campaign"),
    "campaign.hide": _("took an edition out of the archive"),
    "campaign.hold": _("held a campaign back"),
    "campaign.pause": _("paused a campaign"),
    "campaign.resume": _("let a campaign go on"),
    "campaign.schedule": _("set the time of a campaign"),
    "campaign.send": _("sent a campaign"),
    "campaign.show": _("showed an edition in the archive"),
    "campaign.skip": _("left a campaign out"),
    "campaign.test": _("sent a test of a campaign to colleagues"),
    "campaign.subject": _("chose the subject of a campaign"),
    "campaign.unschedule": _("took back the time of a campaign"),
    "change_readers.ask": _("had many readers changed"),
    "change_readers.cancel": _("stopped the change of many readers"),
    "change_readers.resume": _("went on with the change of many readers"),
    "change_readers.undo": _("undid a change of many readers"),
    "check_import.cancel": _("stopped the check of an import"),
    "check_import.resume": _("went on with the check of an import"),
    "export_readers.ask": _("exported readers"),
    "export_readers.cancel": _("stopped an export of readers"),
    "export_readers.fetch": _("fetched a file of readers"),
    "export_readers.resume": _("went on with an export of readers"),
    "import.begin": _("imported readers"),
    "import.cancel": _("stopped an import of readers"),
    "import.resume": _("went on with an import of readers"),
    "import.undo": _("undid an import of readers"),
    "import.upload": _("uploaded a file of readers"),
    "preflight.accept": _("accepted the warnings of a check"),
    "preflight.stop": _("stopped a campaign because of errors"),
    "undo_change.cancel": _("stopped the undoing of a change of many readers"),
    "undo_change.resume": _("went on with the undoing of a change of many readers"),
    "undo_import.cancel": _("stopped the undoing of an import"),
    "undo_import.resume": _("went on with the undoing of an import"),
    "reader.change": _("changed the choices of a reader"),
    "reader.erase": _("erased a reader"),
    "reader.invite": _("asked a reader to confirm"),
    "reader.pause": _("paused the mails to a reader, or ended the pause"),
    "reader.unsubscribe": _("unsubscribed a reader"),
    "schedule.activate": _("let a schedule run"),
    "schedule.change": _("changed a schedule"),
    "schedule.create": _("made a schedule"),
    "schedule.delete": _("deleted a schedule"),
    "schedule.pause": _("paused a schedule"),
    "schedule.run": _("ran a schedule at once"),
    "segment.add": _("kept a segment"),
    "segment.change": _("changed a segment"),
    "segment.delete": _("deleted a segment"),
    "segment.rename": _("renamed a segment"),
    "settings.check_dns": _("checked the sending domain"),
    "settings.pace": _("changed how fast mails go out"),
    "settings.test_mail": _("tried the mail server"),
    "site.allow": _("let the sign-up box stand on a web site"),
    "site.forbid": _("took the sign-up box off a web site"),
    "source.activate": _("let a source be looked at again"),
    "source.add": _("added a source"),
    "source.categories": _("sorted the categories of a source"),
    "source.change": _("changed a source"),
    "source.fetch": _("had a source looked at"),
    "source.moved": _("followed a source to its new address"),
    "source.remove": _("removed a source"),
    "source.pause": _("paused a source"),
    "staff.accept_invitation": _("accepted an invitation"),
    "staff.add": _("added an account"),
    "staff.close": _("closed an account"),
    "staff.code_failed": _("gave a wrong code at the login"),
    "staff.end_session": _("ended a session"),
    "staff.end_sessions": _("ended the sessions of an account"),
    "staff.forgot": _("asked for a new password"),
    "staff.invite": _("invited somebody"),
    "staff.invite_again": _("invited somebody again"),
    "staff.login": _("logged in"),
    "staff.login_failed": _("tried to log in and failed"),
    "staff.logout": _("logged out"),
    "staff.name": _("changed their name"),
    "staff.passkey_add": _("added a passkey"),
    "staff.passkey_failed": _("tried a passkey and failed"),
    "staff.passkey_remove": _("removed a passkey"),
    "staff.passkey_rename": _("renamed a passkey"),
    "staff.password": _("changed a password"),
    "staff.password_by_mail": _("set a new password by mail"),
    "staff.recovery_codes": _("made new recovery codes"),
    "staff.reopen": _("reopened an account"),
    "staff.role": _("changed a role"),
    "staff.second_step_cleared": _("took the second step of an account away"),
    "staff.second_step_off": _("turned the second step off"),
    "staff.second_step_on": _("turned the second step on"),
    "staff.withdraw_invitation": _("withdrew an invitation"),
    "suppression.add": _("suppressed an address"),
    "suppression.lift": _("lifted the suppression of an address"),
    "token.add": _("made a token for a CMS"),
    "token.revoke": _("revoked a token of a CMS"),
    "topic.add": _("added a topic"),
    "topic.merge": _("merged a topic into another"),
    "topic.move": _("moved a topic in the order"),
    "topic.remove": _("removed a topic"),
    "topic.rename": _("renamed a topic"),
}

OBJECTS: Mapping[str, LazyString] = {
    "article": _("Article"),
    "audit": _("Records"),
    "brand": _("Brand"),
    "campaign": _("Campaign"),
    "job": _("Job"),
    "notice": _("Mail"),
    "reader": _("Reader"),
    "schedule": _("Schedule"),
    "segment": _("Segment"),
    "settings": _("Settings"),
    "site": _("Web site"),
    "source": _("Source"),
    "staff": _("Account"),
    "token": _("Token"),
    "suppression": _("Suppression"),
    "topic": _("Topic"),
}

DETAILS: Mapping[str, LazyString] = {
    "after": _("now"),
    "before": _("before"),
    "campaign": _("campaign"),
    "code": _("second step"),
    "connections": _("connections"),
    "decision": _("decision"),
    "deliveries": _("mails"),
    "device": _("device"),
    "design": _("design"),
    "errors": _("errors"),
    "fault": _("fault"),
    "from": _("from"),
    "guid": _("number in the CMS"),
    "keep_out": _("address suppressed"),
    "kind": _("kind"),
    "letter": _("version of the test"),
    "level": _("result"),
    "lines": _("lines"),
    "mails": _("mails"),
    "run": _("run"),
    "warnings": _("warnings"),
    "name": _("name"),
    "new_device": _("new device"),
    "note": _("note"),
    "of": _("copied from campaign"),
    "origin": _("where from"),
    "passkey": _("passkey"),
    "per_day": _("mails a day"),
    "per_hour": _("mails an hour"),
    "per_second": _("mails a second"),
    "readers": _("readers"),
    "reason": _("reason"),
    "refiled": _("articles sorted again"),
    "revision": _("version"),
    "role": _("role"),
    "segment": _("segment"),
    "send_at": _("time"),
    "sessions": _("sessions"),
    "slug": _("short name"),
    "to": _("to"),
    "token": _("token"),
    "topic": _("topic"),
    "into": _("merged into"),
    "url": _("address"),
    "warmup": _("warm-up"),
    "was": _("name before"),
    "weeks": _("weeks"),
}

_VALUES: Mapping[str, Mapping[str, LazyString]] = {
    "after": words.ROLES,
    "before": words.ROLES,
    "code": {"app": _("code of the app"), "recovery": _("recovery code")},
    "design": words.DESIGNS,
    "kind": words.CAMPAIGN_KINDS,
    "origin": words.ORIGINS,
    "reason": words.SKIP_REASONS,
    "role": words.ROLES,
}
"""Details that are stable codes with words of their own."""


def action_words(action: str) -> str:
    return str(ACTIONS.get(action, action))


def actor_words(event: AuditEvent, names: Mapping[int, str]) -> str:
    """Who it was; somebody without an account is told apart by whether a browser was used."""
    if event.staff_id is not None:
        return names.get(event.staff_id, gettext("Somebody"))
    if "token" in event.detail:
        return gettext("A CMS")
    return gettext("Somebody not logged in") if event.ip else gettext("Command line or service")


def detail_pairs(event: AuditEvent) -> list[tuple[str, str]]:
    """The details by their names, in words as far as there are any."""
    return [
        (str(DETAILS.get(name, name)), _value(name, value)) for name, value in event.detail.items()
    ]


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict) and name == "device":
        return product_words(Device(**value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(_VALUES.get(name, {}).get(str(value), value))
