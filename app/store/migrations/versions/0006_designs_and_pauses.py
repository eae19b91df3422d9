"""Designs of campaigns and schedules, and readers who pause.

Campaigns that exist get the design they had: the one of their kind.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DESIGN = postgresql.ENUM(
    "morning", "brief", "alert", "letter", name="edition_design", create_type=False
)


def upgrade() -> None:
    DESIGN.create(op.get_bind())
    for table in ("campaign", "schedule"):
        op.add_column(table, sa.Column("design", DESIGN, server_default="morning", nullable=False))
        op.alter_column(table, "design", server_default=None)
    op.execute("update campaign set design = 'alert' where kind = 'alert'")
    op.execute("update campaign set design = 'letter' where kind = 'announcement'")
    op.add_column("subscriber", sa.Column("paused_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("subscriber", "paused_until")
    for table in ("campaign", "schedule"):
        op.drop_column(table, "design")
    DESIGN.drop(op.get_bind())
