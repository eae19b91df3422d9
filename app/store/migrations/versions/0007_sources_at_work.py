"""Sources at work: their categories, their last failure, subscriptions at hubs and pushes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

HUB_STATE = postgresql.ENUM(
    "wanted", "asked", "verified", "refused", name="hub_state", create_type=False
)
MOMENT = sa.DateTime(timezone=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def upgrade() -> None:
    HUB_STATE.create(op.get_bind())
    op.add_column("source", sa.Column("failed_at", MOMENT, nullable=True))
    op.add_column("source", _text("failed_code"))
    op.add_column("source", _text("moved_from"))
    op.add_column(
        "article",
        sa.Column("categories", postgresql.JSONB(), server_default="[]", nullable=False),
    )
    op.create_table(
        "source_category",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("ignored", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["source.id"],
            name=op.f("fk_source_category_source_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_source_category_topic_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_category")),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_source_category_source_id_key")),
    )
    op.create_table(
        "hub",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("topic_url", sa.Text(), nullable=False),
        sa.Column("state", HUB_STATE, nullable=False),
        _text("secret"),
        _text("next_secret"),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("pushed_at", MOMENT, nullable=True),
        _text("reason"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_hub_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_hub")),
    )
    op.create_table(
        "hub_push",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("digest", postgresql.BYTEA(), nullable=False),
        _text("content_type"),
        sa.Column("body", postgresql.BYTEA(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_hub_push_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_push")),
        sa.UniqueConstraint("source_id", "digest", name=op.f("uq_hub_push_source_id_digest")),
    )
    op.create_index("ix_hub_push_next_at", "hub_push", ["next_at"])


def downgrade() -> None:
    for table in ("hub_push", "hub", "source_category"):
        op.drop_table(table)
    op.drop_column("article", "categories")
    for name in ("moved_from", "failed_code", "failed_at"):
        op.drop_column("source", name)
    HUB_STATE.drop(op.get_bind())
