"""Audit rows that commands of a test have committed: they would be there in every later test."""

from __future__ import annotations

from sqlalchemy import Connection, text


def forget(connection: Connection, object_type: str) -> None:
    """Removes them past the triggers that keep everybody else from it."""
    connection.execute(text("set local session_replication_role = replica"))
    connection.execute(
        text("delete from audit_event where object_type = :type"), {"type": object_type}
    )
    connection.execute(text("set local session_replication_role = origin"))
