"""`nashra clock`, `tick` and `prune`: what is due now, and what has served its time."""

from __future__ import annotations

import json
import signal
import time
from dataclasses import asdict
from datetime import UTC, datetime
from types import FrameType

import click
import structlog
from sqlalchemy.exc import OperationalError

from app.cli.runtime import command_settings
from app.config import Settings
from app.store.engine import make_engine, make_sessions
from app.store.upkeep import vacuum_ledger
from app.usecases.prune import prune as run_prune
from app.usecases.tick import Ticked
from app.usecases.tick import tick as run_tick

log = structlog.get_logger()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def tick(ctx: click.Context, as_json: bool) -> None:
    """Look once for everything that is due, and ask the workers for it."""
    with command_settings(ctx) as settings:
        done = _tick_once(settings)
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        click.echo(
            f"asked for {done.campaigns + done.schedules} campaigns, {done.chunks} chunks, "
            f"{done.notices} notices, {done.sources} sources, "
            f"{done.pictures} pictures, {done.preflights} checklists"
        )


@click.command()
@click.pass_context
def clock(ctx: click.Context) -> None:
    """Tick every few seconds until stopped. Any number may run."""
    asked: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with command_settings(ctx, embed=False) as settings:
        sessions = make_sessions(make_engine(settings.database_url, pool_size=1))
        while not asked:
            try:
                run_tick(sessions, settings, now=datetime.now(UTC))
            except OperationalError as error:
                log.warning("database_away", why=" ".join(str(error.orig).split()))
            rest = time.monotonic() + settings.tick_interval
            while not asked and time.monotonic() < rest:
                time.sleep(0.1)  # a signal does not shorten a sleep


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def prune(ctx: click.Context, as_json: bool) -> None:
    """Remove what has served its time: old deliveries, notices, sign-ups, IP addresses,
    and pictures that no article of late and no edition shows.

    Run it once a day. Counts of campaigns stay.
    """
    with command_settings(ctx) as settings:
        engine = make_engine(settings.database_url, pool_size=1)
        try:
            done = run_prune(make_sessions(engine), settings, now=datetime.now(UTC))
            vacuum_ledger(engine)
        finally:
            engine.dispose()
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        click.echo("removed " + ", ".join(f"{n} {name}" for name, n in asdict(done).items()))


def _tick_once(settings: Settings) -> Ticked:
    engine = make_engine(settings.database_url, pool_size=1)
    try:
        return run_tick(make_sessions(engine), settings, now=datetime.now(UTC))
    finally:
        engine.dispose()
