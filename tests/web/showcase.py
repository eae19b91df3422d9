"""A whole site in a database of its own, served on loopback: the sample articles with their
pictures, editions of each kind in the archive, and a reader with every link of a mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.domain.campaign import CampaignKind
from app.domain.subscription import SubscriberState
from app.links import Links
from app.store.engine import make_engine, make_sessions
from app.store.tables import Article, Campaign, Source, Variant
from app.usecases.launch_campaign import prepare_campaign
from app.usecases.load_samples import load_samples
from app.usecases.manage_campaigns import create_campaign, request_send
from app.usecases.sign_up import confirm_signup, request_signup
from tests.databases import NewDatabase
from tests.usecases.readers import PAGE, add_reader, asking
from tests.web.articles import add_article
from tests.web.own_site import own_site

HOSTILE = """<p onclick="document.title='run'">متن</p><script>document.title = "run"</script>
<img src="/nowhere.png" onerror="document.title = 'run'"><iframe src="/subscribed"></iframe>
<a href="javascript:document.title='run'">رابط</a>
<form action="https://evil.example"><button>زر</button></form><base href="https://evil.example">
<svg onload="document.title='run'"></svg>"""

_AWAY = '<meta http-equiv="refresh" content="0;url=/left">'

_NOTE = "صباح الخير. اخترنا لك في هذا العدد أخباراً من الموانئ والحقول والملاعب.\n\nفريق التحرير"


@dataclass(frozen=True, kw_only=True, slots=True)
class Showcase:
    """`base` is the site's address, `paths` its pages by their names; `hostile` are the pages of
    an edition whose content no sanitiser has seen."""

    base: str
    paths: Mapping[str, str]
    hostile: Mapping[str, str]


@contextmanager
def showcase(new_database: NewDatabase, redis_url: str, folder: Path) -> Iterator[Showcase]:
    """The site while it is needed; its database goes with it."""
    with own_site(new_database, redis_url, folder) as settings:
        engine = make_engine(settings.database_url)
        paths = _pages(make_sessions(engine), settings)
        engine.dispose()
        hostile = {n: paths.pop(n) for n in ("hostile-edition", "hostile-web")}
        yield Showcase(base=settings.base_url, paths=paths, hostile=hostile)


def _pages(sessions: sessionmaker[Session], settings: Settings) -> dict[str, str]:
    now, links = datetime.now(UTC), Links(settings)
    load_samples(sessions, settings, now=now, feed_url=f"{settings.base_url}/samples/feed.xml")
    with sessions.begin() as session:
        articles = session.scalars(select(Article.id).order_by(Article.published_at.desc())).all()
        reader = add_reader(session, now, "reader@example.org").id
        gone = add_reader(session, now, "gone@example.org", state=SubscriberState.UNSUBSCRIBED).id
        asked, done = (
            request_signup(session, now=now, links=links, asked=asking(email)).signup_id or 0
            for email in ("asked@example.org", "done@example.org")
        )
        confirm_signup(session, now=now, signup_id=done, lifetime=timedelta(days=3), origin=PAGE)
    before, long_before = now - timedelta(days=2), now - timedelta(days=40)
    alert = send_campaign(sessions, settings, long_before, articles[-1:], CampaignKind.ALERT)
    english = send_campaign(sessions, settings, before, articles[-5:-1], language="en")
    digest = send_campaign(sessions, settings, now, articles[:-5], note=_NOTE)
    hostile = _send_hostile(sessions, settings, now - timedelta(days=80), articles[0])
    with sessions() as session:
        variants = {
            campaign: session.scalars(
                select(Variant.id).where(Variant.campaign_id == campaign).limit(1)
            ).one()
            for campaign in (digest, english, alert, hostile)
        }
    pages = {
        "home": "/",
        "article": f"/a/{articles[0]}",
        "subscribe": "/subscribe",
        "subscribed": "/subscribed",
        "confirm": links.confirm_url(asked),
        "confirmed": links.confirm_url(done),
        "preferences": links.preferences_url(reader, digest),
        "preferences-gone": links.preferences_url(gone),
        "leave": links.unsubscribe_url(reader, digest),
        "left": links.unsubscribe_url(gone),
        "link-unknown": "/u/nobody",
        "unknown": "/nowhere",
        "archive": "/archive",
        "archive-month": f"/archive/{now.year}/{now.month}",
        "edition": f"/archive/{digest}",
        "edition-english": f"/archive/{english}",
        "edition-alert": f"/archive/{alert}",
        "search": "/archive/search?q=المينا+جديد",
        "search-nothing": "/archive/search?q=زرافة",
        "search-empty": "/archive/search?q=",
        "web-digest": links.web_version_url(variants[digest]),
        "web-english": links.web_version_url(variants[english]),
        "web-alert": links.web_version_url(variants[alert]),
        "hostile-edition": f"/archive/{hostile}",
        "hostile-web": links.web_version_url(variants[hostile]),
    }
    return {name: path.removeprefix(settings.base_url) for name, path in pages.items()}


def _send_hostile(
    sessions: sessionmaker[Session], settings: Settings, now: datetime, like: int
) -> int:
    """An edition of an article that attacks whoever looks at it; its mail too."""
    with sessions.begin() as session:
        known = session.get_one(Article, like)
        article = add_article(
            session,
            session.get_one(Source, known.source_id),
            known.topic,
            now - timedelta(days=400),
            guid="hostile",
            headline="عنوان",
            body_html=HOSTILE,
        )
        number = article.id
    campaign = send_campaign(sessions, settings, now, [number], CampaignKind.ALERT)
    with sessions.begin() as session:
        session.execute(
            update(Variant)
            .where(Variant.campaign_id == campaign)
            .values(html=func.replace(Variant.html, "</body>", f"{_AWAY}{HOSTILE}</body>"))
        )
    return campaign


def send_campaign(
    sessions: sessionmaker[Session],
    settings: Settings,
    now: datetime,
    articles: Sequence[int],
    kind: CampaignKind = CampaignKind.DIGEST,
    *,
    language: str = "ar",
    note: str = "",
) -> int:
    """Creates a campaign and has it prepared, as far as the deliveries."""
    with sessions.begin() as session:
        campaign = create_campaign(
            session, now=now, language=language, kind=kind, article_ids=articles, note=note
        )
        request_send(session, now=now, campaign_id=campaign.id)
        number = campaign.id
    prepare_campaign(sessions, settings, now=now, campaign_id=number)
    with sessions() as session:
        state = session.get_one(Campaign, number).state
    assert state == "sending", state
    return number
