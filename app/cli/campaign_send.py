"""`nashra campaign check | send | test`: the checklist in a terminal, and what it lets through."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import click
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app import queue
from app.cli.campaign_rows import AS_JSON, CAMPAIGN_ID, noted, opened, show
from app.config import Settings
from app.domain.address import InvalidAddress, parse_address
from app.domain.preflight import Checklist, Finding, RunState, Severity
from app.store.engine import make_sessions
from app.store.tables import Staff
from app.usecases.campaign_steps import load
from app.usecases.manage_campaigns import request_send
from app.usecases.preflight import NotCleared, clear_for_sending, newest_run, request_preflight
from app.usecases.preview_edition import NoPreview, preview_campaign
from app.usecases.run_preflight import run_preflight
from app.usecases.send_test import TestRefused, request_test

PATIENCE = 120.0
"""Seconds that a checklist which a worker is at is waited for."""

_REFUSED = {
    "errors": "there are errors; nothing was sent",
    "warnings": "there are warnings; nothing was sent. `--accept-warnings` sends it all the same",
    "out_of_date": "the content has changed while it was checked; run it again",
    "not_checked": "the checklist could not be finished; run it again",
}


@click.command()
@CAMPAIGN_ID
@AS_JSON
@click.pass_context
def check(ctx: click.Context, campaign_id: int, as_json: bool) -> None:
    """Run the checklist of what would go out now. Ends with 1 where it finds errors."""
    with opened(ctx) as (session, settings):
        found = _checked(session, settings, campaign_id)
    if as_json:
        click.echo(json.dumps({"campaign": campaign_id, "findings": found.as_json()}))
    else:
        _list(found.findings)
    ctx.exit(1 if found.errors else 0)


@click.command()
@CAMPAIGN_ID
@click.option("--accept-warnings", is_flag=True, help="Send it whatever the checklist warns of.")
@AS_JSON
@click.pass_context
def send(ctx: click.Context, campaign_id: int, accept_warnings: bool, as_json: bool) -> None:
    """Check a campaign and send it now. The workers do it; `status` shows how far they are.

    Errors stop it; warnings do, unless they are accepted, which is written down.
    """
    with opened(ctx) as (session, settings):
        found = _checked(session, settings, campaign_id)
        now = datetime.now(UTC)
        try:
            clear_for_sending(
                session,
                settings,
                now=now,
                campaign_id=campaign_id,
                accept_warnings=accept_warnings,
                staff_id=None,
            )
        except NotCleared as refusal:
            _list([*found.errors, *found.warnings], err=True)
            raise click.ClickException(_REFUSED[refusal.code]) from None
        asked = request_send(session, now=now, campaign_id=campaign_id)
        noted(session, "send", asked)
        session.commit()
        if not queue.enqueue(settings.redis_url, queue.PREPARE_CAMPAIGN, campaign_id):
            click.echo("Redis cannot be reached; the clock will start it.", err=True)
        show(session, asked, as_json)


@click.command()
@CAMPAIGN_ID
@click.option("--to", "addresses", multiple=True, required=True, metavar="EMAIL", help="Staff.")
@click.option("--reader", default="", metavar="EMAIL", help="As this reader would get it.")
@click.pass_context
def test(ctx: click.Context, campaign_id: int, addresses: tuple[str, ...], reader: str) -> None:
    """Send the campaign's mail as it is now to people of the staff, marked as a test."""
    with opened(ctx) as (session, settings):
        campaign = load(session, campaign_id)
        now = datetime.now(UTC)
        staff_ids = [_staff(session, address) for address in addresses]
        try:
            shown = preview_campaign(session, settings, now=now, campaign=campaign, reader=reader)
            notices = request_test(
                session,
                now=now,
                campaign=campaign,
                mail=shown.mail,
                staff_ids=staff_ids,
                asked_by=None,
            )
        except (NoPreview, TestRefused) as refusal:
            raise click.ClickException(refusal.code.replace("_", " ")) from None
        noted(session, "test", campaign, mails=len(notices))
        session.commit()
        for notice in notices:
            queue.enqueue(settings.redis_url, queue.SEND_NOTICE, notice.id)
        click.echo(f"{len(notices)} on their way")


def _checked(session: Session, settings: Settings, campaign_id: int) -> Checklist:
    """The finished checklist of the campaign as it is now. One that a worker is at is waited
    for; every other is run here."""
    load(session, campaign_id)
    run_id = request_preflight(
        session, now=datetime.now(UTC), campaign_id=campaign_id, staff_id=None
    ).id
    session.commit()
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    run_preflight(make_sessions(engine), settings, now=datetime.now(UTC), run_id=run_id)
    deadline = time.monotonic() + PATIENCE
    while True:
        run = newest_run(session, campaign_id)
        session.rollback()
        assert run is not None
        if run.state is RunState.DONE:
            return Checklist.from_json(run.findings)
        if run.state is RunState.FAILED or time.monotonic() > deadline:
            raise click.ClickException(f"the checklist did not end: {run.error or run.state}")
        time.sleep(0.2)


def _list(findings: list[Finding] | tuple[Finding, ...], *, err: bool = False) -> None:
    for finding in findings:
        mark = {Severity.OK: " ok ", Severity.WARNING: "WARN", Severity.ERROR: "FAIL"}
        numbers = "  ".join(f"{name} {value:g}" for name, value in finding.numbers.items())
        line = f"{mark[finding.severity]}  {finding.check:<12}  {finding.code.replace('_', ' ')}"
        click.echo(f"{line}  {numbers}".rstrip(), err=err)
        if finding.severity is not Severity.OK:
            for example in finding.examples:
                click.echo(f"      {example}", err=err)


def _staff(session: Session, address: str) -> int:
    try:
        key = parse_address(address).key
    except InvalidAddress:
        raise click.UsageError(f"{address} is no address") from None
    found = session.scalar(select(Staff.id).where(Staff.email_key == key, Staff.active))
    if found is None:
        raise click.UsageError(f"nobody of the staff has the address {address}")
    return found
