"""What happens between a draft and its sending: the checklist, as the worker runs it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from app.config import Settings
from app.store.tables import Campaign
from app.usecases.launch_campaign import begin_preparing, launch_campaign
from app.usecases.preflight import newest_run
from app.usecases.run_preflight import run_preflight
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
