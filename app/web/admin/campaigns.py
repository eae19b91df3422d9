"""The list of campaigns."""

from __future__ import annotations

from flask import render_template, request

from app.domain.campaign import CampaignState
from app.domain.staff import Role
from app.web import scope
from app.web.admin.blueprint import blueprint, needs
from app.web.admin.campaign_page import list_facts
from app.web.admin.paging import PAGE_SIZE, like_pattern, search_words
from app.web.admin.queries import campaigns as reads

_S = CampaignState
_ORDER = (
    *(_S.PREPARING, _S.SENDING, _S.PAUSED, _S.NEEDS_REVIEW, _S.SCHEDULED, _S.DRAFT),
    *(_S.FINISHED, _S.SKIPPED, _S.CANCELLED),
)
"""What may want somebody's eye comes first."""


@blueprint.get("/campaigns")
@needs(Role.VIEWER)
def campaigns() -> str:
    """The newest first. Every state there is has a chip that shows only its campaigns."""
    chosen = next((each for each in CampaignState if each == request.args.get("state")), None)
    words = search_words()
    page = reads.campaigns(
        scope.session(),
        state=chosen,
        words_pattern=like_pattern(words) if words else None,
        older=_number("older"),
        newer=_number("newer"),
        size=PAGE_SIZE,
    )
    by_state = reads.count_by_state(scope.session())
    return render_template(
        "admin/campaigns.html",
        page=page,
        words_typed=words,
        chosen=chosen.value if chosen else "",
        chips=[(each.value, by_state[each]) for each in _ORDER if each in by_state],
        all_of_them=sum(by_state.values()),
        **list_facts(page.items),
    )


def _number(name: str) -> int | None:
    """A campaign's number in the address; nonsense is none."""
    number = request.args.get(name, type=int)
    return number if number is not None and 0 < number < 2**31 else None
