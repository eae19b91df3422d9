"""Reports that come in: kept once, believed as far as signed, held against dead addresses only."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.bounce import BounceKind, Came
from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.domain.delivery import DeliveryState
from app.domain.subscription import ConsentKind, SubscriberState
from app.links import Links
from app.store.tables import (
    Bounce,
    BounceTally,
    Campaign,
    Delivery,
    FeedbackTally,
    Subscriber,
    Suppression,
)
from app.usecases.handle_feedback import handle_feedback
from app.usecases.manage_readers import erase_reader
from tests.mail.reports.messages import VACATION, bounce, complaint
from tests.usecases.readers import add_reader, history, kinds

DAY = timedelta(days=1)


@pytest.fixture
def links(settings: Settings) -> Links:
    return Links(settings)


@pytest.fixture
def reader(session: Session, now: datetime) -> Subscriber:
    return add_reader(session, now - 90 * DAY)


class Desk:
    """A reader's mails, and the reports that come back of them."""

    def __init__(self, session: Session, links: Links, reader: Subscriber, now: datetime) -> None:
        self.session, self.links, self.reader, self.now = session, links, reader, now

    def send(self, *, ago: timedelta = DAY, state: DeliveryState = DeliveryState.SENT) -> Campaign:
        at = self.now - ago
        campaign = Campaign(
            kind=CampaignKind.ANNOUNCEMENT,
            state=CampaignState.FINISHED,
            policy=UncertainPolicy.RESEND,
            created_at=at,
            started_at=at,
            finished_at=at,
            audience=1,
        )
        self.session.add(campaign)
        self.session.flush()
        self.session.add(
            Delivery(
                campaign_id=campaign.id,
                ordinal=1,
                subscriber_id=self.reader.id,
                state=state,
                attempt=1,
                at=at,
            )
        )
        self.session.flush()
        return campaign

    def back(
        self, campaign: Campaign, message: bytes, *, at: datetime | None = None, to: str = ""
    ) -> Came:
        handled = handle_feedback(
            self.session,
            self.links,
            now=at or self.now,
            recipient=to or self.links.bounce_address(campaign.id, 1),
            message=message,
        )
        self.session.flush()
        return handled.came

    def kept(self, campaign: Campaign) -> list[tuple[BounceKind, str, str]]:
        rows = self.session.scalars(
            select(Bounce)
            .where(Bounce.campaign_id == campaign.id)
            .execution_options(populate_existing=True)
        )
        return [(row.kind, row.status, row.words) for row in rows]

    def tally(self, campaign: Campaign) -> tuple[int, int, int]:
        """Hard, soft, complaints."""
        row = self.session.get(BounceTally, campaign.id, populate_existing=True)
        return (row.hard, row.soft, row.complaint) if row else (0, 0, 0)

    def reasons(self) -> list[str]:
        return list(self.session.scalars(select(Suppression.reason)))


@pytest.fixture
def desk(session: Session, links: Links, reader: Subscriber, now: datetime) -> Desk:
    return Desk(session, links, reader, now)


def test_a_dead_address_is_suppressed_and_the_delivery_stays_sent(desk: Desk) -> None:
    campaign = desk.send()
    assert [desk.back(campaign, bounce()) for _ in range(2)] == [Came.HARD, Came.REPEATED]
    assert desk.kept(campaign) == [(BounceKind.HARD, "5.1.1", "550 5.1.1 User unknown")]
    assert desk.tally(campaign) == (1, 0, 0)
    assert desk.reader.state is SubscriberState.SUPPRESSED
    assert desk.reasons() == ["bounced"]
    (event,) = history(desk.session, desk.reader)
    assert (event.kind, event.campaign_id) == (ConsentKind.SUPPRESSED, campaign.id)
    delivery = desk.session.get_one(Delivery, (campaign.id, 1))
    assert delivery.state is DeliveryState.SENT


def test_a_full_mailbox_is_counted_and_forgiven(desk: Desk) -> None:
    campaign = desk.send()
    full = bounce("5.2.2", "552 5.2.2 Mailbox full")
    assert [desk.back(campaign, full) for _ in range(2)] == [Came.SOFT, Came.REPEATED]
    assert desk.tally(campaign) == (0, 1, 0)
    assert (desk.reader.state, desk.reasons()) == (SubscriberState.ACTIVE, [])


def test_what_bounces_softly_for_days_is_given_up(desk: Desk) -> None:
    full = bounce("5.2.2", "552 5.2.2 Mailbox full")
    for days in (10, 8, 6, 4):
        at = desk.now - days * DAY
        assert desk.back(desk.send(ago=days * DAY), full, at=at) is Came.SOFT
        assert desk.reader.state is SubscriberState.ACTIVE
    last = desk.send(ago=2 * DAY)
    assert [desk.back(last, full, at=desk.now - 2 * DAY) for _ in range(2)] == [
        Came.SOFT,
        Came.REPEATED,
    ]
    assert desk.reader.state is SubscriberState.SUPPRESSED
    assert desk.reasons() == ["bounced"]


def test_who_gets_most_mails_is_not_given_up(desk: Desk) -> None:
    full = bounce("5.2.2", "552 5.2.2 Mailbox full")
    for days in range(24, 0, -1):
        campaign = desk.send(ago=days * DAY)
        if days % 3 == 0:
            assert desk.back(campaign, full, at=desk.now - days * DAY) is Came.SOFT
    assert desk.reader.state is SubscriberState.ACTIVE


def test_a_complaint_unsubscribes_suppresses_and_keeps_the_history(desk: Desk) -> None:
    campaign = desk.send()
    came = [desk.back(campaign, complaint()) for _ in range(2)]
    assert came == [Came.COMPLAINT, Came.REPEATED]
    assert desk.tally(campaign) == (0, 0, 1)
    assert desk.reader.state is SubscriberState.SUPPRESSED
    assert desk.reasons() == ["complained"]
    assert kinds(desk.session, desk.reader) == [ConsentKind.UNSUBSCRIBED, ConsentKind.SUPPRESSED]
    assert {event.campaign_id for event in history(desk.session, desk.reader)} == {campaign.id}


@pytest.mark.parametrize("header", ["Return-Path", "Message-ID"])
def test_a_complaint_to_one_address_for_all_is_told_by_the_mail_in_it(
    desk: Desk, header: str
) -> None:
    campaign = desk.send()
    name = {
        "Return-Path": f"<{desk.links.bounce_address(campaign.id, 1)}>",
        "Message-ID": desk.links.message_id(campaign.id, 1),
    }[header]
    report = complaint(f"{header}: {name}")
    came = [desk.back(campaign, report, to="fbl@levant.example") for _ in range(2)]
    assert came == [Came.COMPLAINT, Came.REPEATED]
    assert desk.reasons() == ["complained"]


def test_a_worse_report_overwrites_a_milder_one_and_never_the_other_way(desk: Desk) -> None:
    campaign = desk.send()
    soft = bounce("4.4.1", "timed out")
    came = [desk.back(campaign, each) for each in (soft, bounce(), soft, complaint(), bounce())]
    assert came == [Came.SOFT, Came.HARD, Came.REPEATED, Came.COMPLAINT, Came.REPEATED]
    assert desk.tally(campaign) == (0, 0, 1)
    assert desk.kept(campaign) == [(BounceKind.COMPLAINT, "", "")]


def test_a_forged_address_changes_nothing_and_is_counted(desk: Desk) -> None:
    campaign = desk.send()
    signed = desk.links.bounce_address(campaign.id, 1)
    name, _, domain = signed.partition("@")
    other = desk.links.bounce_address(campaign.id, 2).partition("@")[0]
    forged = [
        f"{name[:-1]}{'0' if name[-1] != '0' else '1'}@{domain}",
        f"{name[:-32]}{other[-32:]}@{domain}",
        f"b-{'0' * 48}@{domain}",
        "news@levant.example",
        "",
    ]
    for to in forged:
        assert desk.back(campaign, bounce(), to=to or " ") is Came.FORGED
        report = complaint(f"Message-ID: <{'A' * 32}@levant.example>", f"Return-Path: <{to}>")
        assert desk.back(campaign, report, to="fbl@levant.example") is Came.FORGED
    assert (desk.kept(campaign), desk.reasons()) == ([], [])
    counted = desk.session.get_one(FeedbackTally, "forged", populate_existing=True)
    assert counted.messages == 2 * len(forged)


def test_servers_may_change_the_case_of_an_address(desk: Desk) -> None:
    campaign = desk.send()
    assert desk.back(campaign, bounce(), to=desk.links.bounce_address(campaign.id, 1).upper()) is (
        Came.HARD
    )


@pytest.mark.parametrize(
    ("message", "came"),
    [
        (VACATION, Came.AUTO_REPLY),
        (bounce(action="delayed", status="4.4.1"), Came.DELAYED),
        (bounce(action="relayed", status="2.0.0"), Came.ARRIVED),
        ("Subject: شكرًا\n\nنشرة جميلة".encode(), Came.NO_REPORT),
    ],
)
def test_what_is_no_bounce_is_only_counted(desk: Desk, message: bytes, came: Came) -> None:
    campaign = desk.send()
    assert [desk.back(campaign, message) for _ in range(2)] == [came, came]
    assert (desk.kept(campaign), desk.reasons()) == ([], [])
    assert desk.session.get_one(FeedbackTally, came.value, populate_existing=True).messages == 2


def test_a_confirmation_since_the_mail_overtakes_its_bounce(desk: Desk) -> None:
    campaign = desk.send(ago=3 * DAY)
    desk.reader.confirmed_at = desk.now - DAY
    assert desk.back(campaign, bounce()) is Came.OVERTAKEN
    assert (desk.reader.state, desk.reasons()) == (SubscriberState.ACTIVE, [])
    assert desk.tally(campaign) == (1, 0, 0)  # this mail did not arrive all the same


def test_who_has_left_is_not_suppressed_by_a_late_bounce(desk: Desk) -> None:
    campaign = desk.send()
    desk.reader.state = SubscriberState.UNSUBSCRIBED
    assert desk.back(campaign, bounce()) is Came.HARD
    assert (desk.reader.state, desk.reasons()) == (SubscriberState.UNSUBSCRIBED, [])


def test_a_bounce_may_be_faster_than_the_record_of_its_sending(desk: Desk) -> None:
    campaign = desk.send(state=DeliveryState.HANDING)
    assert desk.back(campaign, bounce()) is Came.HARD
    assert desk.reasons() == ["bounced"]


def test_what_was_refused_at_once_is_not_counted_twice(desk: Desk) -> None:
    campaign = desk.send(state=DeliveryState.FAILED)
    assert desk.back(campaign, bounce()) is Came.HARD
    assert (desk.tally(campaign), desk.kept(campaign)) == ((0, 0, 0), [])
    assert desk.reasons() == ["bounced"]


def test_nothing_is_left_of_an_erased_reader_and_nothing_comes_back(
    desk: Desk, now: datetime
) -> None:
    campaign, later = desk.send(), desk.send()
    words = "550 5.1.1 <reader@example.org> unknown"
    assert desk.back(campaign, bounce("5.2.2", words)) is Came.SOFT
    erase_reader(desk.session, desk.links, now=now, reader_id=desk.reader.id, keep_out=False)
    assert desk.kept(campaign) == []
    assert desk.back(later, bounce()) is Came.UNKNOWN
    assert (desk.kept(later), desk.tally(later)) == ([], (0, 0, 0))
    assert desk.tally(campaign) == (0, 1, 0)


def test_a_delivery_that_is_not_kept_any_more_is_unknown(desk: Desk) -> None:
    campaign = desk.send()
    desk.session.delete(desk.session.get_one(Delivery, (campaign.id, 1)))
    assert desk.back(campaign, bounce()) is Came.UNKNOWN
