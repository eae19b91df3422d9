"""Articles from anywhere: by address, by hand and pushed; edited, withdrawn; tokens of a CMS"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ORIGIN = postgresql.ENUM("feed", "link", "hand", "push", name="origin", create_type=False)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    ORIGIN.create(op.get_bind())
    op.add_column(
        "source", sa.Column("follow_links", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("article", sa.Column("origin", ORIGIN, server_default="feed", nullable=False))
    op.add_column("article", sa.Column("edited_at", MOMENT, nullable=True))
    op.add_column("article", sa.Column("withdrawn_at", MOMENT, nullable=True))
    op.alter_column("article", "source_id", nullable=True)
    op.create_check_constraint(
        op.f("ck_article_origin_of_source"),
        "article",
        "(origin = 'feed') = (source_id is not null)",
    )
    op.create_index(
        "uq_article_guid_without_source",
        "article",
        ["guid"],
        unique=True,
        postgresql_where=sa.text("source_id is null"),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["staff.id"],
            name=op.f("fk_api_token_created_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("api_token")
    op.execute("delete from article where source_id is null")
    op.drop_index("uq_article_guid_without_source", table_name="article")
    op.drop_constraint(op.f("ck_article_origin_of_source"), "article", type_="check")
    op.alter_column("article", "source_id", nullable=False)
    for name in ("withdrawn_at", "edited_at", "origin"):
        op.drop_column("article", name)
    op.drop_column("source", "follow_links")
    ORIGIN.drop(op.get_bind())
