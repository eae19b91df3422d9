"""Days of a schedule, runs that wait for approval, and slots that passed without a run"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

APPROVAL = postgresql.ENUM("waiting", "held", "approved", name="approval", create_type=False)
MISS_REASON = postgresql.ENUM("paused", "not_running", name="miss_reason", create_type=False)


def upgrade() -> None:
    op.execute("alter type notice_kind add value if not exists 'approval'")
    APPROVAL.create(op.get_bind())
    MISS_REASON.create(op.get_bind())
    for column in (
        sa.Column("days", sa.SmallInteger(), server_default="127", nullable=False),
        sa.Column("needs_approval", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("approval_lead", sa.Integer(), server_default="60", nullable=False),
        sa.Column("approval_limit", sa.Integer(), server_default="120", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
    ):
        op.add_column("schedule", column)
    op.add_column("campaign", sa.Column("approval", APPROVAL))
    op.add_column("campaign", sa.Column("approve_by", sa.DateTime(timezone=True)))
    op.add_column("campaign", sa.Column("decided_at", sa.DateTime(timezone=True)))
    op.add_column("campaign", sa.Column("decided_by", sa.Integer()))
    op.create_foreign_key(
        "fk_campaign_decided_by_staff", "campaign", "staff", ["decided_by"], ["id"]
    )
    op.create_index(
        "ix_campaign_undecided",
        "campaign",
        ["approve_by"],
        postgresql_where="state = 'draft' and approve_by is not null",
    )
    op.create_table(
        "missed_run",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("slot_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", MISS_REASON, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedule.id"],
            name="fk_missed_run_schedule_id_schedule",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("schedule_id", "slot_at", name="pk_missed_run"),
    )


def downgrade() -> None:
    op.execute("delete from notice where kind = 'approval'")
    op.drop_table("missed_run")
    op.drop_index("ix_campaign_undecided", "campaign")
    for column in ("decided_by", "decided_at", "approve_by", "approval"):
        op.drop_column("campaign", column)
    for column in ("version", "approval_limit", "approval_lead", "needs_approval", "days"):
        op.drop_column("schedule", column)
    MISS_REASON.drop(op.get_bind())
    APPROVAL.drop(op.get_bind())
