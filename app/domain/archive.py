"""The archive's values: a story of an edition as it was when the edition was frozen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from html import unescape
from typing import Any

from app.domain.campaign import CampaignKind, CampaignState

ARCHIVED = (
    CampaignState.SENDING,
    CampaignState.PAUSED,
    CampaignState.NEEDS_REVIEW,
    CampaignState.FINISHED,
)
"""States of a campaign whose edition has gone out to readers or is going out."""


_TAG = re.compile(r"<[^>]*>")


def public_by_default(kind: CampaignKind) -> bool:
    """An announcement speaks to the subscribers alone, unless an editor says otherwise."""
    return kind is not CampaignKind.ANNOUNCEMENT


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """One article of an edition. `body_html` is sanitised, and empty where the edition showed
    only the head of the article; `related` are (title, url)."""

    article_id: int
    kicker: str
    headline: str
    standfirst: str
    body_html: str
    image_url: str
    image_alt: str
    image_caption: str
    image_width: int
    image_height: int
    related: tuple[tuple[str, str], ...]
    byline: str
    topic: str
    published_at: datetime

    @property
    def body_text(self) -> str:
        """The body without its tags."""
        return " ".join(unescape(_TAG.sub(" ", self.body_html)).split())

    def stored(self) -> dict[str, Any]:
        """The story as JSON holds it."""
        return asdict(self) | {"published_at": self.published_at.isoformat()}


def read_story(stored: Mapping[str, Any]) -> Story:
    """The story that `Story.stored` made."""
    return Story(
        **{
            **stored,
            "related": tuple((title, url) for title, url in stored["related"]),
            "published_at": datetime.fromisoformat(stored["published_at"]),
        }
    )
