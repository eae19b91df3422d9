"""Campaigns in each of their states, for the newsroom that is looked at as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.bounce import BounceKind, Failure
from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.domain.clicks import hour_of
from app.domain.delivery import ChunkState, DeliveryState
from app.store.bounces import find_delivered, keep_bounce
from app.store.clicks import count
from app.store.tables import Article, Campaign, CampaignLink, Chunk, Delivery
from app.usecases.draft_campaign import start_draft
from app.usecases.launch_campaign import prepare_campaign
from app.usecases.manage_campaigns import create_campaign, request_send, schedule_send
from app.usecases.preflight import request_preflight
from app.usecases.run_preflight import run_preflight

_REPLIES = {
    DeliveryState.FAILED: (550, "5.1.1 <reader@example.org>: no mailbox of this name here"),
    DeliveryState.DEFERRED: (451, "4.7.1 greylisted, try again in five minutes"),
    DeliveryState.UNKNOWN: (None, "the connection was lost after the final dot"),
}

_RETURNED = (
    (BounceKind.HARD, "550 5.1.1 <reader@example.org>: المستخدم غير موجود"),
    (BounceKind.SOFT, "552 5.2.2 Mailbox full"),
    (BounceKind.COMPLAINT, ""),
)


def fill_campaigns(
    sessions: sessionmaker[Session], settings: Settings, *, now: datetime, staff_id: int
) -> dict[str, int]:
    """Makes them; their numbers by what they are."""
    with sessions() as session:
        newest = select(Article.id).order_by(Article.published_at.desc())
        articles = session.scalars(newest).all()
    made = _Maker(sessions, settings, now, staff_id)
    return {
        "digest": made.draft(CampaignKind.DIGEST, subject="نشرة الصباح: المرافئ والحقول"),
        "selection": made.draft(
            CampaignKind.SELECTION, articles[:3], subject="ما اخترناه لكم هذا الأسبوع"
        ),
        "letter": made.draft(
            CampaignKind.ANNOUNCEMENT, subject="كلمة إلى قرائنا", note="نغيّر موعد نشرتنا.\n\nشكراً"
        ),
        "empty": made.begun(),
        "checked": made.checked(articles[2:5]),
        "checking": made.checking(articles[5:6]),
        "scheduled": made.scheduled(articles[3:5]),
        "before": made.finished(articles[8:], timedelta(days=8), "حصاد الأسبوع الماضي"),
        "finished": made.finished(articles[6:9], timedelta(days=1), "حصاد الأسبوع"),
        "sending": made.sending(articles[:4], CampaignState.SENDING, "نشرة المساء"),
        "paused": made.sending(articles[:2], CampaignState.PAUSED, "نشرة الظهيرة"),
        "review": made.review(articles[9:10]),
        "cancelled": made.draft(
            CampaignKind.ALERT, articles[:1], state=CampaignState.CANCELLED, finished_at=now
        ),
    }


class _Maker:
    def __init__(
        self, sessions: sessionmaker[Session], settings: Settings, now: datetime, staff_id: int
    ) -> None:
        self._sessions = sessions
        self._settings = settings
        self._now = now
        self._staff_id = staff_id

    def draft(
        self,
        kind: CampaignKind,
        articles: Sequence[int] | None = None,
        *,
        subject: str = "",
        note: str = "",
        policy: UncertainPolicy = UncertainPolicy.RESEND,
        **values: Any,
    ) -> int:
        with self._sessions.begin() as session:
            campaign = create_campaign(
                session,
                now=self._now - timedelta(hours=2),
                language="ar",
                kind=kind,
                article_ids=articles,
                subject=subject,
                note=note,
                everybody=True,
                policy=policy,
                created_by=self._staff_id,
            )
            for name, value in values.items():
                setattr(campaign, name, value)
            return campaign.id

    def begun(self) -> int:
        """Of which only the kind is decided."""
        with self._sessions.begin() as session:
            kind = CampaignKind.SELECTION
            return start_draft(session, now=self._now, language="ar", kind=kind).id

    def checked(self, articles: Sequence[int]) -> int:
        """Looked through, with things to say about it."""
        number = self.draft(
            CampaignKind.SELECTION, articles, subject="عاجل!!! اربح الآن مجاناً!!! عرض لا يتكرر"
        )
        with self._sessions.begin() as session:
            run = request_preflight(
                session, now=self._now, campaign_id=number, staff_id=self._staff_id
            ).id
        assert run_preflight(self._sessions, self._settings, now=self._now, run_id=run)
        return number

    def checking(self, articles: Sequence[int]) -> int:
        number = self.draft(CampaignKind.ALERT, articles)
        with self._sessions.begin() as session:
            request_preflight(session, now=self._now, campaign_id=number, staff_id=self._staff_id)
        return number

    def scheduled(self, articles: Sequence[int]) -> int:
        number = self.draft(CampaignKind.SELECTION, articles, subject="ملف الأسبوع")
        with self._sessions.begin() as session:
            schedule_send(
                session, now=self._now, campaign_id=number, send_at=self._now + timedelta(hours=20)
            )
        return number

    def sending(self, articles: Sequence[int], state: CampaignState, subject: str) -> int:
        """Some of everything: most sent, some refused, one to be tried again."""
        number = self._launched(articles, subject)
        with self._sessions.begin() as session:
            campaign = session.get_one(Campaign, number)
            campaign.state, campaign.started_at = state, self._now - timedelta(minutes=3)
            self._settle(session, number, pending=12)
        return number

    def finished(self, articles: Sequence[int], ago: timedelta, subject: str) -> int:
        number = self._launched(articles, subject)
        with self._sessions.begin() as session:
            self._settle(session, number)
            campaign = session.get_one(Campaign, number)
            campaign.state = CampaignState.FINISHED
            campaign.started_at = self._now - ago
            campaign.finished_at = self._now - ago + timedelta(minutes=4)
            for ordinal, (kind, words) in enumerate(_RETURNED, 3):
                mail = find_delivered(session, number, ordinal)
                assert mail is not None
                failure = Failure(status="", words=words)
                keep_bounce(session, mail, kind, failure, now=self._now)
            links = select(CampaignLink.id).where(CampaignLink.campaign_id == number)
            for place, link in enumerate(session.scalars(links.order_by(CampaignLink.place))):
                for hour in range(6):
                    at = hour_of(self._now - ago + timedelta(hours=hour))
                    count(session, link, at, people=9 - hour - place, machines=place)
        return number

    def review(self, articles: Sequence[int]) -> int:
        """All are through but those of whom nobody knows: people are to decide."""
        number = self._launched(articles, "نشرة الأحد", policy=UncertainPolicy.HOLD)
        with self._sessions.begin() as session:
            self._settle(session, number, last=DeliveryState.UNKNOWN)
            campaign = session.get_one(Campaign, number)
            campaign.state = CampaignState.NEEDS_REVIEW
            campaign.started_at = self._now - timedelta(minutes=9)
            campaign.finished_at = self._now
        return number

    def _launched(
        self,
        articles: Sequence[int],
        subject: str,
        policy: UncertainPolicy = UncertainPolicy.RESEND,
    ) -> int:
        number = self.draft(CampaignKind.SELECTION, articles, subject=subject, policy=policy)
        with self._sessions.begin() as session:
            request_send(session, now=self._now, campaign_id=number)
        prepare_campaign(self._sessions, self._settings, now=self._now, campaign_id=number)
        return number

    def _settle(
        self,
        session: Session,
        campaign_id: int,
        *,
        pending: int = 0,
        last: DeliveryState = DeliveryState.DEFERRED,
    ) -> None:
        """Records an outcome of each delivery but the last `pending` ones: two are refused, and
        the last two end as `last`."""
        for chunk in session.scalars(select(Chunk).where(Chunk.campaign_id == campaign_id)):
            end = chunk.last - pending
            for ordinal in range(chunk.first, end + 1):
                state = DeliveryState.SENT
                if ordinal < chunk.first + 2:
                    state = DeliveryState.FAILED
                elif ordinal > end - 2 and (pending or last is DeliveryState.UNKNOWN):
                    state = last
                self._record(session, chunk, ordinal, state)
            chunk.state = ChunkState.OPEN if pending else ChunkState.DONE

    def _record(self, session: Session, chunk: Chunk, ordinal: int, state: DeliveryState) -> None:
        delivery = session.get_one(Delivery, (chunk.campaign_id, ordinal))
        delivery.state, delivery.attempt, delivery.at = state, 1, self._now
        if state in _REPLIES:
            delivery.code, delivery.reply = _REPLIES[state]
        if state is DeliveryState.DEFERRED:
            delivery.retry_at = self._now + timedelta(minutes=5)
        setattr(chunk, state.value, getattr(chunk, state.value) + 1)
