"""`nashra schedule`: set up schedules from a terminal, and see when they run next."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import queue
from app.cli.runtime import command_settings
from app.config import Settings
from app.domain.campaign import CampaignState
from app.domain.edition import Design
from app.domain.schedule import ALL_DAYS, InvalidSchedule, days_to_mask, read_zone
from app.domain.subscription import Cadence
from app.store.engine import make_engine, make_sessions
from app.store.tables import Schedule
from app.usecases.check_campaign import InvalidCampaign
from app.usecases.manage_schedules import (
    Plan,
    ScheduleConflict,
    create_schedule,
    delete_schedule,
    newest_run,
    run_now,
    set_schedule_active,
)
from app.usecases.record_audit import record
from app.usecases.schedule_slots import Slots

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_ID = click.argument("schedule_id", metavar="ID", type=click.IntRange(1, 2**31 - 1))
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RUNS_SHOWN = 5

_EXPLAINED = {
    "needs_name": "a schedule needs a name",
    "unknown_zone": "there is no time zone {detail}; write it like Asia/Beirut",
    "needs_weekday": "a weekly schedule needs --day, once",
    "needs_days": "a daily schedule needs one --day at least, or none for every day",
    "bad_minimum": "the least number of articles is 1 to 40, not {detail}",
    "bad_lead": "--lead is 0 to 1440 minutes, not {detail}",
    "bad_limit": "--limit is 1 to 1440 minutes, not {detail}",
    "unknown_topic": "there is no topic {detail}; `nashra topic list` shows them",
}


@click.group()
def schedule() -> None:
    """Schedules: what makes digests recur."""


@schedule.command("list")
@_JSON
@click.pass_context
def list_command(ctx: click.Context, as_json: bool) -> None:
    """Show the schedules and when each runs next."""
    with _opened(ctx) as (session, _):
        found = session.scalars(select(Schedule).order_by(Schedule.id)).all()
        if as_json:
            click.echo(json.dumps({"schedules": [_as_dict(session, one) for one in found]}))
            return
        for one in found:
            state = _local(one, one.next_at) if one.active else "paused"
            click.echo(f"{one.id:>4}  {one.cadence:<8}  {state:<24}  {one.name}")


@schedule.command("show")
@_ID
@_JSON
@click.pass_context
def show_command(ctx: click.Context, schedule_id: int, as_json: bool) -> None:
    """Show one schedule and its next five runs, on its own clock."""
    with _opened(ctx) as (session, _):
        _show(session, _load(session, schedule_id), as_json)


@schedule.command()
@click.argument("name")
@click.option("--cadence", type=click.Choice([c.value for c in Cadence]), default="daily")
@click.option("--day", "days", multiple=True, type=click.Choice(_DAYS), help="Else every day.")
@click.option("--at", "clock", type=click.DateTime(["%H:%M"]), default="07:00", help="HH:MM.")
@click.option("--zone", help="Its time zone; the site's if left out.")
@click.option("--own-morning", is_flag=True, help="That time on each reader's own clock.")
@click.option("--topic", "topics", multiple=True, metavar="SLUG", help="Only these topics.")
@click.option("--min-articles", default=1, show_default=True, help="With fewer it is skipped.")
@click.option("--design", type=click.Choice([d.value for d in Design]), default="morning")
@click.option("--approval", is_flag=True, help="A draft waits until an editor has approved it.")
@click.option("--lead", default=60, show_default=True, help="Minutes before, for the draft.")
@click.option("--limit", default=120, show_default=True, help="Minutes after, for the approval.")
@_JSON
@click.pass_context
def add(ctx: click.Context, /, as_json: bool, **given: Any) -> None:
    """Set up a schedule, which runs from its next slot on."""
    with _opened(ctx) as (session, settings):
        now = datetime.now(UTC)
        made = create_schedule(session, now=now, plan=_plan(settings, given))
        _record(session, now, "schedule.create", made.id)
        session.commit()
        _show(session, made, as_json)


@schedule.command()
@_ID
@_JSON
@click.pass_context
def pause(ctx: click.Context, schedule_id: int, as_json: bool) -> None:
    """Let it run no more, until resumed."""
    _switch(ctx, schedule_id, as_json, active=False)


@schedule.command()
@_ID
@_JSON
@click.pass_context
def resume(ctx: click.Context, schedule_id: int, as_json: bool) -> None:
    """Let it go on from its next slot; what it missed stays missed."""
    _switch(ctx, schedule_id, as_json, active=True)


@schedule.command()
@_ID
@_JSON
@click.pass_context
def run(ctx: click.Context, schedule_id: int, as_json: bool) -> None:
    """Run it once now; its usual runs stay as they are."""
    with _opened(ctx) as (session, settings):
        _load(session, schedule_id)
        now, seen = datetime.now(UTC), newest_run(session, schedule_id)
        made = run_now(session, now=now, schedule_id=schedule_id, last_seen=seen)
        _record(session, now, "schedule.run", schedule_id)
        session.commit()
        goes = made.state is CampaignState.SCHEDULED
        if goes and not queue.enqueue(settings.redis_url, queue.PREPARE_CAMPAIGN, made.id):
            click.echo("Redis cannot be reached; the clock will start it.", err=True)
        if as_json:
            click.echo(json.dumps({"campaign": made.id, "state": made.state.value}))
        else:
            click.echo(f"campaign {made.id}: {made.state.value}")


@schedule.command()
@_ID
@click.confirmation_option(prompt="It will not run again; drafts that wait are cancelled. Delete?")
@click.pass_context
def delete(ctx: click.Context, schedule_id: int) -> None:
    """Remove a schedule. The campaigns it made stay."""
    with _opened(ctx) as (session, _):
        _load(session, schedule_id)
        now = datetime.now(UTC)
        delete_schedule(session, now=now, schedule_id=schedule_id)
        _record(session, now, "schedule.delete", schedule_id)
        session.commit()
    click.echo(f"schedule {schedule_id} is deleted")


def _plan(settings: Settings, given: dict[str, Any]) -> Plan:
    cadence = Cadence(given["cadence"])
    chosen = [_DAYS.index(day) for day in given["days"]]
    clock: datetime = given["clock"]
    return Plan(
        name=given["name"],
        cadence=cadence,
        weekday=chosen[0] if cadence is Cadence.WEEKLY and len(chosen) == 1 else None,
        days=days_to_mask(chosen) or ALL_DAYS,
        local_time=time(clock.hour, clock.minute),
        timezone=given["zone"] or settings.timezone,
        topics=given["topics"],
        language=settings.language,
        min_articles=given["min_articles"],
        own_morning=given["own_morning"],
        design=Design(given["design"]),
        needs_approval=given["approval"],
        approval_lead=given["lead"],
        approval_limit=given["limit"],
    )


def _switch(ctx: click.Context, schedule_id: int, as_json: bool, *, active: bool) -> None:
    with _opened(ctx) as (session, _):
        _load(session, schedule_id)
        now = datetime.now(UTC)
        set_schedule_active(session, now=now, schedule_id=schedule_id, active=active)
        _record(session, now, "schedule.activate" if active else "schedule.pause", schedule_id)
        session.commit()
        _show(session, _load(session, schedule_id), as_json)


def _record(session: Session, now: datetime, action: str, schedule_id: int) -> None:
    record(session, now=now, action=action, object_type="schedule", object_id=schedule_id)


def _load(session: Session, schedule_id: int) -> Schedule:
    found = session.get(Schedule, schedule_id)
    if found is None:
        raise click.ClickException(f"there is no schedule {schedule_id}")
    return found


@contextmanager
def _opened(ctx: click.Context) -> Iterator[tuple[Session, Settings]]:
    with command_settings(ctx) as settings:
        engine = make_engine(settings.database_url, pool_size=1)
        try:
            with make_sessions(engine)() as session:
                yield session, settings
        except (InvalidSchedule, InvalidCampaign) as error:
            words = _EXPLAINED.get(error.code, error.code).format(detail=error.detail)
            raise click.UsageError(words) from None
        except ScheduleConflict:
            raise click.ClickException("it is so already, or somebody was faster") from None
        finally:
            engine.dispose()


def _local(one: Schedule, moment: datetime) -> str:
    """A moment on the schedule's own clock, with its distance from UTC."""
    return moment.astimezone(read_zone(one.timezone)).isoformat(timespec="minutes")


def _as_dict(session: Session, one: Schedule) -> dict[str, Any]:
    coming = Slots(session, one).coming(datetime.now(UTC), _RUNS_SHOWN) if one.active else []
    return {
        "id": one.id,
        "name": one.name,
        "cadence": one.cadence.value,
        "timezone": one.timezone,
        "active": one.active,
        "needs_approval": one.needs_approval,
        "next_runs": [_local(one, slot) for slot in coming],
    }


def _show(session: Session, one: Schedule, as_json: bool) -> None:
    shown = _as_dict(session, one)
    if as_json:
        click.echo(json.dumps(shown))
        return
    click.echo(f"schedule {one.id}: {one.name} ({'running' if one.active else 'paused'})")
    for slot in shown["next_runs"]:
        click.echo(f"  {slot}  {one.timezone}")
