"""Upkeep of the ledger's table, which the server does not tidy up by itself while mail goes out."""

from __future__ import annotations

from sqlalchemy import Engine, text


def vacuum_ledger(engine: Engine) -> None:
    """Gives the room of removed deliveries back to later ones. Blocks no worker."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum (analyze) delivery"))
