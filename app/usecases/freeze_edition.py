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
from app.domain.subject_test import Letter, Part, list_of, with_part
from app.domain.window import Candidate, articles_of
from app.links import Links, pictures_in
from app.mail.content import EditionArticle
from app.store.pictures import note_shown
from app.store.tables import Campaign, SubjectTest, Variant
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
    """Renders each distinct list once, or with each of two subjects that are tried; returns the
    variant's id by mask. Who waits for the better subject is given A's until it is known."""
    everything = [c.article_id for c in candidates]
    articles = load_articles(
        session, everything, language=campaign.language, base_url=settings.base_url
    )
    shown = {article.id: article for article in articles}
    brand = read_brand(session, settings)
    _archive(session, brand, campaign, candidates, sizes, shown, now=now)
    lists = sorted({list_of(mask) for mask, _ in sizes})
    ids = {
        mask: everything if campaign.kind in ONE_FOR_ALL else articles_of(mask, candidates)
        for mask in lists
    }
    variant_of: dict[int, int] = {}
    for part, letter, subject in _faces(session, campaign):
        made = _rendered(
            session, settings, brand, campaign, shown, ids, letter=letter, subject=subject, now=now
        )
        variant_of |= {with_part(mask, part): number for mask, number in made.items()}
    waiting = {with_part(mask, Part.REST): variant_of[mask] for mask in lists}
    return variant_of | waiting


def _faces(session: Session, campaign: Campaign) -> list[tuple[Part, str, str]]:
    """The subjects it is rendered with: part, letter and subject."""
    test = session.get(SubjectTest, campaign.id)
    if test is None:
        return [(Part.A, "", campaign.subject)]
    return [(Part.A, Letter.A, campaign.subject), (Part.B, Letter.B, test.subject_b)]


def _rendered(
    session: Session,
    settings: Settings,
    brand: Brand,
    campaign: Campaign,
    shown: Mapping[int, EditionArticle],
    lists: Mapping[int, Sequence[int]],
    *,
    letter: str,
    subject: str,
    now: datetime,
) -> dict[int, int]:
    """The variants of these lists with one subject: their ids by mask."""
    links = Links(settings)
    frozen = freeze_links(session, settings, links, campaign, shown, letter=letter)
    variants = {}
    for (mask, ids), variant_id in zip(lists.items(), _new_ids(session, len(lists)), strict=True):
        mail = render_list(
            brand,
            campaign,
            [frozen.articles[number] for number in ids],
            date=now,
            web_url=links.web_version_url(variant_id),
            note_links=frozen.note,
            subject=subject,
        )
        variants[mask] = Variant(
            id=variant_id,
            campaign_id=campaign.id,
            letter=letter,
            article_ids=list(ids),
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
