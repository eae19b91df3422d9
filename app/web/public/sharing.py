"""What a page says of itself to others: the card that is shown where it is shared (OpenGraph) and
its structured data (schema.org, as JSON-LD). Templates put both into the head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from app.domain.archive import Story
from app.store.pictures import KeptPicture
from app.store.tables import Article
from app.web import scope
from app.web.public.shown import Shown

CARD_SIZE = (1200, 630)
"""Pixels of the drawn card, which stands in where there is no picture."""

_CARD = "card.png"


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """The addresses are absolute and name no language, so that all spellings of a page's address
    are one page. Sizes of a picture are 0 where they are not known."""

    kind: str
    title: str
    description: str
    url: str
    image_url: str
    image_alt: str
    image_width: int
    image_height: int
    language: str
    published_at: datetime | None
    data: Mapping[str, Any]


def absolute(endpoint: str, **values: Any) -> str:
    """The address of a page for the world outside: under BASE_URL, whatever the request said."""
    return f"{scope.settings().base_url}{url_for(endpoint, lang=None, **values)}"


def card_of_site(title: str, description: str, url: str, language: str) -> Card:
    data = {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": scope.brand().site_name,
        "url": absolute("public.home"),
        "inLanguage": language,
    }
    return _card(title=title, description=description, url=url, language=language, data=data)


def card_of_edition(edition: Shown) -> Card:
    """An edition is a page that collects articles; one with a whole article is that article."""
    url = absolute("public.edition", number=edition.campaign_id)
    stories = edition.stories
    lead = stories[0] if stories else None
    pictured = next((story for story in stories if story.image_url), None)
    whole = lead is not None and bool(lead.body_html)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle" if whole else "CollectionPage",
        ("headline" if whole else "name"): edition.title,
        "description": edition.summary,
        "url": url,
        "mainEntityOfPage": url,
        "inLanguage": edition.text_language,
        "datePublished": edition.sent_at.isoformat(),
        "publisher": _publisher(),
    }
    if not whole:
        data["mainEntity"] = {
            "@type": "ItemList",
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": place,
                    "name": story.headline,
                    "url": absolute("public.article", article_id=story.article_id),
                }
                for place, story in enumerate(stories, 1)
            ],
        }
    return _card(
        kind="article",
        title=edition.title,
        description=edition.summary,
        url=url,
        language=edition.text_language,
        published_at=edition.sent_at,
        image=_picture(pictured) if pictured else None,
        data=data,
    )


def card_of_article(article: Article, picture: KeptPicture | None) -> Card:
    """`picture` is our own copy of the article's, where there is one."""
    url = absolute("public.article", article_id=article.id)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.headline,
        "description": article.standfirst,
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": article.published_at.isoformat(),
        "dateModified": max(article.published_at, article.changed_at).isoformat(),
        "articleSection": article.topic.name("ar"),
        "publisher": _publisher(),
    }
    if article.byline:
        data["author"] = {"@type": "Organization", "name": article.byline}
    return _card(
        kind="article",
        title=article.headline,
        description=article.standfirst,
        url=url,
        language="ar",
        published_at=article.published_at,
        image=_own_picture(article, picture) if picture else None,
        data=data,
    )


def _own_picture(article: Article, own: KeptPicture) -> tuple[str, str, int, int]:
    """Address, description, width and height."""
    address = absolute("public.picture", file=f"{own.name}.jpg")
    return address, article.image_alt or article.headline, own.width, own.height


def _picture(story: Story) -> tuple[str, str, int, int]:
    return story.image_url, story.image_alt, story.image_width, story.image_height


def _card(
    *,
    title: str,
    description: str,
    url: str,
    language: str,
    data: Mapping[str, Any],
    kind: str = "website",
    published_at: datetime | None = None,
    image: tuple[str, str, int, int] | None = None,
) -> Card:
    drawn = absolute("static", filename=_CARD)
    image_url, alt, width, height = image or (drawn, scope.brand().site_name, *CARD_SIZE)
    return Card(
        kind=kind,
        title=title,
        description=description,
        url=url,
        image_url=image_url,
        image_alt=alt,
        image_width=width,
        image_height=height,
        language=language,
        published_at=published_at,
        data={**data, "image": image_url},
    )


def _publisher() -> dict[str, str]:
    return {
        "@type": "NewsMediaOrganization",
        "name": scope.brand().site_name,
        "url": absolute("public.home"),
    }
