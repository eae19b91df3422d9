"""`nashra subscribers`: bringing in readers who have agreed elsewhere."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from app.cli.runtime import command_settings
from app.config import Settings
from app.domain.csv_text import MAX_LINE, UTF8, UnreadableFile
from app.links import Links
from app.store.engine import make_engine, make_sessions
from app.usecases.consent import Wording
from app.usecases.import_subscribers import Imported, import_subscribers
from app.usecases.record_audit import record
from app.usecases.subscriber_csv import Rejected

_LONGEST_CONSENT = 2_000
_VERSION = "import"

_FILE_WORDS = {
    "empty": "the file is empty",
    "spreadsheet": "this is a spreadsheet; save it as CSV UTF-8",
    "not_text": "the file is not text; save it as CSV UTF-8",
    "no_email_column": "the first line must name the columns, and one of them `email` "
    "(email, name, topics, cadence, timezone, language; separated by commas)",
    "repeated_column": "the first line names a column twice",
}
_ROW_WORDS = {
    "empty": "no address",
    "too_long": "the address is too long",
    "control_characters": "the address holds control or invisible characters",
    "malformed": "not a complete e-mail address",
    "bad_encoding": "the line is not UTF-8",
    "malformed_line": f"a quote is not closed, or the line is longer than {MAX_LINE} bytes",
    "too_many_columns": "more columns than the first line names; quote what holds a separator",
    "unknown_topic": "there is no such topic; `nashra topic list` shows them",
    "unknown_cadence": "the cadence is not instant, daily or weekly",
    "unknown_timezone": "not an IANA time zone such as Asia/Beirut",
    "unknown_language": "the language is not ar or en",
}


@click.group()
def subscribers() -> None:
    """The readers."""


@subscribers.command("import")
@click.argument(
    "path", metavar="FILE.csv", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--confirmed", is_flag=True, help="States that every one of them has agreed.")
@click.option("--consent", metavar="TEXT", default="", help="What they agreed to, and how.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def import_command(
    ctx: click.Context, path: Path, confirmed: bool, consent: str, as_json: bool
) -> None:
    """Add readers from a CSV file with the columns email, name, topics (slugs or names, separated
    by semicolons), cadence, timezone and language, or their Arabic names. Only email is required;
    may be repeated. Exits with 1 when no line could be read."""
    if not confirmed:
        raise click.UsageError(
            "only readers who have agreed may be imported: state it with --confirmed"
        )
    if not consent.strip():
        raise click.UsageError('say what they agreed to, for the consent history: --consent "TEXT"')
    if len(consent) > _LONGEST_CONSENT:
        raise click.UsageError(f"--consent holds at most {_LONGEST_CONSENT} characters")
    with command_settings(ctx) as settings:
        done = _import(settings, path, consent.strip())
    if as_json:
        click.echo(json.dumps(_as_dict(done)))
    else:
        _show(done)
    if done.rejected and not done.read:
        ctx.exit(1)


def _import(settings: Settings, path: Path, consent: str) -> Imported:
    engine = make_engine(settings.database_url, pool_size=1)
    try:
        with make_sessions(engine)() as session, path.open("rb") as file:
            done = import_subscribers(
                session,
                Links(settings),
                now=datetime.now(UTC),
                file=file,
                wording=Wording(text=consent, version=_VERSION),
                language=settings.language,
            )
            record(
                session,
                now=datetime.now(UTC),
                action="import.begin",
                detail={"lines": done.read + done.rejected, "readers": done.added},
            )
            session.commit()
            return done
    except UnreadableFile as error:
        raise click.UsageError(f"{path}: {_FILE_WORDS[error.code]}") from None
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}") from None
    finally:
        engine.dispose()


def _row(one: Rejected) -> dict[str, Any]:
    return {**asdict(one), "message": _ROW_WORDS[one.code]}


def _as_dict(done: Imported) -> dict[str, Any]:
    return {**asdict(done), "rows": [_row(one) for one in done.rows]}


def _show(done: Imported) -> None:
    click.echo(
        f"added {done.added}, known {done.known}, suppressed {done.suppressed}, "
        f"unsubscribed {done.unsubscribed}, rejected {done.rejected}"
    )
    if done.encoding != UTF8:
        click.echo(f"read as {done.encoding}, since it is not UTF-8")
    if done.ignored_columns:
        click.echo(f"columns that mean nothing here: {', '.join(done.ignored_columns)}")
    for one in done.rows:
        click.echo(f"line {one.line}: {one.email or '(no address)'}: {_ROW_WORDS[one.code]}")
    if done.rejected > len(done.rows):
        click.echo(f"and {done.rejected - len(done.rows)} more lines")
