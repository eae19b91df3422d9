"""Our copies of pictures as everybody gets them, and the pages that show them."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from app.store.pictures import kept
from app.store.tables import Topic
from tests.web.articles import add_article, add_picture, add_source
from tests.web.site import Site, tree

URL = "https://cdn.example/a.jpg"


@pytest.fixture
def name(session: Session, site: Site) -> str:
    add_picture(session, URL, site.clock.now)
    return kept(session, [URL])[URL].name


def test_a_picture_may_be_kept_for_ever_and_tells_nothing_of_who_asks(
    site: Site, name: str
) -> None:
    for path, size in ((f"/i/{name}.jpg", (900, 500)), (f"/i/{name}-s.jpg", (480, 267))):
        answer = site.open(path)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert Image.open(BytesIO(answer.data)).size == size
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        assert "Vary" not in answer.headers
        again = site.open(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]


def test_the_two_sizes_do_not_share_a_tag(site: Site, name: str) -> None:
    tag = site.open(f"/i/{name}.jpg").headers["ETag"]
    assert site.open(f"/i/{name}-s.jpg", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["0" * 32 + ".jpg", "{name}", "{name}.png", "{name}-x.jpg", "{upper}.jpg", "..%2f{name}.jpg"],
)
def test_nothing_else_stands_there(site: Site, name: str, path: str) -> None:
    assert site.open("/i/" + path.format(name=name, upper=name.upper())).status_code == 404


def test_pages_show_our_copy_and_ask_nobody_else(
    site: Site, session: Session, topics: list[Topic], name: str
) -> None:
    source = add_source(session, topics[0], site.clock.now)
    body = f'<p>نص</p><img src="{URL}" alt="ب"><img src="https://cdn.example/none.jpg" alt="">'
    with_one = add_article(
        session,
        source,
        topics[0],
        site.clock.now,
        headline="أول",
        image_url=URL,
        image_caption="تعليق",
        body_html=body,
    )
    without = add_article(
        session,
        source,
        topics[0],
        site.clock.now,
        headline="ثان",
        image_url="https://cdn.example/none.jpg",
    )
    for path in ("/", f"/a/{with_one.id}", f"/a/{without.id}"):
        page = tree(site.open(path))
        assert all(one.get("src").startswith("/") for one in page.iter("img"))
        assert page.xpath(f"//img[starts-with(@src, '/i/{name}')]")
    assert tree(site.open("/")).findtext(".//article[@class='lead']/h2/a") == "أول"
    (large, inside) = tree(site.open(f"/a/{with_one.id}")).xpath(
        "//article//figure//img | //div[@class='prose']//img"
    )
    assert (large.get("alt"), large.get("width"), large.get("height")) == ("تعليق", "900", "500")
    assert inside.get("alt") == "ب"
