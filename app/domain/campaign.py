"""The campaign machine: which states there are and which step leads where.

    draft → scheduled → preparing → sending ⇄ paused → finished | cancelled
    and the ends of a run that did not go plainly: skipped, needs_review

The store makes each step a compare-and-set on the state: `SOURCES_OF[target]` names the states
that may be left for it, and whoever changed the row has won.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class CampaignKind(StrEnum):
    """`digest`: what is new, to each reader the topics followed. `selection`: articles that an
    editor chose and put in order. `alert`: one article. `announcement`: a letter."""

    DIGEST = "digest"
    SELECTION = "selection"
    ALERT = "alert"
    ANNOUNCEMENT = "announcement"


ONE_FOR_ALL = frozenset({CampaignKind.SELECTION, CampaignKind.ANNOUNCEMENT})
"""Kinds of which every reader they are meant for gets the same, however much of it they had."""


class CampaignState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PREPARING = "preparing"
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    NEEDS_REVIEW = "needs_review"


class UncertainPolicy(StrEnum):
    """What happens to a message that was handed over and never answered."""

    RESEND = "resend"
    HOLD = "hold"


class SkipReason(StrEnum):
    """Why a run sent nothing."""

    NOTHING_NEW = "nothing_new"
    NO_READERS = "no_readers"
    TOO_FEW_ARTICLES = "too_few_articles"
    NOT_APPROVED = "not_approved"
    OVERTAKEN = "overtaken"


class Approval(StrEnum):
    """Where a run stands that goes out only when somebody has approved it."""

    WAITING = "waiting"
    HELD = "held"
    APPROVED = "approved"


def what_is_lacking(kind: CampaignKind, *, articles: int, subject: str) -> str | None:
    """What a draft of this kind still needs before it can be sent, as a stable code: needs_article
    (an alert), needs_articles (a selection), needs_subject (an announcement)."""
    if kind is CampaignKind.ALERT and articles != 1:
        return "needs_article"
    if kind is CampaignKind.SELECTION and not articles:
        return "needs_articles"
    if kind is CampaignKind.ANNOUNCEMENT and not subject:
        return "needs_subject"
    return None


_S = CampaignState

SOURCES_OF: Mapping[CampaignState, tuple[CampaignState, ...]] = MappingProxyType(
    {
        _S.DRAFT: (_S.SCHEDULED, _S.NEEDS_REVIEW),
        _S.SCHEDULED: (_S.DRAFT,),
        _S.PREPARING: (_S.DRAFT, _S.SCHEDULED),
        _S.SENDING: (_S.PREPARING, _S.PAUSED, _S.NEEDS_REVIEW),
        _S.PAUSED: (_S.SENDING,),
        _S.FINISHED: (_S.SENDING, _S.NEEDS_REVIEW),
        _S.CANCELLED: (
            _S.DRAFT,
            _S.SCHEDULED,
            _S.PREPARING,
            _S.SENDING,
            _S.PAUSED,
            _S.NEEDS_REVIEW,
        ),
        _S.SKIPPED: (_S.DRAFT, _S.PREPARING),
        _S.NEEDS_REVIEW: (_S.PREPARING, _S.SENDING),
    }
)

ENDED = frozenset({_S.FINISHED, _S.CANCELLED, _S.SKIPPED})
"""States that no step leads out of."""

EDITABLE = frozenset({_S.DRAFT, _S.SCHEDULED})
"""States whose content may still change; a prepared campaign's may not."""

IN_FLIGHT = frozenset({_S.PREPARING, _S.SENDING, _S.PAUSED})


_REFUSED = MappingProxyType(
    {
        _S.DRAFT: "taken back",
        _S.SCHEDULED: "sent",
        _S.SENDING: "resumed",
        _S.PAUSED: "paused",
        _S.CANCELLED: "cancelled",
    }
)
"""What somebody was about to do who wanted the campaign in this state."""


class CampaignConflict(Exception):
    """The step is refused: somebody else was faster, or the state does not allow it."""

    def __init__(self, state: CampaignState, wanted: CampaignState) -> None:
        deed = _REFUSED.get(wanted, wanted.value)
        super().__init__(f"the campaign is {state.value}; it cannot be {deed} now")
        self.state = state
        self.wanted = wanted
