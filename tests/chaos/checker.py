"""Compares what a sink accepted with what the ledger says: the promise, as figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import text

from app.links import Links
from tests.rig import Rig


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Messages of one campaign. `lost` readers got nothing and are not known to have failed;
    `repeated` counts the copies beyond the first; `false_sent` says sent and was not accepted;
    `late` readers had left before their message was handed out, and got it;
    `miscounted` is by how much the chunks' counts differ from their rows."""

    audience: int
    accepted: int
    lost: int
    repeated: int
    false_sent: int
    late: int
    miscounted: int
    tally: dict[str, int]


def judge(rig: Rig, campaign_id: int, accepted: list[str]) -> Verdict:
    """Looks at every delivery of the campaign beside the Message-IDs that were accepted."""
    links = Links(rig.settings)
    copies = Counter(accepted)
    with rig.sessions() as session:
        rows = session.execute(
            text("select ordinal, state from delivery where campaign_id = :id"),
            {"id": campaign_id},
        ).all()
        counted = session.execute(
            text(
                "select coalesce(sum(sent), 0), coalesce(sum(failed), 0), coalesce(sum(deferred),"
                " 0), coalesce(sum(skipped), 0), coalesce(sum(unknown), 0)"
                " from chunk where campaign_id = :id"
            ),
            {"id": campaign_id},
        ).one()
    name = {ordinal: links.message_id(campaign_id, ordinal) for ordinal, _ in rows}
    tally = Counter(state for _, state in rows)
    order = ("sent", "failed", "deferred", "skipped", "unknown")
    mine = {name[ordinal]: copies[name[ordinal]] for ordinal, _ in rows}
    may_be_without = {"failed", "skipped", "unknown"}
    return Verdict(
        audience=len(rows),
        accepted=sum(mine.values()),
        lost=sum(1 for o, state in rows if not mine[name[o]] and state not in may_be_without),
        repeated=sum(count - 1 for count in mine.values() if count > 1),
        false_sent=sum(1 for o, state in rows if state == "sent" and not mine[name[o]]),
        late=sum(1 for o, state in rows if state == "skipped" and mine[name[o]]),
        miscounted=sum(
            abs(int(count) - tally[state]) for state, count in zip(order, counted, strict=True)
        ),
        tally=dict(tally),
    )
