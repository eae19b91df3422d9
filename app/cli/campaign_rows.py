"""What the commands about campaigns share: how one is named, opened, refused and shown."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli.runtime import command_settings
from app.config import Settings
from app.domain.campaign import (
    CampaignConflict,
    CampaignState,
    SkipReason,
)
from app.store.engine import make_engine, make_sessions
from app.store.tables import BounceTally, Campaign, SubjectTest, Variant
from app.usecases.campaign_steps import CampaignMissing
from app.usecases.check_campaign import InvalidCampaign
from app.usecases.manage_campaigns import (
    campaign_counts,
)
from app.usecases.record_audit import record

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
CAMPAIGN_ID = click.argument("campaign_id", metavar="ID", type=click.IntRange(1, 2**31 - 1))

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
    "unknown_segment": "there is no segment {detail}",
    "needs_first_subject": "a second subject needs a first one: give --subject too",
    "same_subject": "both subjects are the same",
    "time_has_passed": "this time has passed",
    "morning_has_passed": "this hour has come where the easternmost readers live; take a later day",
    "test_in_the_morning": "two subjects are tried only if all readers are written to at one time",
    "note_too_long": "the text is longer than {detail} characters or 100 lines",
}

_REASONS: dict[str, str] = {
    SkipReason.NOTHING_NEW: "nothing is new for anybody",
    SkipReason.NO_READERS: "nobody reads these topics at this pace",
    SkipReason.TOO_FEW_ARTICLES: "too few articles are new",
}


def noted(session: Session, verb: str, campaign: Campaign, **detail: Any) -> None:
    """Writes into the audit what a command did; the caller commits."""
    record(
        session,
        now=datetime.now(UTC),
        action=f"campaign.{verb}",
        object_type="campaign",
        object_id=campaign.id,
        detail=detail,
    )


def explained(error: InvalidCampaign) -> str:
    """Why a campaign cannot be so, in words."""
    return _EXPLAINED[error.code].format(detail=error.detail)


@contextmanager
def opened(ctx: click.Context) -> Iterator[tuple[Session, Settings]]:
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


def as_dict(session: Session, one: Campaign) -> dict[str, Any]:
    counts = campaign_counts(session, one.id)
    ended = one.finished_at.isoformat() if one.finished_at else None
    return {
        "id": one.id,
        "kind": one.kind.value,
        "design": one.design.value,
        "state": CampaignState(one.state).value,
        "subject": one.subject or _frozen_subject(session, one),
        **_second(session, one),
        "reason": one.reason,
        "trouble": one.trouble,
        "finished_at": ended,
        **asdict(counts),
        **_returned(session, one),
    }


def _returned(session: Session, one: Campaign) -> dict[str, int]:
    """What came back by mail after the mail server had taken it."""
    tally = session.get(BounceTally, one.id, populate_existing=True)
    if tally is None:
        return {"bounced": 0, "complaints": 0}
    return {"bounced": tally.hard + tally.soft, "complaints": tally.complaint}


def _second(session: Session, one: Campaign) -> dict[str, Any]:
    """The subject that is tried beside the first, and which of them has won ("" while open)."""
    test = session.get(SubjectTest, one.id, populate_existing=True)
    return {"second_subject": test.subject_b, "winner": test.winner} if test else {}


def _frozen_subject(session: Session, one: Campaign) -> str:
    """The subject that a digest made for itself: that of its longest list."""
    first = (
        select(Variant.subject)
        .where(Variant.campaign_id == one.id)
        .order_by(func.cardinality(Variant.article_ids).desc())
    )
    return session.scalar(first.limit(1)) or ""


def show(session: Session, one: Campaign, as_json: bool) -> None:
    shown = as_dict(session, one)
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
    if shown["bounced"] or shown["complaints"]:
        click.echo(f"bounced {shown['bounced']}  complaints {shown['complaints']}")
