"""Editions in each reader's own morning; when a reader chose another pace"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "schedule", sa.Column("own_morning", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("schedule", sa.Column("next_day", sa.Date(), nullable=True))
    op.add_column("campaign", sa.Column("morning_day", sa.Date(), nullable=True))
    op.add_column("campaign", sa.Column("morning_time", sa.Time(), nullable=True))
    op.add_column(
        "campaign", sa.Column("morning_zone", sa.Text(), server_default="", nullable=False)
    )
    op.add_column("subscriber", sa.Column("cadence_changed_at", MOMENT, nullable=True))
    op.create_index(
        "ix_subscriber_cadence_changed_at",
        "subscriber",
        ["cadence_changed_at"],
        postgresql_where=sa.text("cadence_changed_at is not null"),
    )
    op.add_column("signup", sa.Column("timezone", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("signup", "timezone")
    op.drop_index("ix_subscriber_cadence_changed_at", table_name="subscriber")
    op.drop_column("subscriber", "cadence_changed_at")
    for name in ("morning_zone", "morning_time", "morning_day"):
        op.drop_column("campaign", name)
    for name in ("next_day", "own_morning"):
        op.drop_column("schedule", name)
