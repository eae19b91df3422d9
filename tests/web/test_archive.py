"""The archive of editions: what stands in it, its pages, and its search."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from app.domain.campaign import CampaignKind, CampaignState
from app.store.tables import Article, Campaign, Edition
from app.usecases.archive_edition import set_public
from tests.web.editions import Editions
from tests.web.site import Site, tree, words

HOSTILE = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)> خبر"


def rows(site: Site, path: str = "/archive") -> list[str]:
    """The titles on a list, in their order."""
    page = site.open(path)
    assert page.status_code == 200
    return [row.text_content() for row in tree(page).xpath("//*[@class='edition-row']/h2")]


def set_state(editions: Editions, campaign: Campaign, state: CampaignState) -> None:
    editions.session.execute(update(Campaign).where(Campaign.id == campaign.id).values(state=state))


@pytest.fixture
def reader(editions: Editions) -> int:
    return editions.newsroom.reader("all")


def test_an_empty_archive_says_so(site: Site) -> None:
    assert "لم يصدر أي عدد بعد" in words(site.open("/archive"))
    assert "No edition has gone out yet" in words(site.open("/archive?lang=en"))


def test_only_editions_that_went_out_and_are_public_are_shown(
    site: Site, editions: Editions, reader: int
) -> None:
    now = site.clock.now
    campaign = editions.send(editions.article("عدد"), now=now, subject="عدد الصباح")
    number = campaign.id
    for state in CampaignState:
        set_state(editions, campaign, state)
        out = state in (
            CampaignState.SENDING,
            CampaignState.PAUSED,
            CampaignState.FINISHED,
            CampaignState.NEEDS_REVIEW,
        )
        assert rows(site) == ["عدد الصباح"] * out, state
        assert site.open(f"/archive/{number}").status_code == (200 if out else 404)
    set_state(editions, campaign, CampaignState.FINISHED)
    set_public(editions.session, now=now, campaign_id=number, public=False)
    for path in ("/archive", "/archive/search?q=عدد", "/archive/feed.xml", "/sitemap.xml"):
        assert f"archive/{number}".encode() not in site.open(path).data, path
    assert site.open(f"/archive/{number}").status_code == 404
    set_public(editions.session, now=now, campaign_id=number, public=True)
    assert rows(site) == ["عدد الصباح"]


def test_an_announcement_stands_in_it_only_if_an_editor_wants(
    site: Site, editions: Editions, reader: int
) -> None:
    kind = CampaignKind.ANNOUNCEMENT
    editions.send(now=site.clock.now, kind=kind, subject="إلى المشتركين", note="نص")
    editions.send(now=site.clock.now, kind=kind, subject="إلى الجميع", note="نص", public=True)
    assert rows(site) == ["إلى الجميع"]


def test_an_edition_is_a_page_with_what_any_reader_got(site: Site, editions: Editions) -> None:
    editions.newsroom.reader("politics", "politics")
    editions.newsroom.reader("economy", "economy")
    lead = editions.article("الخبر الأول", "politics", image_url="https://pictures.example/a.jpg")
    second = editions.article("الخبر الثاني", "economy")
    unread = editions.article("خبر بلا قارئ", "sport")
    campaign = editions.send(lead, second, unread, now=site.clock.now, note="كلمة\n\nالتحرير")
    page = site.open(f"/archive/{campaign.id}")
    shown = tree(page)
    assert [h.text_content() for h in shown.xpath("//h1")] == ["الخبر الأول"]
    assert "خبر بلا قارئ" not in words(page)
    assert shown.xpath("//article//h3/a/@href") == [f"/a/{second}"]
    assert shown.xpath("//article//p[@class='read']/a/@href") == [f"/a/{lead}"]
    assert [p.text for p in shown.xpath("//*[@class='note']/p")] == ["كلمة", "التحرير"]
    assert shown.xpath("//form[@action='/subscribe']//input[@type='email']")
    assert shown.xpath("//article[@class='edition'][@lang='ar'][@dir='rtl']")


def test_an_edition_keeps_its_words_and_an_alert_its_whole_text(
    site: Site, editions: Editions, reader: int
) -> None:
    number = editions.article("كما أُرسل", body_html="<p>النص <b>كله</b></p>")
    campaign = editions.send(number, now=site.clock.now, kind=CampaignKind.ALERT)
    editions.session.execute(
        update(Article)
        .where(Article.id == number)
        .values(headline="كما صُحّح", body_html="<p>نص آخر</p>")
    )
    page = site.open(f"/archive/{campaign.id}")
    assert "كما أُرسل" in words(page)
    assert "النص كله" in words(page)
    assert "كما صُحّح" not in words(page)


def test_what_was_withdrawn_is_no_longer_shown(site: Site, editions: Editions, reader: int) -> None:
    first, second = editions.article("خبر سُحب"), editions.article("خبر بقي")
    both = editions.send(first, second, now=site.clock.now)
    alone = editions.send(first, now=site.clock.now, kind=CampaignKind.ALERT)
    editions.session.execute(
        update(Article).where(Article.id == first).values(withdrawn_at=site.clock.now)
    )
    assert rows(site) == ["خبر بقي"]
    for path in ("/archive", f"/archive/{both.id}", "/archive/search?q=خبر", "/archive/feed.xml"):
        assert "خبر سُحب" not in site.open(path).get_data(as_text=True), path
    assert site.open(f"/archive/{alone.id}").status_code == 404


def test_neighbours_lead_from_edition_to_edition(
    site: Site, editions: Editions, reader: int
) -> None:
    now = site.clock.now
    made = [
        editions.send(
            editions.article(f"خبر {day}"),
            now=now + timedelta(days=day),
            kind=CampaignKind.ALERT,
            subject=f"عدد {day}",
        ).id
        for day in range(3)
    ]
    pages = [tree(site.open(f"/archive/{number}")) for number in made]
    assert [page.xpath("//nav//a[@rel='prev']/@href") for page in pages] == [
        [],
        [f"/archive/{made[0]}"],
        [f"/archive/{made[1]}"],
    ]
    assert [page.xpath("//nav//a[@rel='next']/@href") for page in pages] == [
        [f"/archive/{made[1]}"],
        [f"/archive/{made[2]}"],
        [],
    ]
    set_public(editions.session, now=now, campaign_id=made[1], public=False)
    assert tree(site.open(f"/archive/{made[2]}")).xpath("//nav//a[@rel='prev']/@href") == [
        f"/archive/{made[0]}"
    ]


def add_editions(editions: Editions, site: Site, count: int) -> None:
    """Copies of one edition, an hour apart, each with its own campaign."""
    campaign = editions.send(editions.article("خبر"), now=site.clock.now)
    for number in range(1, count):
        copy = Campaign(
            kind=campaign.kind,
            state=CampaignState.FINISHED,
            policy=campaign.policy,
            created_at=site.clock.now,
        )
        editions.session.add(copy)
        editions.session.flush()
        editions.session.execute(
            text(
                "insert into edition (campaign_id, language, title, summary, note, stories,"
                " folded, sent_at, changed_at) select :to, language, :title, summary, note,"
                " stories, folded, sent_at - :number * interval '1 hour', changed_at"
                " from edition where campaign_id = :from"
            ),
            {"to": copy.id, "from": campaign.id, "number": number, "title": f"عدد {number}"},
        )


def test_pages_hold_twenty_and_every_edition_stands_on_one(
    site: Site, editions: Editions, reader: int
) -> None:
    add_editions(editions, site, 45)
    lists = [rows(site, f"/archive?page={number}") for number in (1, 2, 3)]
    assert [len(one) for one in lists] == [20, 20, 5]
    assert len({title for one in lists for title in one}) == 45
    second = tree(site.open("/archive?page=2&lang=en"))
    assert second.xpath("//nav//a[@rel='next']/@href") == ["/archive?page=3&lang=en"]
    assert second.xpath("//nav//a[@rel='prev']/@href") == ["/archive?page=1&lang=en"]
    for bad in ("0", "4", "-1", "x", "", "1e3", "٢", "9" * 30, "2147483648"):
        assert site.open(f"/archive?page={bad}").status_code == 404, bad


def test_months_go_by_the_site_s_own_calendar(site: Site, editions: Editions, reader: int) -> None:
    january_in_beirut = site.clock.now.replace(month=1, day=31, hour=21, minute=59)
    february_in_beirut = site.clock.now.replace(month=1, day=31, hour=22, minute=0)
    for moment, subject in ((january_in_beirut, "الأول"), (february_in_beirut, "الثاني")):
        article = editions.article(subject)
        editions.send(article, now=moment, kind=CampaignKind.ALERT, subject=subject)
    assert rows(site, "/archive/2025/1") == ["الأول"]
    assert rows(site, "/archive/2025/2") == ["الثاني"]
    listed = tree(site.open("/archive")).xpath("//nav[@class='months']//a")
    assert [" ".join(a.text_content().split()) for a in listed] == ["فبراير ٢٠٢٥ ١", "يناير ٢٠٢٥ ١"]
    assert [a.get("href") for a in listed] == ["/archive/2025/2", "/archive/2025/1"]
    for path in ("2024/1", "2025/13", "2025/0", "0/1", "9999/12", "2025/3"):
        assert site.open(f"/archive/{path}").status_code == 404, path


@pytest.mark.parametrize(
    "query",
    [
        "مدرسة",
        "مدرسه",
        "المَدْرَسَة",
        "للمدرسة",
        "أفتتاح إلمدرسه",
        "افتتاح ٢٠٢٥",
        "2025",
        "۲۰۲۵",
        "اعـــــادة",
        "کتاب",
        "مستشفي",
        "مدر",
        "CAFE",
    ],
)
def test_a_search_finds_the_word_however_it_is_spelled(
    site: Site, editions: Editions, reader: int, query: str
) -> None:
    editions.send(
        editions.article("افتتاح المدرسة بعد إعادة بناء المستشفى عام ٢٠٢٥", standfirst="كتاب Café"),
        now=site.clock.now,
        kind=CampaignKind.ALERT,
        subject="عدد الصباح",
    )
    page = site.open("/archive/search", query_string={"q": query})
    assert "عُثر على عدد واحد" in words(page)
    assert len(tree(page).xpath("//ul[@class='found']//mark")) >= len(query.split())
    assert "noindex" in page.headers["X-Robots-Tag"]


def test_a_match_in_the_middle_of_an_alert_is_shown_with_what_stands_around_it(
    site: Site, editions: Editions, reader: int
) -> None:
    before, after = "كلام قبل ذلك " * 60, " كلام بعد ذلك" * 60
    article = editions.article(
        "خبر عاجل", body_html=f"<p>{before}<b>زَلزال</b> &amp; هزّة{after}</p>"
    )
    editions.send(article, now=site.clock.now, kind=CampaignKind.ALERT)
    page = tree(site.open("/archive/search?q=زلزال"))
    [snippet] = page.xpath("//ul[@class='found']//p")
    shown = snippet.text_content()
    assert "زَلزال & هزّة" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert [mark.text for mark in snippet.xpath("mark")] == ["زَلزال"]


@pytest.mark.parametrize("query", ["مدرسون", "المدرسة جامعة", "درسة"])
def test_a_search_wants_every_word_from_its_beginning(
    site: Site, editions: Editions, reader: int, query: str
) -> None:
    editions.send(editions.article("افتتاح المدرسة"), now=site.clock.now)
    page = site.open("/archive/search", query_string={"q": query})
    assert page.status_code == 200
    assert "لم يُعثر على شيء" in words(page)


@pytest.mark.parametrize(
    "query", ["", "   ", "؟!،", "'", "\\", ":*", "%", "\x00", "ــ", "َُ", "'' | 'a':*"]
)
def test_a_query_that_cannot_be_searched_for_is_answered(
    site: Site, editions: Editions, reader: int, query: str
) -> None:
    editions.send(editions.article("خبر"), now=site.clock.now)
    page = site.open("/archive/search", query_string={"q": query})
    assert page.status_code == 200
    if "a" not in query:
        assert "اكتب كلمة واحدة على الأقل" in words(page)
    assert rows(site, "/archive/search") == []
    assert "اكتب كلمة" not in words(site.open("/archive/search"))


def test_a_hostile_query_and_headline_stay_text(
    site: Site, editions: Editions, reader: int
) -> None:
    campaign = editions.send(editions.article(HOSTILE, standfirst=HOSTILE), now=site.clock.now)
    for path in ("/archive", f"/archive/{campaign.id}", "/archive/search?q=script"):
        page = tree(site.open(path))
        assert page.xpath("//script[not(@src) and not(@type)]") == [], path
        assert page.xpath("//*[@onerror]") == [], path
    page = site.open("/archive/search", query_string={"q": HOSTILE})
    assert tree(page).xpath("//input[@name='q']/@value") == [HOSTILE]
    assert tree(page).xpath("//*[@onerror]") == []
    long = site.open("/archive/search", query_string={"q": "خبر " * 5_000})
    assert "عُثر على عدد واحد" in words(long)


def test_the_search_is_answered_from_its_index(editions: Editions, reader: int) -> None:
    session = editions.session
    session.execute(text("set local enable_seqscan = off"))
    plan = "\n".join(
        session.scalars(
            text("explain select * from edition where searchable @@ cast(:q as tsquery)"),
            {"q": "'مدرسه':*"},
        )
    )
    assert "ix_edition_searchable" in plan
    assert session.query(Edition).count() == 0
