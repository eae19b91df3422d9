"""Links of campaigns and their clicks by hour; who left out of a campaign is found by its number"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_link",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_campaign_link_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_link")),
        sa.UniqueConstraint(
            "campaign_id", "place", name=op.f("uq_campaign_link_campaign_id_place")
        ),
    )
    op.create_table(
        "link_clicks",
        sa.Column("link_id", sa.BigInteger(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("machines", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["campaign_link.id"],
            name=op.f("fk_link_clicks_link_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("link_id", "hour", name=op.f("pk_link_clicks")),
    )
    op.create_index(
        "ix_consent_event_left",
        "consent_event",
        ["campaign_id"],
        postgresql_where=sa.text("kind = 'unsubscribed' and campaign_id is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_consent_event_left", "consent_event")
    op.drop_table("link_clicks")
    op.drop_table("campaign_link")
