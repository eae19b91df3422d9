"""`nashra source`, `nashra topic` and `nashra ingest`: where articles come from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, sessionmaker

from app.cli.runtime import command_settings
from app.config import Settings
from app.store.engine import make_engine, make_sessions
from app.store.tables import Source, Topic
from app.usecases.ingest_sources import SourceReport, ingest_all
from app.usecases.manage_sources import (
    InvalidSource,
    add_source,
    add_topic,
    ensure_default_topics,
)
from app.usecases.record_audit import record

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")

_EXPLAINED = {
    "bad_url": "that is no feed address: {detail}",
    "unknown_topic": "there is no topic {detail}; the topics are: {topics}",
    "known_source": "{detail} is a source already",
    "bad_slug": "{detail} is no slug: small Latin letters, digits and hyphens, at most 40",
    "needs_name": "a topic needs a name in both languages",
    "slug_taken": "there is a topic {detail} already",
    "too_many_topics": "there are as many topics as there can be",
}


@click.group()
def source() -> None:
    """Sources: the feeds that articles come from."""


@source.command("add")
@click.argument("url")
@click.option("--topic", "slug", required=True, metavar="SLUG", help="Topic of its articles.")
@click.option("--name", default="", help="What editors call it; the feed's title if left out.")
@click.option(
    "--follow-links", is_flag=True, help="Read the pages too, of a feed that gives only titles."
)
@_JSON
@click.pass_context
def add_source_command(
    ctx: click.Context, url: str, slug: str, name: str, follow_links: bool, as_json: bool
) -> None:
    """Add a feed. The clock reads it soon; `nashra ingest` reads it now."""
    with opened(ctx) as (sessions, _), sessions.begin() as session:
        ensure_default_topics(session)
        try:
            made = add_source(
                session,
                now=datetime.now(UTC),
                url=url,
                topic=slug,
                name=name,
                follow_links=follow_links,
            )
        except InvalidSource as error:
            raise _refusal(session, error) from None
        record(
            session,
            now=datetime.now(UTC),
            action="source.add",
            object_type="source",
            object_id=made.id,
            detail={"url": made.url},
        )
        shown = {"id": made.id, "url": made.url, "topic": slug}
    click.echo(json.dumps(shown) if as_json else f"source {shown['id']}: {shown['url']}")


@source.command("list")
@_JSON
@click.pass_context
def list_sources(ctx: click.Context, as_json: bool) -> None:
    """Show the sources and how their last look went."""
    with opened(ctx) as (sessions, _), sessions() as session:
        found = session.scalars(
            select(Source).options(joinedload(Source.topic)).order_by(Source.id)
        ).all()
        rows = [
            {
                "id": one.id,
                "url": one.url,
                "topic": one.topic.slug,
                "active": one.active,
                "succeeded_at": one.succeeded_at.isoformat() if one.succeeded_at else None,
                "error": one.error_code,
                "detail": one.error_detail,
            }
            for one in found
        ]
    if as_json:
        click.echo(json.dumps({"sources": rows}))
        return
    for row in rows:
        last = f"{row['error']} {row['detail']}" if row["error"] else row["succeeded_at"]
        click.echo(f"{row['id']:>5}  {row['topic']:<12}  {row['url']}  {last or 'not read yet'}")


@click.group()
def topic() -> None:
    """Topics: the sections a reader can follow."""


@topic.command("add")
@click.argument("slug")
@click.option("--name-ar", required=True, help="Its name in Arabic.")
@click.option("--name-en", required=True, help="Its name in English.")
@click.pass_context
def add_topic_command(ctx: click.Context, slug: str, name_ar: str, name_en: str) -> None:
    """Add a topic."""
    with opened(ctx) as (sessions, _), sessions.begin() as session:
        try:
            made = add_topic(session, slug=slug, name_ar=name_ar, name_en=name_en)
        except InvalidSource as error:
            raise _refusal(session, error) from None
        record(
            session,
            now=datetime.now(UTC),
            action="topic.add",
            object_type="topic",
            object_id=made.id,
            detail={"slug": made.slug},
        )
    click.echo(f"topic {slug}")


@topic.command("list")
@_JSON
@click.pass_context
def list_topics(ctx: click.Context, as_json: bool) -> None:
    """Show the topics in the order in which readers see them."""
    with opened(ctx) as (sessions, _), sessions.begin() as session:
        ensure_default_topics(session)
        found = session.scalars(select(Topic).order_by(Topic.position, Topic.id)).all()
        rows = [{"slug": t.slug, "name_ar": t.name_ar, "name_en": t.name_en} for t in found]
    if as_json:
        click.echo(json.dumps({"topics": rows}, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['slug']:<14}  {row['name_ar']}  {row['name_en']}")


@click.command()
@_JSON
@click.pass_context
def ingest(ctx: click.Context, as_json: bool) -> None:
    """Read every active source now. A broken one is shown and stops nothing."""
    with opened(ctx) as (sessions, settings):
        reports = ingest_all(sessions, settings, now=datetime.now(UTC))
    totals = {
        name: sum(getattr(report, name) for report in reports)
        for name in ("new", "changed", "unchanged")
    }
    if as_json:
        rows = [asdict(report) for report in reports]
        click.echo(json.dumps({**totals, "sources": rows}, ensure_ascii=False))
        return
    for report in reports:
        click.echo(_line(report))
    click.echo(f"{totals['new']} new, {totals['changed']} changed")


def _line(report: SourceReport) -> str:
    if report.status == "failed":
        return f"source {report.id}: {report.error} {report.detail}  {report.url}"
    problems = f", {len(report.problems)} entries lack something" if report.problems else ""
    return (
        f"source {report.id}: {report.new} new, {report.changed} changed, "
        f"{report.unchanged} unchanged{problems}  {report.url}"
    )


def _refusal(session: Session, error: InvalidSource) -> click.ClickException:
    known = ", ".join(session.scalars(select(Topic.slug).order_by(Topic.position, Topic.id)))
    return click.ClickException(_EXPLAINED[error.code].format(detail=error.detail, topics=known))


@contextmanager
def opened(ctx: click.Context) -> Iterator[tuple[sessionmaker[Session], Settings]]:
    """Sessions and settings for one command."""
    with command_settings(ctx) as settings:
        engine = make_engine(settings.database_url, pool_size=1)
        try:
            yield make_sessions(engine), settings
        finally:
            engine.dispose()
