"""`nashra campaign`: create, send and watch campaigns from a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import queue
from app.cli.runtime import command_settings
from app.config import Settings
from app.domain.campaign import (
    CampaignConflict,
    CampaignKind,
    CampaignState,
    SkipReason,
    UncertainPolicy,
)
from app.domain.edition import Design
from app.domain.subscription import Cadence
from app.store.engine import make_engine, make_sessions
from app.store.tables import Campaign, Variant
from app.usecases.campaign_steps import CampaignMissing, load
from app.usecases.check_campaign import InvalidCampaign
from app.usecases.manage_campaigns import (
    campaign_counts,
    cancel_campaign,
    create_campaign,
    pause_campaign,
    request_send,
    resume_campaign,
)

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_ID = click.argument("campaign_id", metavar="ID", type=click.IntRange(1, 2**31 - 1))

_EXPLAINED = {
    "unknown_topic": "there is no topic {detail}; `nashra topic list` shows them",
    "unknown_article": "there is no article {detail}",
    "too_many_articles": "a campaign holds at most {detail} articles",
    "needs_article": "an alert is exactly one article: give --article ID",
    "needs_articles": "a selection needs its articles: give --article ID, in order",
    "preheader_too_long": "the preheader is longer than {detail} characters",
    "needs_subject": "an announcement needs --subject",
    "subject_too_long": "the subject is longer than {detail} characters",
    "subject_lines": "the subject must be one line without control characters",
    "unfit_design": "a campaign of this kind cannot have the design {detail}",
    "note_too_long": "the text is longer than {detail} characters or 100 lines",
}

_REASONS: dict[str, str] = {
    SkipReason.NOTHING_NEW: "nothing is new for anybody",
    SkipReason.NO_READERS: "nobody reads these topics at this pace",
    SkipReason.TOO_FEW_ARTICLES: "too few articles are new",
}


@click.group()
def campaign() -> None:
    """Campaigns: one sending of an edition to an audience."""


@campaign.command()
@click.option(
    "--kind", type=click.Choice([k.value for k in CampaignKind]), required=True, help="What it is."
)
@click.option(
    "--design", type=click.Choice([d.value for d in Design]), help="The kind's own if left out."
)
@click.option("--subject", default="", help="The subject; a digest makes its own if left out.")
@click.option("--preheader", default="", help="The line behind the subject in an inbox.")
@click.option("--text", "note", default="", help="The announcement's text, or an editor's note.")
@click.option("--topic", "topics", multiple=True, metavar="SLUG", help="Only these topics.")
@click.option("--everybody", is_flag=True, help="An alert for all readers, whatever they follow.")
@click.option(
    "--article",
    "articles",
    multiple=True,
    type=int,
    metavar="ID",
    help="These articles, in this order.",
)
@click.option(
    "--cadence",
    "cadences",
    multiple=True,
    type=click.Choice([c.value for c in Cadence]),
    help="Only readers of this pace; everybody if left out.",
)
@click.option(
    "--policy",
    type=click.Choice([p.value for p in UncertainPolicy]),
    default=UncertainPolicy.RESEND.value,
    show_default=True,
    help="What happens to a message whose answer was lost.",
)
@click.option("--language", type=click.Choice(["ar", "en"]), help="The site's if left out.")
@_JSON
@click.pass_context
def create(ctx: click.Context, /, as_json: bool, **given: Any) -> None:
    """Create a draft."""
    with _opened(ctx) as (session, settings):
        try:
            made = create_campaign(
                session,
                now=datetime.now(UTC),
                language=given["language"] or settings.language,
                kind=CampaignKind(given["kind"]),
                design=Design(given["design"]) if given["design"] else None,
                subject=given["subject"],
                preheader=given["preheader"],
                note=given["note"],
                topics=given["topics"],
                everybody=given["everybody"],
                article_ids=given["articles"] or None,
                cadences=[Cadence(c) for c in given["cadences"]] or None,
                policy=UncertainPolicy(given["policy"]),
            )
        except InvalidCampaign as error:
            raise click.UsageError(explained(error)) from None
        session.commit()
        _show(session, made, as_json)


@campaign.command()
@_ID
@_JSON
@click.pass_context
def send(ctx: click.Context, campaign_id: int, as_json: bool) -> None:
    """Send a campaign now. The workers do it; `status` shows how far they are."""
    with _opened(ctx) as (session, settings):
        asked = request_send(session, now=datetime.now(UTC), campaign_id=campaign_id)
        session.commit()
        if not queue.enqueue(settings.redis_url, queue.PREPARE_CAMPAIGN, campaign_id):
            click.echo("Redis cannot be reached; the clock will start it.", err=True)
        _show(session, asked, as_json)


@campaign.command()
@_ID
@_JSON
@click.pass_context
def status(ctx: click.Context, campaign_id: int, as_json: bool) -> None:
    """Show a campaign's state and its deliveries by state."""
    with _opened(ctx) as (session, _):
        _show(session, load(session, campaign_id), as_json)


@campaign.command()
@_ID
@_JSON
@click.pass_context
def pause(ctx: click.Context, campaign_id: int, as_json: bool) -> None:
    """Stop handing out messages."""
    _step(ctx, as_json, lambda session: pause_campaign(session, campaign_id=campaign_id))


@campaign.command()
@_ID
@_JSON
@click.pass_context
def resume(ctx: click.Context, campaign_id: int, as_json: bool) -> None:
    """Go on with a paused campaign."""
    _step(ctx, as_json, lambda session: resume_campaign(session, campaign_id=campaign_id))


@campaign.command()
@_ID
@_JSON
@click.pass_context
def cancel(ctx: click.Context, campaign_id: int, as_json: bool) -> None:
    """End a campaign for good."""
    now = datetime.now(UTC)
    _step(ctx, as_json, lambda session: cancel_campaign(session, now=now, campaign_id=campaign_id))


@campaign.command("list")
@_JSON
@click.pass_context
def list_command(ctx: click.Context, as_json: bool) -> None:
    """Show the newest fifty campaigns."""
    with _opened(ctx) as (session, _):
        newest = session.scalars(select(Campaign).order_by(Campaign.id.desc()).limit(50)).all()
        if as_json:
            click.echo(json.dumps({"campaigns": [_as_dict(session, one) for one in newest]}))
            return
        for one in newest:
            click.echo(f"{one.id:>6}  {one.kind:<12}  {one.state:<12}  {one.subject}")


def explained(error: InvalidCampaign) -> str:
    """Why a campaign cannot be so, in words."""
    return _EXPLAINED[error.code].format(detail=error.detail)


def _step(ctx: click.Context, as_json: bool, take: Callable[[Session], Campaign]) -> None:
    with _opened(ctx) as (session, _):
        changed = take(session)
        session.commit()
        _show(session, changed, as_json)


@contextmanager
def _opened(ctx: click.Context) -> Iterator[tuple[Session, Settings]]:
    with command_settings(ctx) as settings:
        engine = make_engine(settings.database_url, pool_size=1)
        try:
            with make_sessions(engine)() as session:
                yield session, settings
        except InvalidCampaign as error:
            raise click.ClickException(explained(error)) from None
        except CampaignMissing as error:
            raise click.ClickException(f"there is no campaign {error}") from None
        except CampaignConflict as error:
            raise click.ClickException(str(error)) from None
        finally:
            engine.dispose()


def _as_dict(session: Session, one: Campaign) -> dict[str, Any]:
    counts = campaign_counts(session, one.id)
    ended = one.finished_at.isoformat() if one.finished_at else None
    return {
        "id": one.id,
        "kind": one.kind.value,
        "design": one.design.value,
        "state": CampaignState(one.state).value,
        "subject": one.subject or _frozen_subject(session, one),
        "reason": one.reason,
        "trouble": one.trouble,
        "finished_at": ended,
        **asdict(counts),
    }


def _frozen_subject(session: Session, one: Campaign) -> str:
    """The subject that a digest made for itself: that of its longest list."""
    first = (
        select(Variant.subject)
        .where(Variant.campaign_id == one.id)
        .order_by(func.cardinality(Variant.article_ids).desc())
    )
    return session.scalar(first.limit(1)) or ""


def _show(session: Session, one: Campaign, as_json: bool) -> None:
    shown = _as_dict(session, one)
    if as_json:
        json.dump(shown, sys.stdout)
        click.echo()
        return
    reason = f" ({_REASONS.get(one.reason, one.reason)})" if one.reason else ""
    click.echo(f"campaign {one.id}: {one.state}{reason}")
    if one.trouble:
        click.echo(f"the mail server cannot be reached: {one.trouble}")
    if shown["audience"]:
        names = ("audience", "pending", "sent", "failed", "deferred", "skipped", "unknown")
        click.echo("  ".join(f"{name} {shown[name]}" for name in names))
