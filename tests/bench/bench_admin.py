"""Pages of the newsroom with a million readers and a thousand campaigns: milliseconds a page.

`python -m tests.bench.bench_admin [--quick]`

The pages are asked for one after another in this process, by somebody who is logged in, with all
that a request does but the network. The two newest campaigns have their million deliveries each,
and of the newest some thousands were refused or are uncertain, of the other as many came back.
Every page whose address holds nothing to fill in is among them. At the end, the longest thing that
a button does at once: merging a topic that half of the readers follow into another.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from datetime import time as time_of_day

from flask.testing import FlaskClient
from sqlalchemy import text

from app.domain.campaign import CampaignKind
from app.domain.staff import Role
from app.domain.subscription import Cadence
from app.usecases.arrange_topics import merge_topics
from app.usecases.draft_campaign import start_draft
from app.usecases.manage_schedules import Plan, create_schedule, newest_run, run_now
from app.usecases.manage_staff import add_staff
from app.web.factory import create_app
from tests.bench.newsroom_rows import fill
from tests.bench.report import report
from tests.rig import Rig

TARGET = 200
"""Milliseconds; a page of the newsroom answers within them."""

_EMAIL, _PASSWORD = "owner@levant.example", "correct horse battery"
_TIMES = 15
_NOT_PAGES = frozenset(
    {
        "admin.brand_preview",  # a part of a page, which asks for it with the form's values
        "admin.change_readers",  # asked for with a filter, below
        "admin.count_of_readers",  # the same
        "admin.next_runs",  # the same
        "admin.login",  # for those who are not logged in, with the two that follow
        "admin.login_code",
        "admin.forgot",
        "admin.forgot_sent",
    }
)


def log_in(rig: Rig) -> FlaskClient:
    """The browser of an owner, who may open every page."""
    with rig.sessions.begin() as session:
        add_staff(session, now=datetime.now(UTC), email=_EMAIL, password=_PASSWORD, role=Role.OWNER)
    client = create_app(rig.settings).test_client()
    base = rig.settings.base_url
    page = client.get("/admin/login", base_url=base).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token is not None
    typed = {"csrf_token": token[1], "email": _EMAIL, "password": _PASSWORD}
    answer = client.post("/admin/login", base_url=base, data=typed)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return client


def pages(rig: Rig) -> Iterator[tuple[str, str]]:
    """The names of pages and their addresses."""
    yield from plain_pages(rig)
    with rig.sessions() as session:
        reader, email = session.execute(
            text("select id, email from subscriber where state = 'active' order by id desc limit 1")
        ).one()
        campaign = session.scalar(text("select max(id) from campaign"))
        article = session.scalar(text("select max(id) from article"))
    yield "readers_search", f"/admin/readers?q={email[:3]}"
    yield "readers_search_domain", "/admin/readers?q=@mail.example"
    yield "readers_search_nobody", "/admin/readers?q=nobody"
    yield "readers_filtered", "/admin/readers?topic=topic-3&pace=weekly&language=en"
    yield "readers_filtered_nobody", "/admin/readers?pace=weekly&zone=Asia/Beirut"
    yield "readers_served", "/admin/readers?engagement=served&days=30"
    yield "readers_deep", "/admin/readers?older=0.0&newer=1000000000000000.1"
    yield "reader", f"/admin/readers/{reader}"
    yield "campaigns_search", "/admin/campaigns?q=رسالة"
    yield "campaigns_deep", f"/admin/campaigns?state=finished&older={campaign // 2}"
    yield "campaign", f"/admin/campaigns/{campaign}"
    yield "campaign_progress", f"/admin/campaigns/{campaign}/progress"
    yield "campaign_deliveries", f"/admin/campaigns/{campaign}/deliveries"
    yield "campaign_deliveries_deep", f"/admin/campaigns/{campaign}/deliveries?after=900000"
    yield "campaign_uncertain", f"/admin/campaigns/{campaign}/deliveries?state=unknown"
    yield "campaign_returned", f"/admin/campaigns/{campaign - 1}/deliveries?state=returned"
    yield "campaign_csv", f"/admin/campaigns/{campaign}/report.csv"
    schedule, run = add_schedule(rig)
    yield "schedule", f"/admin/schedules/{schedule}"
    yield "schedule_edit", f"/admin/schedules/{schedule}/edit"
    mornings = "cadence=daily&days=6&local_time=07:00&timezone=Asia/Beirut&own_morning=y"
    yield "schedule_next_runs", f"/admin/schedules/next-runs?{mornings}"
    yield "approval", f"/admin/campaigns/{run}/approval"
    yield "embed", "/embed"
    yield "articles_search", "/admin/articles?q=رقم"
    yield "article", f"/admin/articles/{article}"
    yield "topic", "/admin/topics/1"
    yield "topic_merge", "/admin/topics/1/merge?into=topic-1"
    yield "source", "/admin/sources/1"
    yield "readers_change", "/admin/readers/change?topic=topic-3&whole=1"
    yield "audit_who", "/admin/audit?who=nobody&action=source.add"
    yield "audit_object", "/admin/audit?object=campaign&number=700"
    yield "audit_nothing", "/admin/audit?object=topic&since=2020-01-01&until=2020-01-31"
    draft = add_draft(rig)
    for step in ("kind", "content", "audience", "look", "preview", "send"):
        yield f"draft_{step}", f"{draft}/{step}"
    yield "draft_count", f"{draft}/audience/count?topics=topic-3&cadences=daily&segment="


def plain_pages(rig: Rig) -> Iterator[tuple[str, str]]:
    """Those without anything to fill in; the first one is home."""
    for rule in sorted(create_app(rig.settings).url_map.iter_rules(), key=lambda rule: rule.rule):
        if (
            rule.endpoint.startswith("admin.")
            and "GET" in (rule.methods or ())
            and not rule.arguments - {"lang"}
            and rule.endpoint not in _NOT_PAGES
        ):
            yield rule.endpoint.removeprefix("admin."), rule.rule


def add_events(rig: Rig, count: int) -> None:
    """An audit of as many events, one a second until now."""
    with rig.engine.begin() as connection:
        connection.execute(
            text("""
            insert into audit_event (at, action, object_type, object_id, detail)
            select now() - g * interval '1 second',
                   (array['campaign.send', 'source.fetch'])[g % 2 + 1],
                   (array['campaign', 'source'])[g % 2 + 1], g % 1000 + 1, '{}'
            from generate_series(1, :count) g
            """),
            {"count": count},
        )
        connection.execute(text("analyze audit_event"))


def add_schedule(rig: Rig) -> tuple[int, int]:
    """A schedule in each reader's own morning that all digests so far were runs of, and its draft
    that waits for approval."""
    now = datetime.now(UTC)
    with rig.sessions.begin() as session:
        plan = Plan(
            name="نشرة الصباح",
            cadence=Cadence.DAILY,
            local_time=time_of_day(7),
            timezone="Asia/Beirut",
            own_morning=True,
            needs_approval=True,
        )
        made = create_schedule(session, now=now, plan=plan)
        session.execute(
            text("""
            update campaign set schedule_id = :schedule,
                   slot_at = now() - (2000 - id) * interval '1 day'
            where state = 'finished'
            """),
            {"schedule": made.id},
        )
        run = run_now(session, now=now, schedule_id=made.id, last_seen=newest_run(session, made.id))
        return made.id, run.id


def add_draft(rig: Rig) -> str:
    """The address of a letter in the making."""
    with rig.sessions.begin() as session:
        draft = start_draft(
            session, now=datetime.now(UTC), language="ar", kind=CampaignKind.ANNOUNCEMENT
        )
        draft.subject = draft.note = "رسالة"
    return f"/admin/campaigns/{draft.id}"


def measure(client: FlaskClient, base: str, path: str) -> list[float]:
    """Milliseconds of each asking, sorted; the first one, which fills caches, is not counted."""
    took = []
    for _ in range(_TIMES + 1):
        began = time.perf_counter()
        with closing(client.get(path, base_url=base)) as answer:
            assert answer.status_code == 200, f"{path}: {answer.status}"
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 readers, 50 campaigns")
    quick = parser.parse_args().quick
    readers, campaigns = (20_000, 50) if quick else (1_000_000, 1_000)
    with Rig("smtp://127.0.0.1:1") as rig:
        fill(rig.sessions, rig.engine, readers=readers, campaigns=campaigns)
        add_events(rig, readers)
        measure_all(rig, readers)


def measure_all(rig: Rig, readers: int) -> None:
    client = log_in(rig)
    report("admin_readers", readers, "readers")
    slowest = 0.0
    for name, path in pages(rig):
        took = measure(client, rig.settings.base_url, path)
        slowest = max(slowest, took[-1])
        report(f"admin_{name}_median", took[len(took) // 2], "ms", target=TARGET, most=True)
        report(f"admin_{name}_worst", took[-1], "ms")
    report("admin_slowest_page", slowest, "ms", target=TARGET, most=True)
    report("admin_topic_merged", merge_a_topic(rig), "s")


def merge_a_topic(rig: Rig) -> float:
    """Seconds."""
    began = time.perf_counter()
    with rig.sessions.begin() as session:
        merge_topics(session, now=datetime.now(UTC), topic_id=1, into="topic-1")
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
