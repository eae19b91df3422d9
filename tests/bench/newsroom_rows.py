"""A large newsroom for benches of pages: readers of every sort, and campaigns that went out to
them, written straight into the tables."""

from __future__ import annotations

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

_TOPICS = """
insert into topic (slug, name_ar, name_en, position, bit)
select 'topic-' || i, 'باب ' || i, 'Topic ' || i, i, i from generate_series(0, 9) as i
"""

_READERS = """
insert into subscriber (email, email_key, name, state, cadence, topic_mask, timezone, language,
                        created_at, confirmed_at, left_at)
select m, m, '', (case when i % 50 = 0 then 'unsubscribed' when i % 333 = 0 then 'suppressed'
                       else 'active' end)::subscriber_state,
       (array['daily', 'daily', 'weekly', 'instant'])[1 + i % 4]::cadence,
       case when i % 3 = 0 then 0 else 1 + (i % 1000 * 7919) % 1023 end,
       (array['', 'Asia/Beirut', 'Asia/Riyadh', 'Europe/Berlin'])[1 + i % 4],
       case when i % 20 = 0 then 'en' else 'ar' end, t, t, case when i % 50 = 0 then t end
from generate_series(1, :readers) as i,
     lateral (select md5(i::text) || i || '@' || (array['mail.example', 'post.example',
              'box.example', 'levant.example'])[1 + i % 4] as m,
              now() - (:readers - i) * interval '30 seconds' as t) as made
"""

_CONSENTS = """
insert into consent_event (subscriber_id, kind, at, wording, wording_version, place, cadence,
                           topic_mask)
select id, 'confirmed', created_at, 'أوافق', '1', 'sign-up form', cadence, topic_mask
from subscriber
"""

_CAMPAIGNS = """
insert into campaign (kind, state, version, language, design, subject, note, topic_mask, policy,
                      min_articles, reason, audience, created_at, prepared_at, started_at,
                      finished_at, sent, failed)
select 'announcement', 'finished', 1, 'ar', 'letter', 'رسالة ' || i, '', 0, 'resend', 1, '',
       :audience, t, t, t, t + interval '20 minutes', :audience, 0
from generate_series(1, :campaigns) as i,
     lateral (select now() - (:campaigns - i + 1) * interval '6 hours' as t) as made
"""

_VARIANTS = """
insert into variant (campaign_id, article_ids, subject, html, text, created_at)
select id, '{}', subject, '<p>نص</p>', 'نص', created_at from campaign
"""

_CHUNKS = """
insert into chunk (campaign_id, variant_id, first, last, date_at, due_at, state, priority,
                   journal, leases, sent, failed, deferred, skipped, unknown)
select v.campaign_id, v.id, n, least(n + 499, :audience), v.created_at, v.created_at, 'done', 0,
       '', 1, least(500, :audience - n + 1), 0, 0, 0, 0
from variant v, generate_series(1, :audience, 500) as n
"""

_DELIVERIES = """
insert into delivery (campaign_id, ordinal, subscriber_id, state, attempt, at)
select k.id, row_number() over (partition by k.id order by s.id), s.id, 'sent', 1, k.started_at
from (select id, started_at, row_number() over (order by id desc) as age from campaign) as k
join subscriber s on s.id % case when k.age <= 2 then 1 else 1000 end = 0
"""
"""The two newest campaigns have all their deliveries, the older ones a thousandth."""

# Every two hundredth reader of the newest campaign refused it, of every five thousandth nobody
# knows; its chunks count them.
_TROUBLED = """
update delivery set state = case when ordinal % 5000 = 0 then 'unknown' else 'failed' end
                            :: delivery_state,
                    code = 550, reply = '550 5.1.1 no such user here'
where campaign_id = (select max(id) from campaign) and ordinal % 200 = 0
"""

_TROUBLED_CHUNKS = """
update chunk c set sent = c.sent - n.failed - n.unknown, failed = n.failed, unknown = n.unknown
from (select (ordinal - 1) / 500 as place, count(*) filter (where state = 'failed') as failed,
             count(*) filter (where state = 'unknown') as unknown
      from delivery where campaign_id = (select max(id) from campaign) and ordinal % 200 = 0
      group by 1) as n
where c.campaign_id = (select max(id) from campaign) and c.first = n.place * 500 + 1
"""

_REVIEWED = """
update campaign set state = 'needs_review' where id = (select max(id) from campaign)
"""

# What the mail servers took of the second newest and gave back later, in each kind.
_RETURNED = """
insert into bounce (campaign_id, ordinal, subscriber_id, kind, status, words, at)
select d.campaign_id, d.ordinal, d.subscriber_id,
       (array['hard', 'soft', 'complaint'])[1 + d.ordinal % 3]::bounce_kind, '5.1.1',
       '550 5.1.1 no such user here', now()
from delivery d
where d.campaign_id = (select max(id) - 1 from campaign) and d.ordinal % 100 = 0
"""

_RETURNED_COUNTED = """
insert into bounce_tally (campaign_id, hard, soft, complaint)
select campaign_id, count(*) filter (where kind = 'hard'), count(*) filter (where kind = 'soft'),
       count(*) filter (where kind = 'complaint')
from bounce group by 1
"""

_SOURCES = """
insert into source (url, name, topic_id, active, etag, last_modified, created_at, succeeded_at,
                    next_poll_at, failures, error_code, error_detail)
select 'https://levant.example/feed/' || id, name_ar, id, true, '', '', now(), now(), now(), 0, '',
       ''
from topic
"""

_ARTICLES = """
insert into article (source_id, topic_id, topic_mask, guid, content_hash, revision, url, kicker,
                     headline, standfirst, body_html, image_url, image_alt, image_caption, byline,
                     related, published_at, ingested_at, changed_at)
select s.id, s.topic_id, 1 << t.bit, n, sha256(n::text::bytea), 1, s.url || '/' || n, '',
       'مقال رقم ' || n, 'مقدمة المقال رقم ' || n, '<p>' || repeat('نص المقال. ', 200) || '</p>',
       '', '', '', '', '[]', at, at, at
from generate_series(1, :articles) as n,
     lateral (select now() - (:articles - n) * interval '15 minutes' as at) as seen,
     source s join topic t on t.id = s.topic_id
where t.bit = n % 10
"""

_LINKS = """
insert into campaign_link (campaign_id, place, url, title)
select k.id, n, 'https://levant.example/news/' || n, 'خبر ' || n
from campaign k, generate_series(1, 40) as n
"""

_CLICKS = """
insert into link_clicks (link_id, hour, people, machines)
select l.id, date_trunc('hour', k.started_at) + h * interval '1 hour', 100 / (h + l.place), h % 3
from campaign_link l join campaign k on k.id = l.campaign_id, generate_series(0, 47) as h
"""


def fill(sessions: sessionmaker[Session], engine: Engine, *, readers: int, campaigns: int) -> None:
    """Writes them into an empty database, and lets the server look at what there is."""
    sizes = {"readers": readers, "campaigns": campaigns, "audience": readers}
    sizes["articles"] = 20 * campaigns
    for statement in (
        *(_TOPICS, _READERS, _CONSENTS, _CAMPAIGNS, _VARIANTS, _CHUNKS),
        *(_DELIVERIES, _TROUBLED, _TROUBLED_CHUNKS, _REVIEWED, _RETURNED, _RETURNED_COUNTED),
        *(_LINKS, _CLICKS, _SOURCES, _ARTICLES),
    ):
        wanted = {name: value for name, value in sizes.items() if f":{name}" in statement}
        with sessions.begin() as session:
            session.execute(text(statement), wanted)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
