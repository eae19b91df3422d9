"""Counts of a finished campaign beside it: lists read them, not its chunks"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("sent", sa.Integer(), nullable=True))
    op.add_column("campaign", sa.Column("failed", sa.Integer(), nullable=True))
    op.execute("""
        update campaign k set sent = c.sent, failed = c.failed
        from (select campaign_id, sum(sent) as sent, sum(failed) as failed
              from chunk group by campaign_id) as c
        where c.campaign_id = k.id and k.state = 'finished'
    """)


def downgrade() -> None:
    op.drop_column("campaign", "failed")
    op.drop_column("campaign", "sent")
