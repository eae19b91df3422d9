"""What a message that came back makes of a delivery and its reader.

It is believed as far as it names a mail of ours by a name that we signed: the address that it
came to (VERP), or, in complaints, the names of the mail that it gives back. Reports come twice,
late and in any order: the same one again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from app.domain.bounce import (
    SOFT_WINDOW,
    BounceKind,
    Came,
    Failure,
    ReportKind,
    is_given_up,
    is_overtaken,
    judge_failures,
)
from app.domain.delivery import DeliveryState
from app.domain.subscription import SubscriberState
from app.links import BadToken, Links
from app.mail.reports.read import Report, read_report
from app.store.bounces import (
    Delivered,
    count_feedback,
    find_delivered,
    keep_bounce,
    soft_bounces,
)
from app.store.tables import Subscriber
from app.usecases.bounced_notice import bounce_notice
from app.usecases.suppress import SuppressionReason, suppress_address, suppress_complainer

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Handled:
    """`campaign_id` is 0 for a notice, whose number `ordinal` is; both are 0 for a message that
    names no mail of ours. `reader` is a fingerprint of the address, for the log."""

    came: Came
    campaign_id: int = 0
    ordinal: int = 0
    reader: str = ""


def handle_feedback(
    session: Session, links: Links, *, now: datetime, recipient: str, message: bytes
) -> Handled:
    """Takes in one message that came to `recipient`. The caller commits; may be repeated."""
    report = read_report(message)
    whose = _whose_mail(links, recipient, report)
    if whose is None:
        handled = Handled(came=Came.FORGED)
    elif report.kind not in (ReportKind.FAILED, ReportKind.COMPLAINT):
        handled = Handled(came=Came(report.kind.value), campaign_id=whose[0], ordinal=whose[1])
    else:
        kind, failure = _judge(report)
        handled = _take_in(session, links, now, whose, kind, failure)
    count_feedback(session, handled.came.value, now=now)
    log.info(
        "feedback",
        came=handled.came.value,
        campaign=handled.campaign_id,
        ordinal=handled.ordinal,
        reader=handled.reader,
    )
    return handled


def refuse_feedback(session: Session, *, now: datetime) -> None:
    """Counts a message that was turned away before it was read: its address is none of ours."""
    count_feedback(session, Came.FORGED.value, now=now)
    log.info("feedback", came=Came.FORGED.value)


def _whose_mail(links: Links, recipient: str, report: Report) -> tuple[int, int] | None:
    """The (campaign, ordinal) that the message is about. A feedback loop writes to one address
    for all mails; what it gives back names the one."""
    found = _read(links.read_bounce, [recipient])
    if found is None and report.kind is ReportKind.COMPLAINT:
        found = _read(links.read_bounce, report.names) or _read(links.read_message_id, report.names)
    return found


def _read(signed: Callable[[str], tuple[int, int]], names: Iterable[str]) -> tuple[int, int] | None:
    for name in names:
        with suppress(BadToken):
            return signed(name)
    return None


def _judge(report: Report) -> tuple[BounceKind, Failure]:
    if report.kind is ReportKind.COMPLAINT:
        return BounceKind.COMPLAINT, Failure(status="", words="")
    return judge_failures(report.failures)


def _take_in(
    session: Session,
    links: Links,
    now: datetime,
    whose: tuple[int, int],
    kind: BounceKind,
    failure: Failure,
) -> Handled:
    campaign_id, ordinal = whose
    if campaign_id == 0:
        came = bounce_notice(session, links, now=now, notice_id=ordinal, kind=kind, failure=failure)
        return Handled(came=came, ordinal=ordinal)
    of = find_delivered(session, campaign_id, ordinal)
    reader = session.get(Subscriber, of.subscriber_id) if of is not None else None
    if of is None or reader is None:
        return Handled(came=Came.UNKNOWN, campaign_id=campaign_id, ordinal=ordinal)
    return Handled(
        came=_bounce(session, links, now, of, reader, kind, failure),
        campaign_id=campaign_id,
        ordinal=ordinal,
        reader=links.address_hmacs(reader.email_key)[0].hex()[:12],
    )


def _bounce(
    session: Session,
    links: Links,
    now: datetime,
    of: Delivered,
    reader: Subscriber,
    kind: BounceKind,
    failure: Failure,
) -> Came:
    """A delivery that the mail server refused at once is counted as that already; what comes
    back of it too still tells about the address."""
    counted = of.state is DeliveryState.FAILED and kind is not BounceKind.COMPLAINT
    if not counted and not keep_bounce(session, of, kind, failure, now=now):
        return Came.REPEATED
    if is_overtaken(kind, sent_at=of.at, confirmed_at=reader.confirmed_at):
        return Came.OVERTAKEN
    if kind is BounceKind.COMPLAINT:
        suppress_complainer(
            session, links, now=now, reader=reader, key=reader.email_key, campaign_id=of.campaign_id
        )
    elif reader.state is SubscriberState.ACTIVE and _is_dead(session, now, reader, kind):
        suppress_address(
            session,
            links,
            now=now,
            email_key=reader.email_key,
            reason=SuppressionReason.BOUNCED,
            campaign_id=of.campaign_id,
        )
    return Came(kind.value)


def _is_dead(session: Session, now: datetime, reader: Subscriber, kind: BounceKind) -> bool:
    if kind is BounceKind.HARD:
        return True
    since = now - SOFT_WINDOW
    if reader.confirmed_at is not None:
        since = max(since, reader.confirmed_at)
    softly = soft_bounces(session, reader.id, since=since)
    return is_given_up(softly.at, mails=softly.mails)
