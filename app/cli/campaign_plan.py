"""`nashra campaign schedule | unschedule | duplicate | subject`: when a draft goes out, another one
like it, and which of two subjects the waiting readers get."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click
from sqlalchemy.orm import Session

from app.cli.campaign_rows import AS_JSON, CAMPAIGN_ID, noted, opened, show
from app.config import Settings
from app.domain.schedule import instant_of
from app.domain.subject_test import Letter
from app.store.tables import Campaign
from app.usecases.campaign_steps import load
from app.usecases.decide_subject import SubjectDecided, decide_subject
from app.usecases.draft_campaign import duplicate_campaign
from app.usecases.manage_campaigns import schedule_send
from app.usecases.manage_campaigns import unschedule as take_back
from app.usecases.schedule_morning import schedule_morning

_WHEN = click.argument(
    "moment", metavar="'YYYY-MM-DD HH:MM'", type=click.DateTime(["%Y-%m-%d %H:%M"])
)


@click.command()
@CAMPAIGN_ID
@_WHEN
@click.option("--morning", is_flag=True, help="At this hour on each reader's own clock.")
@AS_JSON
@click.pass_context
def schedule(
    ctx: click.Context, campaign_id: int, moment: datetime, morning: bool, as_json: bool
) -> None:
    """Let a draft go out at a time on the site's clock. Its checklist is run before it does."""

    def take(session: Session, settings: Settings) -> Campaign:
        now = datetime.now(UTC)
        if morning:
            return schedule_morning(
                session,
                now=now,
                campaign_id=campaign_id,
                day=moment.date(),
                local_time=moment.time(),
                site_zone=settings.timezone,
            )
        at = instant_of(moment.date(), moment.time(), ZoneInfo(settings.timezone))
        return schedule_send(session, now=now, campaign_id=campaign_id, send_at=at)

    _take(ctx, as_json, "schedule", take, _time_of)


@click.command()
@CAMPAIGN_ID
@AS_JSON
@click.pass_context
def unschedule(ctx: click.Context, campaign_id: int, as_json: bool) -> None:
    """Make a scheduled campaign a draft again."""
    _take(
        ctx, as_json, "unschedule", lambda session, _: take_back(session, campaign_id=campaign_id)
    )


@click.command()
@CAMPAIGN_ID
@AS_JSON
@click.pass_context
def duplicate(ctx: click.Context, campaign_id: int, as_json: bool) -> None:
    """Make a new draft with the content of a campaign."""
    now = datetime.now(UTC)

    def take(session: Session, _settings: Settings) -> Campaign:
        return duplicate_campaign(session, now=now, campaign_id=campaign_id)

    _take(ctx, as_json, "duplicate", take, lambda _: {"of": campaign_id})


@click.command()
@CAMPAIGN_ID
@click.argument("letter", type=click.Choice([letter.value for letter in Letter]))
@AS_JSON
@click.pass_context
def subject(ctx: click.Context, campaign_id: int, letter: str, as_json: bool) -> None:
    """Give all readers who wait the first (a) or the second (b) of two subjects, now."""

    def take(session: Session, _settings: Settings) -> Campaign:
        try:
            decide_subject(
                session, now=datetime.now(UTC), campaign_id=campaign_id, letter=Letter(letter)
            )
        except SubjectDecided:
            raise click.ClickException("there is nothing to decide, or it is decided") from None
        return load(session, campaign_id)

    _take(ctx, as_json, "subject", take, lambda _: {"letter": letter})


def _time_of(campaign: Campaign) -> dict[str, str | int]:
    assert campaign.send_at is not None
    return {"send_at": campaign.send_at.isoformat()}


def _take(
    ctx: click.Context,
    as_json: bool,
    verb: str,
    take: Callable[[Session, Settings], Campaign],
    tell: Callable[[Campaign], dict[str, str | int]] = lambda _: {},
) -> None:
    """Does it, and writes it into the audit with what `tell` says of it."""
    with opened(ctx) as (session, settings):
        changed = take(session, settings)
        noted(session, verb, changed, **tell(changed))
        session.commit()
        show(session, changed, as_json)
