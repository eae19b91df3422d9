"""The command `nashra`: one group; each command lives with its relatives in this package."""

from __future__ import annotations

import importlib
from typing import Any

import click

from app.logs import configure_logs

_COMMANDS = {
    "articles": "app.cli.articles",
    "bounces": "app.cli.bounces",
    "campaign": "app.cli.campaign",
    "check-dns": "app.cli.check",
    "check-smtp": "app.cli.check",
    "clock": "app.cli.clock",
    "db": "app.cli.db",
    "ingest": "app.cli.content",
    "prune": "app.cli.clock",
    "schedule": "app.cli.schedule",
    "source": "app.cli.content",
    "staff": "app.cli.staff",
    "subscribers": "app.cli.subscribers",
    "tick": "app.cli.clock",
    "topic": "app.cli.content",
    "up": "app.cli.up",
}


class _LazyGroup(click.Group):
    """Imports a command's module only when the command is used, so that each starts fast."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: Any = getattr(importlib.import_module(module), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", "data_dir", metavar="DIR", help="The data folder of the installation.")
@click.pass_context
def nashra(ctx: click.Context, data_dir: str | None) -> None:
    """Nashra: sign-up, right-to-left digests from feeds, and their sending."""
    configure_logs()
    ctx.obj = data_dir
