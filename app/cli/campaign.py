"""`nashra campaign`: create, send and watch campaigns from a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.campaign_plan import duplicate, schedule, subject, unschedule
from app.cli.campaign_rows import AS_JSON, CAMPAIGN_ID, as_dict, explained, noted, opened, show
from app.cli.campaign_send import check, send, test
from app.domain.campaign import (
    CampaignKind,
    UncertainPolicy,
)
from app.domain.edition import Design
from app.domain.segment import EVERYBODY, Segment
from app.domain.subject_test import HOURS, SHARES
from app.domain.subscription import Cadence
from app.store.tables import Campaign, SavedSegment
from app.usecases.campaign_steps import load
from app.usecases.check_campaign import InvalidCampaign
from app.usecases.manage_campaigns import (
    cancel_campaign,
    create_campaign,
    pause_campaign,
    resume_campaign,
)
from app.usecases.manage_segments import filter_of
from app.usecases.try_subjects import SecondSubject, keep_test


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
@click.option("--segment", default="", metavar="NAME", help="Only readers of this segment.")
@click.option("--second-subject", default="", help="Try this beside --subject; the better goes on.")
@click.option(
    "--try-on",
    type=click.Choice([str(share) for share in SHARES]),
    default="20",
    show_default=True,
    metavar="PERCENT",
    help="The share of the readers on whom two subjects are tried.",
)
@click.option(
    "--decide-after",
    type=click.Choice([str(hours) for hours in HOURS]),
    default="2",
    show_default=True,
    metavar="HOURS",
    help="How long their clicks are counted.",
)
@click.option(
    "--policy",
    type=click.Choice([p.value for p in UncertainPolicy]),
    default=UncertainPolicy.RESEND.value,
    show_default=True,
    help="What happens to a message whose answer was lost.",
)
@click.option("--language", type=click.Choice(["ar", "en"]), help="The site's if left out.")
@AS_JSON
@click.pass_context
def create(ctx: click.Context, /, as_json: bool, **given: Any) -> None:
    """Create a draft."""
    with opened(ctx) as (session, settings):
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
                segment=_segment(session, given["segment"]),
                segment_name=given["segment"],
                policy=UncertainPolicy(given["policy"]),
            )
            second = SecondSubject(
                subject=given["second_subject"],
                share=int(given["try_on"]),
                hours=int(given["decide_after"]),
            )
            keep_test(session, campaign_id=made.id, subject=made.subject, second=second)
        except InvalidCampaign as error:
            raise click.UsageError(explained(error)) from None
        noted(session, "create", made, kind=made.kind.value)
        session.commit()
        show(session, made, as_json)


@campaign.command()
@CAMPAIGN_ID
@AS_JSON
@click.pass_context
def status(ctx: click.Context, campaign_id: int, as_json: bool) -> None:
    """Show a campaign's state and its deliveries by state."""
    with opened(ctx) as (session, _):
        show(session, load(session, campaign_id), as_json)


@campaign.command()
@CAMPAIGN_ID
@AS_JSON
@click.pass_context
def pause(ctx: click.Context, campaign_id: int, as_json: bool) -> None:
    """Stop handing out messages."""
    _step(ctx, as_json, "pause", lambda session: pause_campaign(session, campaign_id=campaign_id))


@campaign.command()
@CAMPAIGN_ID
@AS_JSON
@click.pass_context
def resume(ctx: click.Context, campaign_id: int, as_json: bool) -> None:
    """Go on with a paused campaign."""
    _step(ctx, as_json, "resume", lambda session: resume_campaign(session, campaign_id=campaign_id))


@campaign.command()
@CAMPAIGN_ID
@AS_JSON
@click.pass_context
def cancel(ctx: click.Context, campaign_id: int, as_json: bool) -> None:
    """End a campaign for good."""
    now = datetime.now(UTC)
    _step(
        ctx,
        as_json,
        "cancel",
        lambda session: cancel_campaign(session, now=now, campaign_id=campaign_id),
    )


@campaign.command("list")
@AS_JSON
@click.pass_context
def list_command(ctx: click.Context, as_json: bool) -> None:
    """Show the newest fifty campaigns."""
    with opened(ctx) as (session, _):
        newest = session.scalars(select(Campaign).order_by(Campaign.id.desc()).limit(50)).all()
        if as_json:
            click.echo(json.dumps({"campaigns": [as_dict(session, one) for one in newest]}))
            return
        for one in newest:
            click.echo(f"{one.id:>6}  {one.kind:<12}  {one.state:<12}  {one.subject}")


for each in (check, duplicate, schedule, send, subject, test, unschedule):
    campaign.add_command(each)


def _segment(session: Session, name: str) -> Segment:
    if not name:
        return EVERYBODY
    found = session.scalars(select(SavedSegment).where(SavedSegment.name == name)).one_or_none()
    if found is None:
        raise InvalidCampaign("unknown_segment", name)
    return filter_of(found)


def _step(
    ctx: click.Context, as_json: bool, verb: str, take: Callable[[Session], Campaign]
) -> None:
    with opened(ctx) as (session, _):
        changed = take(session)
        noted(session, verb, changed)
        session.commit()
        show(session, changed, as_json)
