"""What an editor sees of an article's picture: our copy, or why there is none."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.picture import PictureState
from app.domain.staff import Role
from app.store.pictures import want
from app.store.tables import Article, Picture
from tests.usecases.newsroom import Newsroom
from tests.web.admin.conftest import Desk
from tests.web.articles import add_picture
from tests.web.site import Site, tree, words

URL = "https://cdn.example/a.jpg"


@pytest.fixture
def site(desk: Desk) -> Site:
    return desk(Role.VIEWER)


@pytest.fixture
def path(session: Session, newsroom: Newsroom) -> str:
    article = session.get_one(Article, newsroom.article("العنوان", "economy"))
    article.image_url, article.image_caption = URL, "تعليق"
    return f"/admin/articles/{article.id}"


def test_our_copy_is_shown_with_its_size(site: Site, session: Session, path: str) -> None:
    add_picture(session, URL, site.clock.now)
    page = site.open(path)
    (picture,) = tree(page).xpath("//article//img")
    assert picture.get("src").startswith("/i/")
    assert (picture.get("alt"), picture.get("width")) == ("تعليق", "900")
    assert "٩٠٠ × ٥٠٠ بكسل" in words(page)


@pytest.mark.parametrize(
    ("state", "reason", "said", "again"),
    [
        (PictureState.PENDING, "", "في الطريق", False),
        (PictureState.PENDING, "timeout", "تأخر الخادم في الجواب", True),
        (PictureState.FAILED, "too_small", "الصورة أصغر من أن تُعرض.", False),
    ],
)
def test_without_a_copy_the_reason_is_told_and_nothing_is_loaded_from_elsewhere(
    site: Site, session: Session, path: str, state: str, reason: str, said: str, again: bool
) -> None:
    want(session, [URL], now=site.clock.now)
    session.execute(update(Picture).values(state=state, reason=reason))
    page = site.open(path)
    assert tree(page).xpath("//article//img") == []
    assert said in words(page)
    assert ("يُعاد طلبها" in words(page)) is again
