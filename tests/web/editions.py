"""Editions that went out, for the pages that show them: made by the real use cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignKind
from app.domain.picture import PictureState
from app.store.pictures import url_hash
from app.store.tables import Article, Campaign, Picture
from app.usecases.launch_campaign import prepare_campaign
from app.usecases.manage_campaigns import create_campaign, request_send
from tests.usecases.newsroom import Newsroom


@dataclass(frozen=True, kw_only=True, slots=True)
class Editions:
    """`article` writes one, `send` launches a campaign; `newsroom` has topics and readers."""

    session: Session
    sessions: sessionmaker[Session]
    settings: Settings
    newsroom: Newsroom

    def article(self, headline: str, topic: str = "politics", **values: Any) -> int:
        number = self.newsroom.article(headline, topic)
        article = self.session.get_one(Article, number)
        for name, value in values.items():
            setattr(article, name, value)
        self.session.flush()
        return number

    def picture(self, url: str, name: str = "ab" * 16) -> str:
        """A ready copy of a picture, 1200 by 675; returns its name."""
        now = self.newsroom.source.created_at
        self.session.add(
            Picture(
                url_hash=url_hash(url),
                url=url,
                state=PictureState.READY,
                wanted_at=now,
                retry_at=now,
                name=name,
                width=1200,
                height=675,
                body=b"body",
                small=b"small",
            )
        )
        self.session.flush()
        return name

    def send(
        self,
        *article_ids: int,
        now: datetime,
        kind: CampaignKind = CampaignKind.DIGEST,
        language: str = "ar",
        **values: Any,
    ) -> Campaign:
        """Without articles, a digest takes what is new."""
        campaign = create_campaign(
            self.session,
            now=now,
            language=language,
            kind=kind,
            article_ids=list(article_ids) or None,
            **values,
        )
        request_send(self.session, now=now, campaign_id=campaign.id)
        self.session.commit()
        prepare_campaign(self.sessions, self.settings, now=now, campaign_id=campaign.id)
        self.session.expire_all()
        return self.session.get_one(Campaign, campaign.id)
