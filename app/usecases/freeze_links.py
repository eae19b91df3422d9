"""Freezes the links of an edition: each address that it leads to gets a row, and in the mails a
signed address of ours in its place, which counts and leads on. Called by `freeze_edition`.

There is one link an address for all readers of the campaign, so it is part of the frozen text
and costs sending nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.config import Settings
from app.domain.edition import Design
from app.links import Links
from app.mail.addresses import addresses_of, own_address, with_addresses
from app.mail.clean import clipped
from app.mail.content import EditionArticle
from app.mail.templates import addresses_in
from app.store.tables import Campaign, CampaignLink

MOST = 500
"""Links of one campaign; what comes after them leads straight to its address."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FrozenLinks:
    """The articles as the campaign's mails show them, and where the addresses in its note lead
    instead."""

    articles: Mapping[int, EditionArticle]
    note: Mapping[str, str] = field(default_factory=dict)


def freeze_links(
    session: Session,
    settings: Settings,
    links: Links,
    campaign: Campaign,
    articles: Mapping[int, EditionArticle],
    *,
    letter: str = "",
) -> FrozenLinks:
    """Writes the links and puts ours in the place of theirs; nothing where clicks are not
    counted. Where two subjects are tried, each `letter` has its own."""
    if not settings.count_clicks:
        return FrozenLinks(articles=articles)
    rows: dict[str, CampaignLink] = {}
    for url, title, article_id in _found(campaign, articles):
        if url not in rows and len(rows) < MOST:
            rows[url] = CampaignLink(
                campaign_id=campaign.id,
                letter=letter,
                place=len(rows) + 1,
                url=url,
                title=title,
                article_id=article_id,
            )
    session.add_all(rows.values())
    session.flush()
    ours = {url: links.click_url(row.id) for url, row in rows.items()}
    return FrozenLinks(
        articles={
            number: with_addresses(article, lambda url: ours.get(url, url))
            for number, article in articles.items()
        },
        note={url: ours[url] for url in addresses_in(campaign.note) if url in ours},
    )


def _found(
    campaign: Campaign, articles: Mapping[int, EditionArticle]
) -> Iterator[tuple[str, str, int | None]]:
    """Address, title and article: the articles' own first, then what stands in the note, below
    the articles and in their texts."""
    for article in articles.values():
        if own := own_address(article):
            yield own, clipped(article.headline, 200) or own, article.id
    for url in addresses_in(campaign.note):
        yield url, url, None
    for article in articles.values():
        for url, title in addresses_of(article, body=campaign.design is Design.ALERT):
            yield url, title, None
