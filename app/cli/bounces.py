"""`nashra bounces`: the ways in for mails that come back. `read` takes one message from a pipe of
the mail server, `serve` takes them over LMTP or SMTP for as long as it runs."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from sqlalchemy.exc import SQLAlchemyError

from app.cli.bounce_server import serve as run_server
from app.cli.environment import refuse
from app.cli.runtime import command_settings
from app.config import Settings
from app.links import Links
from app.mail.reports.parts import MAX_BYTES
from app.store.engine import make_engine, make_sessions
from app.usecases.handle_feedback import Handled, handle_feedback

_TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: the mail server keeps the message and comes again. Postfix, Exim and
Sendmail would return it for most other codes, to an address that nobody reads."""

_RECIPIENTS = ("ORIGINAL_RECIPIENT", "RECIPIENT")
"""Where Postfix's local(8) tells whom the message was for; pipe(8) tells it as an argument."""


@click.group()
def bounces() -> None:
    """Take in mails that come back: bounces and complaints."""


@bounces.command()
@click.argument("recipient", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def read(ctx: click.Context, recipient: str | None, as_json: bool) -> None:
    """Read one message from standard input that came to RECIPIENT.

    RECIPIENT is the address of the envelope, Postfix's ${recipient}; without it ORIGINAL_RECIPIENT
    or RECIPIENT of the environment counts. Ends with status 75 when the message cannot be taken
    in now, so that the mail server keeps it.
    """
    message = sys.stdin.buffer.read(MAX_BYTES)
    while sys.stdin.buffer.read(MAX_BYTES):
        continue  # whoever writes to the pipe is not to find it closed
    to = recipient or _recipient(os.environ)
    if not to:
        refuse("RECIPIENT is missing: the address that the message came to.", status=_TRY_AGAIN)
    with _or_later(), command_settings(ctx, embed=False) as settings:
        handled = _take_in(settings, to, message)
    if as_json:
        click.echo(json.dumps({"came": handled.came.value, "campaign": handled.campaign_id}))


def _recipient(env: Mapping[str, str]) -> str:
    return next((env[name] for name in _RECIPIENTS if env.get(name)), "")


@contextmanager
def _or_later() -> Iterator[None]:
    """Whatever keeps a message from being taken in is ours to put right: it is to come again."""
    try:
        yield
    except SQLAlchemyError as error:
        click.echo(f"nashra: not now: {type(error).__name__}", err=True)
        sys.exit(_TRY_AGAIN)
    except SystemExit:  # bad settings, or a database that is away; it has been said
        sys.exit(_TRY_AGAIN)


def _take_in(settings: Settings, recipient: str, message: bytes) -> Handled:
    engine = make_engine(settings.database_url, pool_size=1)
    try:
        with make_sessions(engine).begin() as session:
            return handle_feedback(
                session,
                Links(settings),
                now=datetime.now(UTC),
                recipient=recipient,
                message=message,
            )
    finally:
        engine.dispose()


@bounces.command()
@click.option("--fd", type=int, hidden=True, help="A socket that listens already.")
@click.pass_context
def serve(ctx: click.Context, fd: int | None) -> None:
    """Take messages in over LMTP or SMTP, at BOUNCE_LISTEN, until stopped.

    Mail to the addresses that Nashra's mails were sent from (b-…@BOUNCE_DOMAIN) is taken, and to
    fbl@BOUNCE_DOMAIN, where mailbox providers send complaints. Any number may run.
    """
    with command_settings(ctx, embed=False) as settings:
        try:
            asyncio.run(run_server(settings, fd))
        except OSError as error:
            refuse(f"cannot listen at {settings.bounce_listen}: {error.strerror}", status=1)
