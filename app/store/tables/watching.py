"""What home and the metrics read instead of counting: signs of life, and a row of counts a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import Base, json_value, timestamp


class Pulse(Base):
    """When something that reports about itself did so last, and what it said: a worker, a clock,
    a check of DNS or of the mail server. An old one tells that nothing has come since."""

    __tablename__ = "pulse"

    kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[timestamp]
    detail: Mapped[json_value]


class ReaderDay(Base):
    """How many readers there were at the end of a day of the site's time, and how many came and
    went in it; of the present day, so far."""

    __tablename__ = "reader_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    active: Mapped[int]
    unsubscribed: Mapped[int] = mapped_column(default=0, server_default="0")
    suppressed: Mapped[int] = mapped_column(default=0, server_default="0")
    waiting: Mapped[int] = mapped_column(default=0, server_default="0")
    gained: Mapped[int]
    lost: Mapped[int]
    counted_at: Mapped[timestamp]
