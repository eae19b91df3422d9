"""What readers had before a change of many, so that it can be undone"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

CADENCE = postgresql.ENUM(name="cadence", create_type=False)


def upgrade() -> None:
    op.execute("alter type job_kind add value if not exists 'undo_change'")
    op.create_table(
        "changed_reader",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger(), nullable=False),
        sa.Column("cadence_before", CADENCE, nullable=False),
        sa.Column("mask_before", sa.BigInteger(), nullable=False),
        sa.Column("cadence_after", CADENCE, nullable=False),
        sa.Column("mask_after", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["job.id"], name="fk_changed_reader_job_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "subscriber_id", name="pk_changed_reader"),
    )


def downgrade() -> None:
    """The value of the type stays: PostgreSQL takes none away, and nothing minds it."""
    op.drop_table("changed_reader")
    op.execute("delete from job where kind = 'undo_change'")
