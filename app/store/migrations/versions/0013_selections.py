"""Campaigns of articles that an editor chose and put in order, and the line behind a subject.

An alert's topics say whom it is for, as every other campaign's do; those that wait to be sent
get the topics of their article, which is what counted until now. The index answers how many
readers a campaign would reach without reading their rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter type campaign_kind add value if not exists 'selection'")
    op.add_column("campaign", sa.Column("preheader", sa.Text(), server_default="", nullable=False))
    op.execute("""
        update campaign k set topic_mask = a.topic_mask from article a
        where k.kind = 'alert' and k.topic_mask = 0 and a.id = k.article_ids[1]
          and k.state in ('draft', 'scheduled', 'preparing')
    """)
    op.create_index(
        "ix_subscriber_reach",
        "subscriber",
        ["topic_mask", "cadence", "paused_until"],
        postgresql_where=sa.text("state = 'active'"),
    )


def downgrade() -> None:
    """The value of the type stays: PostgreSQL takes none away, and nothing minds it."""
    op.drop_index("ix_subscriber_reach", "subscriber")
    op.execute("update campaign set kind = 'digest' where kind = 'selection'")
    op.drop_column("campaign", "preheader")
