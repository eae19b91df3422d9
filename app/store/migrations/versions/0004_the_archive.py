"""The archive of editions, and whether a campaign stands in it"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "campaign",
        sa.Column("public", sa.Boolean(), server_default="true", nullable=False),
    )
    op.execute("update campaign set public = false where kind = 'announcement'")
    op.create_table(
        "edition",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("stories", postgresql.JSONB(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column(
            "searchable",
            postgresql.TSVECTOR(),
            sa.Computed("array_to_tsvector(string_to_array(folded, ' '))", persisted=True),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_edition_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_edition")),
    )
    op.create_index("ix_edition_sent_at", "edition", ["sent_at"])
    op.create_index("ix_edition_searchable", "edition", ["searchable"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_table("edition")
    op.drop_column("campaign", "public")
