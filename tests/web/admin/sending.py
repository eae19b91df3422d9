"""What the workers do while the staff look on: the checklist, the preparation, the sending."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.config import Settings
from app.domain.delivery import ChunkState, DeliveryState
from app.store.tables import Campaign, Chunk, Delivery
from app.usecases.launch_campaign import begin_preparing, launch_campaign
from app.usecases.preflight import newest_run
from app.usecases.run_preflight import run_preflight
from app.usecases.tick import finish_campaigns
from tests.web.site import Site


class Checking:
    """Has campaigns checked by an editor at a desk and a worker in the background."""

    def __init__(
        self, session: Session, sessions: sessionmaker[Session], settings: Settings
    ) -> None:
        self._session = session
        self._sessions = sessions
        self._settings = settings

    def asked(self, site: Site, campaign: Campaign) -> TestResponse:
        """The page while the checklist waits for a worker."""
        path = f"/admin/campaigns/{campaign.id}/when"
        answer = site.press(site.open(path), path, way="now")
        assert answer.status_code == 302
        return site.open(answer.location)

    def done(self, site: Site, campaign: Campaign) -> TestResponse:
        """The page with the finished checklist."""
        page = self.asked(site, campaign)
        run = newest_run(self._session, campaign.id)
        assert run is not None
        assert run_preflight(self._sessions, self._settings, now=site.clock.now, run_id=run.id)
        self._session.expire_all()
        assert run.error == ""
        return site.open(page.request.path)

    def sent(self, site: Site, campaign: Campaign) -> TestResponse:
        """The answer to the button of the finished checklist."""
        return site.press(self.done(site, campaign), f"/{campaign.id}/send")

    def launched(self, campaign: Campaign, *, now: datetime) -> Campaign:
        """The campaign after its preparation, as the worker does it."""
        assert begin_preparing(self._session, now=now, campaign_id=campaign.id)
        return launch_campaign(
            self._session, settings=self._settings, now=now, campaign_id=campaign.id
        )


Trouble = tuple[DeliveryState, int | None, str]


class Worker:
    """Works beside a browser whose pages ask by themselves: each of its steps waits for its turn
    with the test's one transaction."""

    def __init__(
        self,
        session: Session,
        sessions: sessionmaker[Session],
        settings: Settings,
        turns: AbstractContextManager[object],
    ) -> None:
        self._session = session
        self._sessions = sessions
        self._settings = settings
        self._turns = turns

    def checks(self, campaign_id: int, *, now: datetime) -> None:
        """Runs the checklist that is waited for."""
        with self._turns:
            run = newest_run(self._session, campaign_id)
            assert run is not None
            assert run_preflight(self._sessions, self._settings, now=now, run_id=run.id)
            self._session.expire_all()
            assert run.error == ""

    def prepares(self, campaign_id: int, *, now: datetime) -> None:
        with self._turns:
            assert begin_preparing(self._session, now=now, campaign_id=campaign_id)
            launch_campaign(
                self._session, settings=self._settings, now=now, campaign_id=campaign_id
            )
            self._session.commit()

    def delivers(
        self,
        campaign_id: int,
        count: int,
        *,
        now: datetime,
        troubles: Mapping[int, Trouble] | None = None,
    ) -> None:
        """The next `count` deliveries that wait and are not held; `troubles` by their place among
        these. What is through then is finished, as the tick does it."""
        with self._turns:
            due = self._session.execute(
                select(Delivery, Chunk)
                .join(
                    Chunk,
                    (Chunk.campaign_id == Delivery.campaign_id)
                    & Delivery.ordinal.between(Chunk.first, Chunk.last),
                )
                .where(
                    Delivery.campaign_id == campaign_id,
                    Delivery.state == DeliveryState.PENDING,
                    Chunk.state == ChunkState.OPEN,
                )
                .order_by(Delivery.ordinal)
                .limit(count)
            ).all()
            assert len(due) == count
            for place, (delivery, chunk) in enumerate(due):
                state, code, reply = (troubles or {}).get(place, (DeliveryState.SENT, None, None))
                delivery.state, delivery.code, delivery.reply = state, code, reply
                delivery.attempt, delivery.at = 1, now
                setattr(chunk, state.value, getattr(chunk, state.value) + 1)
                settled = chunk.sent + chunk.failed + chunk.unknown + chunk.skipped
                if settled == chunk.last - chunk.first + 1:
                    chunk.state = ChunkState.DONE
            self._session.commit()
            finish_campaigns(self._sessions)
            self._session.expire_all()
