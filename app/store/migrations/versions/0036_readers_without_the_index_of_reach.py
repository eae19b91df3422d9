"""What an index of topics and paces was made for is answered by the tally of readers now; without
it a reader's change of topics or pace touches no index"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_subscriber_reach", "subscriber")


def downgrade() -> None:
    op.create_index(
        "ix_subscriber_reach",
        "subscriber",
        ["topic_mask", "cadence", "paused_until"],
        postgresql_where=sa.text("state = 'active'"),
    )
