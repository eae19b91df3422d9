"""`nashra staff`: who logs in to admin."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from app.cli.runtime import command_settings
from app.domain.address import InvalidAddress, parse_address
from app.domain.staff import PASSWORD_LENGTHS, Role, WeakPassword
from app.store.engine import make_engine, make_sessions
from app.store.tables import Staff
from app.usecases.manage_staff import (
    StaffExists,
    StaffMissing,
    add_staff,
    find_staff,
    list_staff,
    reset_password,
)
from app.usecases.record_audit import record
from app.usecases.staff_roles import leave_only_the_password
from app.usecases.warn_staff import warn_staff

_WEAK = {
    "too_short": f"use at least {PASSWORD_LENGTHS.start} characters",
    "too_long": f"use at most {PASSWORD_LENGTHS.stop - 1} characters",
    "holds_address": "it must not be the mail address",
    "monotonous": "the same characters over and over are guessed at once",
}
_EMAIL = click.argument("email")


@click.group()
def staff() -> None:
    """Who logs in to admin."""


@staff.command()
@_EMAIL
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.EDITOR.value,
    show_default=True,
    help="What the account may do; each role may do all that the later ones may.",
)
@click.option("--name", default="", help="Shown in admin instead of the address.")
@click.pass_context
def add(ctx: click.Context, email: str, role: str, name: str) -> None:
    """Add an account. Asks for the password, or reads it from the first line of stdin."""
    password = _read_password()
    now = datetime.now(UTC)
    with _opened(ctx) as session:
        made = add_staff(
            session, now=now, email=email, password=password, role=Role(role), name=name
        )
        record(
            session,
            now=now,
            action="staff.add",
            object_type="staff",
            object_id=made.id,
            detail={"role": role},
        )
        session.commit()
        click.echo(f"{made.email} is on the staff as {made.role}.")


@staff.command()
@_EMAIL
@click.pass_context
def password(ctx: click.Context, email: str) -> None:
    """Set a new password and end all sessions of the account."""
    new = _read_password()
    with _opened(ctx) as session:
        changed = reset_password(session, email=email, new=new)
        _tell(session, changed, "staff.password")
        session.commit()
        click.echo(f"{changed.email} has a new password; all sessions of the account have ended.")


@staff.command("clear-second-step")
@_EMAIL
@click.pass_context
def clear_second_step(ctx: click.Context, email: str) -> None:
    """Take second step and passkeys of an account away, for somebody who has lost the phone."""
    with _opened(ctx) as session:
        member = find_staff(session, parse_address(email).key)
        if member is None:
            raise StaffMissing(email)
        if not leave_only_the_password(session, staff=member):
            click.echo(f"{member.email} has no second step and no passkey.")
            return
        _tell(session, member, "staff.second_step_cleared")
        session.commit()
        click.echo(
            f"The password alone opens the account of {member.email}; all its sessions have ended."
        )


@staff.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def list_command(ctx: click.Context, as_json: bool) -> None:
    """Show everybody."""
    with _opened(ctx) as session:
        everybody = list_staff(session)
        if as_json:
            rows = [
                {
                    "email": one.email,
                    "role": one.role.value,
                    "name": one.name,
                    "active": one.active,
                    "invited": one.invited_at is not None,
                    "logged_in_at": one.logged_in_at.isoformat() if one.logged_in_at else None,
                }
                for one in everybody
            ]
            click.echo(json.dumps({"staff": rows}, ensure_ascii=False))
            return
        for one in everybody:
            state = "" if one.active else "  (closed)"
            state = "  (invited)" if one.invited_at is not None else state
            click.echo(f"{one.role.value:<7}  {one.email}{state}")


def _tell(session: Session, member: Staff, action: str) -> None:
    """Notes it in the audit, and tells the account's owner by mail."""
    now = datetime.now(UTC)
    event = record(session, now=now, action=action, object_type="staff", object_id=member.id)
    warn_staff(session, now=now, staff=member, event=event)


def _read_password() -> str:
    """Asked for twice at a terminal; else the first line of stdin, so that none stands in a
    command line, where others can see it."""
    if sys.stdin.isatty():
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    return sys.stdin.readline().rstrip("\r\n")


@contextmanager
def _opened(ctx: click.Context) -> Iterator[Session]:
    with command_settings(ctx) as settings:
        engine = make_engine(settings.database_url, pool_size=1)
        try:
            with make_sessions(engine)() as session:
                yield session
        except InvalidAddress:
            raise click.UsageError("this is not a mail address") from None
        except WeakPassword as error:
            raise click.UsageError(f"the password is refused: {_WEAK[error.code]}") from None
        except StaffExists as error:
            raise click.ClickException(f"{error} is on the staff already") from None
        except StaffMissing as error:
            raise click.ClickException(f"{error} is not on the staff") from None
        finally:
            engine.dispose()
