"""Reads for the pages about the staff."""

from __future__ import annotations

from sqlalchemy import Select, func, or_, select

from app.store.tables import Staff


def everybody(words_pattern: str | None) -> Select[Staff]:
    """Those who may log in first, by name or address."""
    query = select(Staff).order_by(
        Staff.active.desc(),
        func.lower(func.coalesce(func.nullif(Staff.name, ""), Staff.email_key)),
        Staff.id,
    )
    if words_pattern is not None:
        query = query.where(
            or_(Staff.email_key.like(words_pattern), func.lower(Staff.name).like(words_pattern))
        )
    return query
