"""`nashra up`: web, workers and clock together, with servers of our own where none is named."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.environment import chosen_data_dir, environment, refuse
from app.cli.interrupts import Interrupted, Interrupts
from app.cli.start import Start
from app.config import PROJECT_ROOT, SettingsError
from app.embedded.folder import make_data_dir
from app.embedded.instance import life_lock, noted_instance
from app.embedded.process import EmbeddedError


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    default=8000,
    show_default=True,
    help="The web site's port on 127.0.0.1; the next free one when it is taken.",
)
@click.option("--data", "data_option", metavar="DIR", help="The data folder.")
@click.option("--samples", is_flag=True, help="Load sample articles and make a first login.")
@click.pass_context
def up(ctx: click.Context, port: int, data_option: str | None, samples: bool) -> None:
    """Run everything on this machine until Ctrl-C.

    PostgreSQL, Redis and a mailbox are started from the data folder, each unless DATABASE_URL,
    REDIS_URL or SMTP_URL names another.
    """
    env = environment()
    data_dir = chosen_data_dir(data_option or ctx.find_root().obj, env) or PROJECT_ROOT / "var"
    try:
        start = Start(data_dir=data_dir, port=port, samples=samples, env=env)
        make_data_dir(data_dir)
    except SettingsError as error:
        refuse(str(error), status=2)
    lock = life_lock(data_dir)
    if not lock.take(seconds=1):
        refuse(_runs_already(data_dir), status=1)
    interrupts = Interrupts()
    failure = ""
    try:
        start.run()
    except Interrupted:
        pass
    except EmbeddedError as error:
        failure = str(error)
    finally:
        interrupts.disarm()
        start.stop(interrupts.again)
        lock.release()
    if failure:
        refuse(failure, status=1)


def _runs_already(data_dir: Path) -> str:
    other = noted_instance(data_dir)
    if other is None:
        return f"another `nashra up` is just starting on {data_dir}."
    return f"`nashra up` runs already on {data_dir}: pid {other.pid}, {other.address}"
