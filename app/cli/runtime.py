"""How a command finds its settings and the servers it works with.

What the environment says wins. What it leaves open comes from the running `nashra up`: of the
data folder that was named, else the one started last from this checkout. When none runs,
PostgreSQL and Redis of the data folder are started for the duration of the command.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

import click
from psycopg.errors import UndefinedColumn, UndefinedTable
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.cli.environment import chosen_data_dir, environment, refuse
from app.config import PROJECT_ROOT, REQUIRED, Settings, SettingsError, read_settings
from app.embedded.folder import make_data_dir, secret_key
from app.embedded.instance import Instance, latest_running, running_instance
from app.embedded.joint import JointServers
from app.embedded.process import EmbeddedError
from app.store.migrate import upgrade

_SERVERS = {"DATABASE_URL": "postgresql://to-be-started", "REDIS_URL": "redis://to-be-started"}
_NO_MAIL_SERVER = "smtp://127.0.0.1:9"
"""Commands send no mail themselves; the workers of `nashra up` do."""


@contextmanager
def command_settings(ctx: click.Context, *, embed: bool = True) -> Iterator[Settings]:
    """The settings of this command, with everything they name running until the block ends.

    With `embed` false nothing is started: a part of a deployment (the clock) must not fall back
    on servers of its own when a setting is missing. A bad setting ends the command with one
    line and status 2, a server that cannot be started or used with one line and status 1.
    """
    with ExitStack() as stack:
        try:
            settings = _resolve(stack, ctx.find_root().obj, embed=embed)
        except SettingsError as error:
            refuse(str(error), status=2)
        except EmbeddedError as error:
            refuse(str(error), status=1)
        try:
            yield settings
        except OperationalError as error:
            refuse(f"the database cannot be used: {_one_line(error)}", status=1)
        except ProgrammingError as error:
            if not isinstance(error.orig, (UndefinedTable, UndefinedColumn)):
                raise
            refuse("the database has another schema: run `nashra db upgrade`", status=1)


def _one_line(error: OperationalError) -> str:
    return " ".join(str(error.orig).split())


def _resolve(stack: ExitStack, option: str | None, *, embed: bool) -> Settings:
    env = environment()
    named = chosen_data_dir(option, env)
    if named is not None:
        env["DATA_DIR"] = str(named)
    if all(name in env for name in REQUIRED):
        return read_settings(env)
    if named is None and not _SERVERS.keys() & env.keys():
        named = latest_running()
    data_dir = named or PROJECT_ROOT / "var"
    instance = running_instance(data_dir)
    if instance is not None:
        return read_settings({**instance.settings, **env})
    return _with_own_servers(stack, data_dir, env) if embed else read_settings(env)


def _with_own_servers(stack: ExitStack, data_dir: Path, env: dict[str, str]) -> Settings:
    known = {"SMTP_URL": _NO_MAIL_SERVER, "SECRET_KEY": "-" * 32, "DATA_DIR": str(data_dir)}
    read_settings({**known, **_SERVERS, **env})  # a malformed one is named before the wait
    make_data_dir(data_dir)
    wanted = frozenset(_SERVERS.keys() - env.keys())
    if wanted:
        stack.callback(signal.signal, signal.SIGTERM, signal.signal(signal.SIGTERM, _end))
    joint = JointServers(data_dir, env=env)
    stack.callback(joint.leave)
    joined = joint.join(wanted)
    if isinstance(joined, Instance):
        return read_settings({**joined.settings, **env})
    known |= {"SECRET_KEY": secret_key(data_dir), "NASHRA_EMBEDDED": "postgres,redis,mailbox"}
    if not {*_SERVERS, "SMTP_URL"} & env.keys():  # nothing but this machine: as in `nashra up`
        known["ALLOW_PRIVATE_FEEDS"] = "1"
    settings = read_settings({**known, **joined, **env})
    if "DATABASE_URL" in joined:
        upgrade(settings.database_url)
    return settings


def _end(number: int, _frame: object) -> NoReturn:
    """SIGTERM ends the command as an exception does, so that the servers are left in order."""
    sys.exit(128 + number)
