"""`nashra db`: the schema of the database."""

from __future__ import annotations

import click

from app.cli.runtime import command_settings
from app.store.migrate import upgrade


@click.group()
def db() -> None:
    """The database's schema."""


@db.command("upgrade")
@click.pass_context
def upgrade_command(ctx: click.Context) -> None:
    """Bring the database to the newest schema. May be repeated."""
    with command_settings(ctx) as settings:
        upgrade(settings.database_url)
    click.echo("The database is up to date.")
