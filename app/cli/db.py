"""`nashra db`: the schema of the database."""

from __future__ import annotations

import click

from app.cli.environment import environment
from app.cli.runtime import command_settings
from app.config import REQUIRED
from app.store.migrate import upgrade

_OTHERS = frozenset(REQUIRED) - {"DATABASE_URL"}


@click.group()
def db() -> None:
    """The database's schema."""


@db.command("upgrade")
@click.pass_context
def upgrade_command(ctx: click.Context) -> None:
    """Bring the database to the newest schema. May be repeated."""
    # Where a part of a deployment is configured, an unset DATABASE_URL is a mistake.
    embed = not _OTHERS & environment().keys()
    with command_settings(ctx, embed=embed) as settings:
        upgrade(settings.database_url)
    click.echo("The database is up to date.")
