"""An editor keeps an edition out of the public archive, before it goes out or after."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.campaign import CampaignState
from app.domain.staff import Role
from app.store.tables import AuditEvent
from tests.usecases.newsroom import Newsroom
from tests.web.admin.conftest import Desk
from tests.web.admin.sending import Checking
from tests.web.admin.test_campaigns import launched, make, page_of
from tests.web.site import Site, words


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.EDITOR)


def test_a_draft_is_kept_out_and_shown_later(
    checking: Checking, site: Site, session: Session, settings: Settings, newsroom: Newsroom
) -> None:
    newsroom.article("خبر", "economy")
    newsroom.reader("a", "economy")
    campaign = make(site, session, kind="digest")
    assert "يُعرض فيه بعد الإرسال" in words(site.open(f"{page_of(campaign)}/when"))
    look = site.open(f"{page_of(campaign)}/look")
    assert site.press(look, "/look", public=[], go="leave").status_code == 302
    launched(checking, site, campaign)
    public = f"/archive/{campaign.id}"
    assert site.open(public).status_code == 404
    hidden = site.open(page_of(campaign))
    assert "محجوب عنه" in words(hidden)
    assert site.press(hidden, "/archive").status_code == 302
    assert site.open(public).status_code == 200
    assert f'href="{public}"' in site.open(page_of(campaign)).get_data(as_text=True)
    done = session.scalars(
        select(AuditEvent.action).where(AuditEvent.object_id == campaign.id).order_by(AuditEvent.id)
    )
    assert [one.partition(".")[2] for one in done] == ["create", "look", "send", "show"]


def test_pressing_the_same_button_twice_does_what_it_says(site: Site, session: Session) -> None:
    campaign = make(site, session, kind="announcement", subject="إعلان", note="نص")
    campaign.state = CampaignState.CANCELLED
    assert not campaign.public
    page = site.open(page_of(campaign))
    for _ in range(2):
        assert site.press(page, "/archive").status_code == 302
        assert campaign.public
    assert site.press(page, "/archive", public="2").status_code == 400
    assert campaign.public


def test_who_is_no_editor_sees_it_and_has_no_button(desk: Desk, session: Session) -> None:
    site = desk(Role.AUTHOR)
    campaign = make(site, session, kind="digest")
    campaign.state = CampaignState.CANCELLED
    page = site.open(page_of(campaign))
    assert "الأرشيف العام" in words(page)
    assert "/archive" not in page.get_data(as_text=True).partition("<main")[2]
