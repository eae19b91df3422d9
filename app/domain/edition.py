"""Editions and variants: the frozen content of a campaign, one variant for each list of articles.

A variant's HTML and text are rendered once and hold slots where a reader's own values go.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from app.domain.campaign import CampaignKind

TOKEN_LENGTH = 32
"""Characters in every token that stands in a mail; fixed, so that slots have a fixed place."""

UNSUBSCRIBE_SLOT = "~~unsubscribe~slot~~~~~~~~~~~~~~"
PREFERENCES_SLOT = "~~preferences~slot~~~~~~~~~~~~~~"
"""Stand-ins for the reader's tokens, of `TOKEN_LENGTH` characters that a URL may hold as they are.
`~` is no base64url character: no real token can look like a slot."""


class Design(StrEnum):
    """How an edition looks. `morning`: a large lead, then cards by topic. `brief`: numbered
    headlines with a line each. `alert`: one article, whole. `letter`: an announcement's."""

    MORNING = "morning"
    BRIEF = "brief"
    ALERT = "alert"
    LETTER = "letter"


DESIGNS_FOR: Mapping[CampaignKind, tuple[Design, ...]] = MappingProxyType(
    {
        CampaignKind.DIGEST: (Design.MORNING, Design.BRIEF, Design.ALERT),
        CampaignKind.SELECTION: (Design.MORNING, Design.BRIEF, Design.ALERT),
        CampaignKind.ALERT: (Design.ALERT, Design.MORNING, Design.BRIEF),
        CampaignKind.ANNOUNCEMENT: (Design.LETTER,),
    }
)
"""The designs an editor can choose for each kind of campaign; the first is what it has if nobody
chose."""


def default_design(kind: CampaignKind) -> Design:
    return DESIGNS_FOR[kind][0]
