"""`nashra check-dns` and `check-smtp`: the two checks of the settings' pages from a terminal. What
they find stands on home as well."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime

import click

from app.cli.runtime import command_settings
from app.config import Settings
from app.domain.mail_dns.findings import Check, as_json
from app.domain.vitals import Level
from app.mail.resolver import Resolver
from app.mail.wire import InvalidValue
from app.store.engine import make_engine, make_sessions
from app.usecases.check_dns import DnsReport, keep_report
from app.usecases.check_dns import check_dns as look_at_dns
from app.usecases.manage_brand import read_brand
from app.usecases.manage_sending import chosen_selectors
from app.usecases.try_mail_server import MailTest, keep_test, try_mail_server


@click.command("check-dns")
@click.option("--selector", "selectors", multiple=True, help="The name of a DKIM key.")
@click.option("--json", "as_json_", is_flag=True, help="Print one JSON object.")
@click.pass_context
def check_dns(ctx: click.Context, selectors: tuple[str, ...], as_json_: bool) -> None:
    """Look whether SPF, DKIM and DMARC are published for the sending domain, and what to publish.

    Ends with status 1 when a record is missing or wrong.
    """
    with command_settings(ctx) as settings:
        report = _look(settings, selectors)
    if as_json_:
        checks = [as_json(check) for check in report.checks]
        click.echo(json.dumps({"level": report.level.value, "checks": checks}, ensure_ascii=False))
    else:
        for check in report.checks:
            click.echo(_told(check))
    if report.level is Level.BAD:
        sys.exit(1)


@click.command("check-smtp")
@click.argument("address")
@click.option("--language", type=click.Choice(["ar", "en"]), help="Of the mail.")
@click.option("--json", "as_json_", is_flag=True, help="Print one JSON object.")
@click.pass_context
def check_smtp(ctx: click.Context, address: str, language: str | None, as_json_: bool) -> None:
    """Send one test mail to ADDRESS over the configured mail server, step by step.

    Ends with status 1 when a step fails.
    """
    with command_settings(ctx) as settings:
        try:
            test = _try(settings, address, language or settings.language)
        except InvalidValue as error:
            raise click.BadParameter(f"{address!r} is no address") from error
    if as_json_:
        click.echo(json.dumps([asdict(one) for one in test.taken], ensure_ascii=False))
    else:
        for one in test.taken:
            said = " ".join(str(part) for part in (one.number, one.reply) if part)
            end = f"{one.fault}: {said}" if said else one.fault
            click.echo(f"{one.step:<10} {end or 'ok'}")
    if not test.passed:
        sys.exit(1)


def _look(settings: Settings, selectors: tuple[str, ...]) -> DnsReport:
    engine = make_engine(settings.database_url, pool_size=1)
    sessions = make_sessions(engine)
    try:
        with sessions() as session:
            named = list(selectors) or chosen_selectors(session)
        now = datetime.now(UTC)
        report = look_at_dns(settings, Resolver(settings), now=now, selectors=named)
        with sessions.begin() as session:
            keep_report(session, report)
    finally:
        engine.dispose()
    return report


def _try(settings: Settings, address: str, language: str) -> MailTest:
    engine = make_engine(settings.database_url, pool_size=1)
    sessions = make_sessions(engine)
    try:
        with sessions() as session:
            brand = read_brand(session, settings)
        now = datetime.now(UTC)
        test = try_mail_server(settings, brand=brand, now=now, to=address, language=language)
        with sessions.begin() as session:
            keep_test(session, test)
    finally:
        engine.dispose()
    return test


def _told(check: Check) -> str:
    lines = [f"{check.record.value.upper()} {check.name}: {check.level.value}"]
    lines += [f"  found    {text}" for text in check.found]
    lines += [f"  {note.level.value:<8} {note.code} {note.value}".rstrip() for note in check.notes]
    if check.publish is not None:
        publish = check.publish
        lines.append(f"  publish  {publish.name} {publish.type} {publish.value}")
    return "\n".join(lines)
