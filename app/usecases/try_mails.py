"""A campaign's mails as they would leave now, made and read again for the preflight.

Each list of articles is rendered, compiled and filled in as a worker would do it for a reader;
nothing is kept, and nobody is written to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.campaign import CampaignKind
from app.domain.preflight import MailFacts
from app.links import BadToken, Links
from app.mail.content import RenderedMail
from app.mail.inspect.facts import mail_facts, trial_message
from app.mail.render import MailTooLarge
from app.store.pictures import kept
from app.store.tables import Article, Campaign
from app.usecases.compose_edition import load_articles, render_list
from app.usecases.manage_brand import read_brand
from app.usecases.outgoing import Outgoing, OutgoingList, content_hash, outgoing
from app.usecases.skeletons import wire_headers
from app.usecases.try_subjects import second_subject

MOST_LISTS = 20
"""Lists that are rendered and looked at, the fullest first: a list of fewer articles holds no
card that a fuller one does not hold."""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """One list as a mail: its facts, and the message itself for the outside judge."""

    mail: RenderedMail
    raw: bytes
    facts: MailFacts


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What was seen of the campaign in one transaction."""

    kind: CampaignKind
    least: int
    content_hash: bytes
    out: Outgoing
    trials: tuple[Trial, ...]
    uncopied: tuple[str, ...]
    is_too_large: bool


def look(
    session: Session, settings: Settings, campaign: Campaign, *, now: datetime, counted: bool
) -> Looked:
    out = outgoing(session, campaign, now=now, zone=ZoneInfo(settings.timezone), counted=counted)
    everything = [candidate.article_id for candidate in out.candidates]
    articles = load_articles(
        session, everything, language=campaign.language, base_url=settings.base_url
    )
    shown = {article.id: article for article in articles}
    brand = read_brand(session, settings)
    links = Links(settings)
    trials = []
    too_large = False
    for one, subject in _faces(session, campaign, out):
        listed = [shown[number] for number in one.article_ids]
        web_url = links.web_version_url(0)
        try:
            mail = render_list(brand, campaign, listed, date=now, web_url=web_url, subject=subject)
        except MailTooLarge:
            too_large = True
            continue
        trials.append(_try(settings, links, campaign, mail, site_name=brand.site_name, now=now))
    return Looked(
        kind=campaign.kind,
        least=campaign.min_articles,
        content_hash=content_hash(session, settings, campaign, now=now),
        out=out,
        trials=tuple(trials),
        uncopied=_uncopied(session, everything),
        is_too_large=too_large,
    )


def _faces(session: Session, campaign: Campaign, out: Outgoing) -> list[tuple[OutgoingList, str]]:
    """The lists that are made, each with the campaign's subject; the fullest once more with the
    second subject where two are tried."""
    faces = [(one, campaign.subject) for one in out.lists[:MOST_LISTS]]
    second = second_subject(session, campaign.id).subject
    return faces + [(one, second) for one in out.lists[:1] if second]


def _uncopied(session: Session, article_ids: Sequence[int]) -> tuple[str, ...]:
    """Pictures of these articles of which there is no copy of ours."""
    wanted = session.scalars(
        select(Article.image_url).where(Article.id.in_(article_ids), Article.image_url != "")
    ).all()
    there = kept(session, wanted)
    return tuple(url for url in dict.fromkeys(wanted) if url not in there)


def _try(
    settings: Settings,
    links: Links,
    campaign: Campaign,
    mail: RenderedMail,
    *,
    site_name: str,
    now: datetime,
) -> Trial:
    """The message as a worker would make it for a reader of number 0, whom there is not."""
    token = links.unsubscribe_token(0, campaign.id)
    common = wire_headers(
        settings, site_name=site_name, kind=campaign.kind, campaign_id=campaign.id, date=now
    )
    raw = trial_message(mail, common, token=token)
    facts = mail_facts(
        mail, raw, language=campaign.language, base_url=settings.base_url, token=token
    )
    more = _way_out_problems(settings, links, token, campaign.id)
    return Trial(mail=mail, raw=raw, facts=replace(facts, unsubscribe=facts.unsubscribe + more))


def _way_out_problems(
    settings: Settings, links: Links, token: str, campaign_id: int
) -> tuple[str, ...]:
    """RFC 8058 asks for HTTPS; a site on this machine itself is a trial and is left alone."""
    problems = []
    try:
        is_ours = links.read_unsubscribe(token).campaign_id == campaign_id
    except BadToken:
        is_ours = False
    if not is_ours:
        problems.append("bad_header")
    parts = urlsplit(settings.base_url)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        problems.append("plain_http")
    return tuple(problems)
