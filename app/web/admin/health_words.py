"""The words of home's health: what each verdict means in plain words, and what to do about it.

In the texts `%(when)s` is how long ago, `%(count)s` the number, `%(text)s` the name or the mail
server's own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel.speaklater import LazyString

from app.domain.staff import Role
from app.domain.vitals import Level, Part, Verdict
from app.web.admin import display
from app.web.admin.i18n import gettext
from app.web.admin.i18n import lazy_gettext as _

PARTS: Mapping[Part, LazyString] = {
    Part.CLOCK: _("Clock"),
    Part.WORKERS: _("Workers"),
    Part.QUEUE: _("Queue"),
    Part.RELAY: _("Mail server"),
    Part.DELIVERIES: _("Deliveries"),
    Part.NOTICES: _("Confirmations and notices"),
    Part.FEEDS: _("Sources"),
    Part.JOBS: _("Imports and exports"),
    Part.DISK: _("Disk"),
    Part.DNS: _("Sending domain"),
    Part.BOUNCES: _("Mails that come back"),
}

LEVELS: Mapping[Level, LazyString] = {
    Level.BAD: _("Trouble"),
    Level.WARN: _("Look at it"),
    Level.GOOD: _("In order"),
}

_WHAT: Mapping[str, LazyString] = {
    "clock_never": _("The clock has never ticked, so nothing goes out by itself."),
    "clock_silent": _("The clock ticked last %(when)s, so nothing goes out by itself."),
    "clock_ticks": _("It ticks; last time %(when)s."),
    "workers_never": _("No worker has ever reported, so no mail goes out."),
    "workers_silent": _("No worker answers, so no mail goes out. The last one was heard %(when)s."),
    "nobody_serves_bulk": _("No worker serves the editions: campaigns stand still."),
    "nobody_serves_content": _(
        "No worker serves the content: no article comes in and no campaign is prepared."
    ),
    "nobody_serves_transactional": _(
        "No worker serves the notices: who signs up gets no confirmation."
    ),
    "worker_silent": _("%(text)s is not heard of any more; last %(when)s. Alive: %(count)s."),
    "workers_alive": _("Alive: %(count)s. Last heard %(when)s."),
    "redis_away": _(
        "Redis cannot be reached. Nothing is lost; what is due waits until it is back."
    ),
    "queue_long": _("More is asked for than the workers get done. Waiting: %(count)s."),
    "queue_short": _("Waiting: %(count)s."),
    "queue_empty": _("Nothing waits."),
    "relay_away": _("The mail server cannot be used: %(text)s"),
    "mail_stays": _("Mails go to the mailbox of this machine and no further."),
    "mail_taken": _("It took the last notice %(when)s."),
    "mail_untried": _("No mail has gone out yet, and nobody has tested the mail server."),
    "mail_test_failed": _("The last test of the mail server failed, %(when)s."),
    "mail_test_passed": _("The last test went through, %(when)s."),
    "deliveries_none": _("None is due."),
    "deliveries_go": _("On their way; the oldest was due %(when)s."),
    "deliveries_stalled": _("The oldest was due %(when)s, and no worker has taken it up."),
    "notices_none": _("None waits."),
    "notices_go": _("They are being sent."),
    "notices_deferred": _("The mail server put one off: %(text)s"),
    "notices_late": _("The oldest was due %(when)s. %(text)s"),
    "feeds_work": _("All answer. Sources: %(count)s."),
    "feeds_fail": _("Sources with an error: %(count)s."),
    "feeds_all_fail": _("No source answers, so no article comes in."),
    "jobs_none": _("None is under way."),
    "jobs_go": _("Under way: %(count)s."),
    "jobs_failed": _("Not done to the end, of the last day: %(count)s."),
    "jobs_stalled": _("The oldest was due %(when)s, and no worker has taken it up."),
    "disk_room": _("Free: %(size)s."),
    "disk_low": _("Only %(size)s is free on the disk of %(text)s."),
    "disk_full": _("The disk of %(text)s is full (%(size)s free): nothing is sent from there."),
    "bounces_many": _(
        "“%(text)s”: more than two mails in a hundred did not arrive (%(count)s in all). Mailboxes "
        "distrust a sender who writes to dead addresses."
    ),
    "complaints_many": _(
        "“%(text)s”: more than three readers in a thousand marked it as spam (%(count)s in all). "
        "Mailboxes soon put such mails aside for everybody."
    ),
    "bounces_silent": _(
        "Nobody takes them in, so dead addresses stay unknown. The last sign of life came %(when)s."
    ),
    "bounces_come": _("They are taken in; the last came %(when)s."),
    "bounces_none": _("They are taken in; none has come yet."),
    "dns_never": _("Nobody has looked yet whether SPF, DKIM and DMARC are published."),
    "dns_long_ago": _(
        "All was in order, but that was %(when)s, and the name servers have not answered since."
    ),
    "dns_bad": _(
        "Mailboxes have reason to refuse your mails: a record is missing or wrong. "
        "Looked at %(when)s."
    ),
    "dns_warn": _("The records are there; something about them can be better. Looked at %(when)s."),
    "dns_good": _("SPF, DKIM and DMARC are in order; looked at %(when)s."),
}

_CLOCK = _("Start it: `nashra clock`, the process `clock` of the Procfile.")
_WORKERS = _("Start them: the processes `worker` and `transactional` of the Procfile.")

_DO: Mapping[str, LazyString] = {
    "clock_never": _CLOCK,
    "clock_silent": _CLOCK,
    "workers_never": _WORKERS,
    "workers_silent": _WORKERS,
    "nobody_serves_bulk": _("Start the process `worker` of the Procfile."),
    "nobody_serves_content": _("Start the process `worker` of the Procfile."),
    "nobody_serves_transactional": _("Start the process `transactional` of the Procfile."),
    "worker_silent": _(
        "If you took it away, there is nothing to do: it is forgotten after a day. "
        "If not, look at its log and start it again."
    ),
    "redis_away": _("Start Redis again, or set REDIS_URL to where it is."),
    "queue_long": _("Wait a little. If the number does not fall, start more workers."),
    "relay_away": _(
        "Sending goes on by itself once it answers. Test the mail server in the settings."
    ),
    "mail_untried": _("Test it: it takes a few seconds and says what is wrong."),
    "mail_test_failed": _("Open the test: it says which step failed and why."),
    "deliveries_stalled": _("See whether workers, clock and Redis are in order above."),
    "notices_deferred": _("It is tried again by itself."),
    "notices_late": _(
        "See whether the worker of notices lives, and test the mail server in the settings."
    ),
    "feeds_fail": _("Open the sources: each says what is wrong."),
    "feeds_all_fail": _("Open the sources: each says what is wrong."),
    "jobs_failed": _("Open it: it says why, and goes on from where it stood once you say so."),
    "jobs_stalled": _("See whether workers, clock and Redis are in order above."),
    "disk_low": _("Make room, or set DATA_DIR to a larger disk."),
    "disk_full": _("Make room, or set DATA_DIR to a larger disk; sending goes on by itself then."),
    "dns_never": _("Have them checked: it takes a few seconds and says what to publish."),
    "dns_long_ago": _("Have them checked again."),
    "dns_bad": _("Open the check: it says what to publish."),
    "dns_warn": _("Open the check: it says what to change."),
}

_DO_BOUNCES: Mapping[str, LazyString] = {
    "bounces_many": _(
        "Dead addresses are left out from now on by themselves. Look where they came from: an old "
        "list that was imported is the usual cause."
    ),
    "complaints_many": _(
        "Who complained is unsubscribed. Ask whether these readers had asked for your mails, and "
        "whether this one was what they had asked for."
    ),
    "bounces_silent": _("Start it: `nashra bounces serve`, the process `bounces` of the Procfile."),
}

_PLACES: Mapping[Part, tuple[str, Role, LazyString]] = {
    Part.FEEDS: ("admin.sources", Role.VIEWER, _("To the sources")),
    Part.RELAY: ("admin.mail_server", Role.OWNER, _("To the test")),
    Part.NOTICES: ("admin.mail_server", Role.OWNER, _("To the test")),
    Part.JOBS: ("admin.jobs", Role.EDITOR, _("To the imports and exports")),
    Part.BOUNCES: ("admin.campaigns", Role.VIEWER, _("To the campaigns")),
    Part.DNS: ("admin.sending_dns", Role.OWNER, _("To the check")),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One line of health, in words. `url` leads to where it is put right, empty for nowhere."""

    part: str
    level: Level
    level_words: str
    what: str
    todo: str
    url: str
    label: str


def tell(verdict: Verdict, *, may: object) -> Told:
    """A verdict in the language of the page. `may` says what the reader of the page may do."""
    assert callable(may)
    place = _PLACES.get(verdict.part) if verdict.level is not Level.GOOD else None
    if place is not None and not may(place[1]):
        place = None
    return Told(
        part=str(PARTS[verdict.part]),
        level=verdict.level,
        level_words=str(LEVELS[verdict.level]),
        what=str(_WHAT[verdict.code])
        % {
            "when": display.ago(verdict.at),
            "count": display.number(verdict.count),
            "size": size(verdict.count),
            "text": f"\u2068{verdict.text}\u2069" if verdict.text else "",
        },
        todo=str(_DO.get(verdict.code, _DO_BOUNCES.get(verdict.code, ""))),
        url=url_for(place[0]) if place else "",
        label=str(place[2]) if place else "",
    )


def size(octets: int) -> str:
    """Bytes in the unit that fits a disk."""
    if octets >= 1_000_000_000:
        return gettext("%(number)s GB", number=display.number(octets // 1_000_000_000))
    return gettext("%(number)s MB", number=display.number(octets // 1_000_000))
