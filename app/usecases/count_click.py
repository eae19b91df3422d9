"""A link of a campaign was opened: says where it leads, and counts it by link and hour.

What is kept are two numbers a link and hour. Who opened it is not known here and not written.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.bursts import Bursts, Opened
from app.domain.clicks import Visit, burst_size, hour_of, is_machine, is_repeated
from app.store import clicks


def open_link(
    session: Session, bursts: Bursts, *, now: datetime, link_id: int, visit: Visit
) -> str | None:
    """The frozen address of the link, None where there is no such link; the caller commits.

    A click is a machine's if its request says so, or if so many links were opened from the same
    place within seconds that nobody reads so fast; then those before it are taken back too.
    """
    link = clicks.find_link(session, link_id)
    if link is None:
        return None
    hour = hour_of(now)
    if is_machine(visit):
        clicks.count(session, link_id, hour, machines=1)
        return link.url
    opened = bursts.note(visit.place, link.campaign_id, link_id, now=now)
    enough = burst_size(link.state, link.finished_at, now)
    for (number, then), (people, machines) in _judge(opened, (link_id, hour), enough):
        clicks.count(session, number, then, people=people, machines=machines)
    return link.url


def _judge(
    opened: Opened, this: tuple[int, datetime], enough: int
) -> list[tuple[tuple[int, datetime], tuple[int, int]]]:
    """What is added to people and machines, in the order of the rows, so that two who take back
    at once cannot wait for each other."""
    different = len({number for number, _ in opened})
    if different < enough:
        return [(this, (0, 1) if is_repeated(opened[this]) else (1, 0))]
    if different > enough or opened[this] > 1:
        return [(this, (0, 1))]
    return sorted(
        (one, (0, 1) if one == this else (-times, times)) for one, times in opened.items()
    )
