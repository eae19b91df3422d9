"""What came back of mails, beside the deliveries, and how much of it a campaign had"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KIND = postgresql.ENUM("soft", "hard", "complaint", name="bounce_kind", create_type=False)


def upgrade() -> None:
    KIND.create(op.get_bind())
    op.create_table(
        "bounce",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name="fk_bounce_campaign_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name="fk_bounce_subscriber_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "ordinal", name="pk_bounce"),
    )
    op.create_index("ix_bounce_subscriber_id_at", "bounce", ["subscriber_id", "at"])
    op.create_index("ix_bounce_at", "bounce", ["at"])
    op.create_table(
        "bounce_tally",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hard", sa.Integer(), server_default="0", nullable=False),
        sa.Column("soft", sa.Integer(), server_default="0", nullable=False),
        sa.Column("complaint", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name="fk_bounce_tally_campaign_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_bounce_tally"),
    )
    op.create_table(
        "feedback_tally",
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("outcome", name="pk_feedback_tally"),
    )
    op.add_column("notice", sa.Column("bounced_at", MOMENT, nullable=True))


def downgrade() -> None:
    op.drop_column("notice", "bounced_at")
    op.drop_table("feedback_tally")
    op.drop_table("bounce_tally")
    op.drop_table("bounce")
    KIND.drop(op.get_bind())
