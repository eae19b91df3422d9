"""Two subjects tried on a share of the readers, and the chunks that wait for the better one"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter type chunk_state add value if not exists 'held' before 'open'")
    op.create_table(
        "subject_test",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("subject_b", sa.Text(), nullable=False),
        sa.Column("share", sa.SmallInteger(), nullable=False),
        sa.Column("hours", sa.SmallInteger(), nullable=False),
        sa.Column("decide_at", sa.DateTime(timezone=True)),
        sa.Column("winner", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Integer()),
        sa.Column("numbers", postgresql.JSONB()),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name="fk_subject_test_campaign_id_campaign",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["staff.id"],
            name="fk_subject_test_decided_by_staff",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_subject_test"),
    )
    op.create_index(
        "ix_subject_test_undecided",
        "subject_test",
        ["decide_at"],
        postgresql_where=sa.text("winner = '' and decide_at is not null"),
    )
    for table, column in (("variant", "article_ids"), ("campaign_link", "place")):
        op.add_column(table, sa.Column("letter", sa.Text(), server_default="", nullable=False))
        op.drop_constraint(f"uq_{table}_campaign_id_{column}", table)
        op.create_unique_constraint(
            f"uq_{table}_campaign_id_letter_{column}", table, ["campaign_id", "letter", column]
        )


def downgrade() -> None:
    """The value of the type stays: PostgreSQL takes none away, and nothing minds it."""
    for table, column in (("variant", "article_ids"), ("campaign_link", "place")):
        op.execute(f"delete from {table} where letter = 'b'")
        op.drop_constraint(f"uq_{table}_campaign_id_letter_{column}", table)
        op.create_unique_constraint(
            f"uq_{table}_campaign_id_{column}", table, ["campaign_id", column]
        )
        op.drop_column(table, "letter")
    op.drop_table("subject_test")
