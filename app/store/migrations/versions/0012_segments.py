"""Segments of readers, and campaigns and schedules that are meant for one"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "segment",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filter", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["created_by"], ["staff.id"], name="fk_segment_created_by_staff", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_segment"),
        sa.UniqueConstraint("name", name="uq_segment_name"),
    )
    op.add_column("schedule", sa.Column("segment_id", sa.Integer()))
    op.create_foreign_key(
        "fk_schedule_segment_id_segment", "schedule", "segment", ["segment_id"], ["id"]
    )
    op.add_column("campaign", sa.Column("segment", postgresql.JSONB()))
    op.add_column(
        "campaign", sa.Column("segment_name", sa.Text(), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("campaign", "segment_name")
    op.drop_column("campaign", "segment")
    op.drop_column("schedule", "segment_id")
    op.drop_table("segment")
