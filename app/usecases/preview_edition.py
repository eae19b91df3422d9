"""What a campaign's mail looks like, for people of the newsroom: as it would go out now to
everybody or to one reader, or as it was frozen. Its links open nobody's pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.address import InvalidAddress, parse_address
from app.domain.campaign import ONE_FOR_ALL, CampaignKind
from app.domain.edition import PREFERENCES_SLOT, TOKEN_LENGTH, UNSUBSCRIBE_SLOT
from app.domain.window import articles_of
from app.mail.content import RenderedMail
from app.mail.inspect.page import read_page
from app.store.one_reader import reader_list, variant_of_reader
from app.store.tables import Campaign, Subscriber, Variant
from app.usecases.compose_edition import coming_candidates, load_articles, render_list
from app.usecases.manage_brand import read_brand

_PREVIEW_TOKEN = "preview".ljust(TOKEN_LENGTH, "-")


class NoPreview(Exception):
    """There is no mail to show. `code` is "nothing_new", "unknown_variant", "unknown_reader",
    "not_for_reader" (another pace, a pause, or not among those it is meant for), or
    "nothing_for_reader" (all of it was sent to them before, or nothing follows their topics)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A mail to look at. `variant_id` is set for what is frozen; `preheader` is what a mailbox
    shows beside the subject."""

    mail: RenderedMail
    variant_id: int | None

    @property
    def preheader(self) -> str:
        return read_page(self.mail.html).preheader


def preview_campaign(
    session: Session,
    settings: Settings,
    *,
    now: datetime,
    campaign: Campaign,
    variant_id: int | None = None,
    reader: str = "",
) -> Shown:
    """The mail of one variant, of one reader (by address), or, with neither, of the first
    variant or of a reader of all topics. Changes nothing. Raises `NoPreview`."""
    known = _reader(session, reader) if reader else None
    if campaign.prepared_at is not None:
        return _frozen(session, campaign, variant_id, known)
    mail = _coming(session, settings, campaign, known, now=now)
    return Shown(mail=mail, variant_id=None)


def mail_for_all(
    session: Session, settings: Settings, *, now: datetime, campaign: Campaign
) -> RenderedMail | None:
    """What a reader of all topics would get, or gets; None when nothing would go out."""
    try:
        return preview_campaign(session, settings, now=now, campaign=campaign).mail
    except NoPreview:
        return None


def without_slots(mail: RenderedMail) -> RenderedMail:
    """The mail as it may be shown to anybody: its links open no reader's pages."""

    def fill(text: str) -> str:
        return text.replace(UNSUBSCRIBE_SLOT, _PREVIEW_TOKEN).replace(
            PREFERENCES_SLOT, _PREVIEW_TOKEN
        )

    return RenderedMail(subject=mail.subject, html=fill(mail.html), text=fill(mail.text))


def _reader(session: Session, typed: str) -> Subscriber:
    try:
        key = parse_address(typed).key
    except InvalidAddress:
        raise NoPreview("unknown_reader") from None
    found = session.scalar(select(Subscriber).where(Subscriber.email_key == key))
    if found is None:
        raise NoPreview("unknown_reader")
    return found


def _frozen(
    session: Session, campaign: Campaign, variant_id: int | None, reader: Subscriber | None
) -> Shown:
    query = select(Variant).where(Variant.campaign_id == campaign.id).order_by(Variant.id)
    if reader is not None:
        variant_id = variant_of_reader(session, campaign.id, reader.id)
        if variant_id is None:
            raise NoPreview("not_for_reader")
    if variant_id is not None:
        query = query.where(Variant.id == variant_id)
    variant = session.scalars(query.limit(1)).one_or_none()
    if variant is None:
        raise NoPreview("nothing_new" if variant_id is None else "unknown_variant")
    mail = RenderedMail(subject=variant.subject, html=variant.html, text=variant.text)
    return Shown(mail=without_slots(mail), variant_id=variant.id)


def _coming(
    session: Session,
    settings: Settings,
    campaign: Campaign,
    reader: Subscriber | None,
    *,
    now: datetime,
) -> RenderedMail:
    coming = coming_candidates(session, campaign, now=now)
    candidates = coming.candidates
    ids = coming.fresh_ids
    if reader is not None:
        zone = ZoneInfo(settings.timezone)
        mask = reader_list(
            session, campaign, candidates, reader.id, since=coming.since, now=now, zone=zone
        )
        if mask is None:
            raise NoPreview("not_for_reader")
        if campaign.kind not in ONE_FOR_ALL:
            ids = articles_of(mask, candidates)
    if not ids and campaign.kind is not CampaignKind.ANNOUNCEMENT:
        raise NoPreview("nothing_for_reader" if reader else "nothing_new")
    articles = load_articles(session, ids, language=campaign.language, base_url=settings.base_url)
    # What is not frozen has no web version yet; the archive stands in for it.
    web_url = f"{settings.base_url}/archive"
    brand = read_brand(session, settings)
    return without_slots(render_list(brand, campaign, articles, date=now, web_url=web_url))
