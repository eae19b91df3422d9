"""What owners chose in admin in the place of what the environment says."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import Base, json_value, timestamp


class SendingChoice(Base):
    """One row at most: how fast may be sent. None was not chosen and comes from the environment;
    0 is no limit. `warmup` is {"begins": day, "limits": [...]}, the limits empty for no warm-up."""

    __tablename__ = "sending_choice"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    per_second: Mapped[int | None]
    per_hour: Mapped[int | None]
    per_day: Mapped[int | None]
    connections: Mapped[int | None]
    warmup: Mapped[json_value | None]
    dkim_selector: Mapped[str] = mapped_column(default="", server_default="")
    changed_at: Mapped[timestamp]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
