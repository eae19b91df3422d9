"""Our copies of the articles' pictures, and the editions that show them.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATE = postgresql.ENUM("pending", "ready", "failed", name="picture_state", create_type=False)


def upgrade() -> None:
    STATE.create(op.get_bind(), checkfirst=False)
    op.create_table(
        "picture",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("url_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("width", sa.Integer(), server_default="0", nullable=False),
        sa.Column("height", sa.Integer(), server_default="0", nullable=False),
        sa.Column("body", postgresql.BYTEA(), nullable=True),
        sa.Column("small", postgresql.BYTEA(), nullable=True),
        sa.CheckConstraint(
            "state <> 'ready' or (name <> '' and body is not null and small is not null)",
            name=op.f("ck_picture_ready_is_whole"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("url_hash", name=op.f("uq_picture_url_hash")),
    )
    # JPEGs do not get smaller, and an update of the row leaves them where they are.
    op.execute("alter table picture alter body set storage external")
    op.execute("alter table picture alter small set storage external")
    op.create_index(
        "ix_picture_name", "picture", ["name"], postgresql_where=sa.text("state = 'ready'")
    )
    op.create_index(
        "ix_picture_retry_at",
        "picture",
        ["retry_at"],
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "campaign_picture",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_campaign_picture_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["picture.id"], name=op.f("fk_campaign_picture_picture_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "picture_id", name=op.f("pk_campaign_picture")),
    )
    op.create_index(op.f("ix_campaign_picture_picture_id"), "campaign_picture", ["picture_id"])
    # The pictures of what readers see at present; the workers fetch them in their own time.
    op.execute(
        """
        insert into picture (url_hash, url, state, wanted_at, retry_at)
        select sha256(convert_to(image_url, 'UTF8')), image_url, 'pending', now(), now()
        from article
        where image_url <> '' and ingested_at > now() - interval '30 days'
        group by image_url
        """
    )


def downgrade() -> None:
    op.drop_table("campaign_picture")
    op.drop_table("picture")
    STATE.drop(op.get_bind(), checkfirst=False)
