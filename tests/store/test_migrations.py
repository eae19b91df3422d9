"""The migrations and the tables as the program knows them: two tellings of one schema."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.store.tables import Base


def test_the_migrated_schema_is_the_one_of_the_tables(session: Session) -> None:
    context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
    assert compare_metadata(context, Base.metadata) == []


def test_checks_and_partial_indexes_are_there_too(session: Session) -> None:
    """These the comparison does not see."""
    checks = set(session.scalars(text("select conname from pg_constraint where contype = 'c'")))
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            if constraint.__class__.__name__ == "CheckConstraint":
                assert constraint.name in checks, constraint.name
