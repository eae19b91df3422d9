"""Clicks on the links of a campaign: which were a person's, as far as that can be told.

Nothing here knows a reader: all readers of a campaign have the same links. What is told apart is
people and machines: scanners of mail servers, previews, robots.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.campaign import CampaignState

BURST_WINDOW = timedelta(seconds=4)
"""The time in which a scanner opens all links of a mail, and a person one or two. No longer: many
readers of one mobile network share an address and a kind of browser."""

_BURST_AT_HAND_OVER = 3
_BURST_LATER = 8
"""Different links opened from one place within the window from which on they are a machine's."""

_REPEATS = 20
"""Openings of the same link from one place within the window that may be as many readers'."""

_HAND_OVER_LASTS = timedelta(minutes=5)
"""How long after its end a campaign's mails are still being looked at by the mail servers."""

_HANDING_OVER = frozenset({CampaignState.SENDING, CampaignState.PAUSED})

# A Cubot is a telephone.
_MACHINES = re.compile(
    r"(?<!\bcu)bots?\b|crawl|spider|slurp|scan|preview|prefetch|fetch|monitor|check|validat|archiv"
    r"|headless|phantom|selenium|puppeteer|playwright"
    r"|barracuda|proofpoint|mimecast|ironport|fireeye|trendmicro|sophos|forcepoint|symantec"
    r"|safelinks|office365|microsoft office|ms-office|existence discovery|zscaler|virustotal"
    r"|facebookexternalhit|whatsapp/|telegrambot|slack|discord|skype|embedly|googleimageproxy"
    r"|curl|wget|python|aiohttp|httpx|go-http|okhttp|java/|libwww|perl|ruby|node|axios|undici|php"
    r"|apache-httpclient|winhttp|powershell",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """One opening of a link, as the request tells it. `place` stands for the network and the
    browser; it is a keyed hash that is kept for half a minute and nowhere else."""

    method: str
    agent: str
    is_prefetch: bool
    place: str


def is_machine(visit: Visit) -> bool:
    """Whether the request itself says that no person asked for it."""
    agent = visit.agent.strip()
    return (
        visit.method != "GET"
        or visit.is_prefetch
        or not agent.startswith(("Mozilla/", "Opera/"))
        or _MACHINES.search(agent) is not None
    )


def burst_size(state: CampaignState, finished_at: datetime | None, now: datetime) -> int:
    """How many different links of a campaign opened from one place within `BURST_WINDOW` show a
    machine: few while mails are being handed over, since then scanners look at them."""
    handing_over = state in _HANDING_OVER or (
        finished_at is not None and now - finished_at < _HAND_OVER_LASTS
    )
    return _BURST_AT_HAND_OVER if handing_over else _BURST_LATER


def is_repeated(times: int) -> bool:
    """Whether one link was opened so often from one place that a program plays with it."""
    return times > _REPEATS


def hour_of(moment: datetime) -> datetime:
    """The beginning of the hour in which it lies."""
    return moment.replace(minute=0, second=0, microsecond=0)
