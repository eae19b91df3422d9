"""Freezing an audience into chunks and deliveries: seconds, and the memory of the process.

`python -m tests.bench.bench_freezing [--quick]`
"""

from __future__ import annotations

import argparse
import resource
import time
from datetime import UTC, datetime

from sqlalchemy import text

from app.domain.campaign import CampaignKind, CampaignState, UncertainPolicy
from app.store.tables import Campaign
from app.usecases.launch_campaign import launch_campaign
from tests.bench.report import report
from tests.rig import Rig

_TOPICS = text("""
insert into topic (slug, name_ar, name_en, position, bit)
select 'topic-' || n, 'موضوع ' || n, 'Topic ' || n, n, n from generate_series(0, 9) n
""")

_ARTICLES = text("""
with source as (
    insert into source (url, name, topic_id, active, etag, last_modified, created_at,
                        next_poll_at, failures, error_code, error_detail)
    select 'https://feeds.example/bench', '', min(id), true, '', '', now(), now(), 0, '', ''
    from topic returning id
)
insert into article (source_id, topic_id, topic_mask, guid, content_hash, revision, url, kicker,
                     headline, standfirst, body_html, image_url, image_alt, image_caption, byline,
                     related, published_at, ingested_at, changed_at)
select source.id, topic.id, (1::bigint << topic.bit), 'guid-' || n, '\\x00', 1,
       'https://levant.example/' || n, '', 'خبر رقم ' || n || ' من أخبار اليوم',
       'خلاصة الخبر في سطرين: ما جرى، ولماذا يهمّ القرّاء، وماذا ينتظر بعده.', '<p>نص</p>', '',
       '', '', 'ليفانت', '[]', now(), now() - interval '1 hour', now()
from generate_series(0, 29) n join topic on topic.bit = n % 10, source
""")

_CHOICES = text("""
update subscriber set
    topic_mask = case when id % 3 = 0 then 0
                      else (1::bigint << (id % 10)::int) | (1::bigint << (id / 10 % 10)::int) end,
    cadence = (array['instant', 'daily', 'weekly'])[id % 3 + 1] :: cadence
""")


def freeze(rig: Rig, kind: CampaignKind) -> tuple[float, int]:
    """Prepares one campaign as a worker does; returns seconds and readers."""
    now = datetime.now(UTC)
    with rig.sessions.begin() as session:
        campaign = Campaign(
            kind=kind,
            state=CampaignState.PREPARING,
            subject="قياس",
            topic_mask=0,
            policy=UncertainPolicy.RESEND,
            created_at=now,
        )
        session.add(campaign)
    began = time.perf_counter()
    with rig.sessions.begin() as session:
        launch_campaign(session, settings=rig.settings, now=now, campaign_id=campaign.id)
    took = time.perf_counter() - began
    with rig.sessions() as session:
        done = session.get_one(Campaign, campaign.id)
        assert done.state is CampaignState.SENDING, (done.state, done.reason)
        return took, done.audience


def run(readers: int, *, target: float | None) -> None:
    with Rig("smtp://127.0.0.1:1") as rig:
        rig.add_readers(readers)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        one_list, count = freeze(rig, CampaignKind.ANNOUNCEMENT)
        assert count == readers
        report(f"freeze_{readers}", one_list, "s", target=target, most=True)
        with rig.sessions.begin() as session:
            session.execute(text("update campaign set state = 'cancelled'"))
            session.execute(_TOPICS)
            session.execute(_ARTICLES)
            session.execute(_CHOICES)
        digest, count = freeze(rig, CampaignKind.DIGEST)
        assert count == readers
        with rig.sessions() as session:
            lists = session.scalar(text("select count(*) from variant")) or 0
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    report(f"freeze_{readers}_by_topic", digest, "s", target=target, most=True)
    report(f"freeze_{readers}_variants", lists - 1, "variants")
    report(f"freeze_{readers}_memory_growth", grown / 1e3, "MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only 100,000 readers")
    quick = parser.parse_args().quick
    run(100_000, target=None)
    run(200_000, target=10)
    if not quick:
        run(1_000_000, target=15)


if __name__ == "__main__":
    main()
