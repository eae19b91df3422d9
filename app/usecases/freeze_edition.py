"""Freezes the edition of a campaign that is being launched: its variants, each list of articles
rendered once, and its row in the archive. Called by `launch_campaign`, in its transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.brand import Brand
from app.domain.campaign import ONE_FOR_ALL
from app.domain.window import Candidate, articles_of
from app.links import Links, pictures_in
from app.mail.content import EditionArticle
from app.store.pictures import note_shown
from app.store.tables import Campaign, Variant
from app.usecases.archive_edition import archive_edition
from app.usecases.compose_edition import load_articles, render_list
from app.usecases.freeze_links import freeze_links
from app.usecases.manage_brand import read_brand


def freeze_edition(
    session: Session,
    settings: Settings,
    campaign: Campaign,
    candidates: Sequence[Candidate],
    sizes: Sequence[tuple[int, int]],
    *,
    now: datetime,
) -> dict[int, int]:
    """Renders each distinct list once; returns the variant's id by mask."""
    everything = [c.article_id for c in candidates]
    articles = load_articles(
        session, everything, language=campaign.language, base_url=settings.base_url
    )
    shown = {article.id: article for article in articles}
    brand = read_brand(session, settings)
    _archive(session, brand, campaign, candidates, sizes, shown, now=now)
    links = Links(settings)
    frozen = freeze_links(session, settings, links, campaign, shown)
    variants = {}
    for (mask, _), variant_id in zip(sizes, _new_ids(session, len(sizes)), strict=True):
        ids = everything if campaign.kind in ONE_FOR_ALL else articles_of(mask, candidates)
        mail = render_list(
            brand,
            campaign,
            [frozen.articles[number] for number in ids],
            date=now,
            web_url=links.web_version_url(variant_id),
            note_links=frozen.note,
        )
        variants[mask] = Variant(
            id=variant_id,
            campaign_id=campaign.id,
            article_ids=ids,
            subject=mail.subject,
            html=mail.html,
            text=mail.text,
            created_at=now,
        )
    session.add_all(variants.values())
    session.flush()
    names = {name for variant in variants.values() for name in pictures_in(variant.html)}
    note_shown(session, campaign.id, sorted(names))
    return {mask: variant.id for mask, variant in variants.items()}


def _archive(
    session: Session,
    brand: Brand,
    campaign: Campaign,
    candidates: Sequence[Candidate],
    sizes: Sequence[tuple[int, int]],
    shown: Mapping[int, EditionArticle],
    *,
    now: datetime,
) -> None:
    """The archive keeps every article that any reader gets."""
    sent = reduce(or_, (mask for mask, _ in sizes))
    if campaign.kind in ONE_FOR_ALL:
        ids = [c.article_id for c in candidates]
    else:
        ids = articles_of(sent, candidates)
    articles = [shown[number] for number in ids]
    archive_edition(session, campaign, articles, site_name=brand.site_name, now=now)


def _new_ids(session: Session, count: int) -> Sequence[int]:
    """Ids for variants that are still to be rendered: a mail holds the address of its own."""
    numbers = func.nextval(func.pg_get_serial_sequence("variant", "id"))
    return session.scalars(select(numbers).select_from(func.generate_series(1, count))).all()
