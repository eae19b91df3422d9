"""Runs of the preflight, answers of addresses, and test mails"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STATE = postgresql.ENUM(
    "pending", "running", "done", "failed", name="preflight_state", create_type=False
)


def upgrade() -> None:
    op.execute("alter type notice_kind add value if not exists 'test'")
    STATE.create(op.get_bind(), checkfirst=True)
    op.create_table(
        "preflight_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column(
            "campaign_id",
            sa.Integer(),
            sa.ForeignKey("campaign.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("state", STATE, nullable=False),
        sa.Column("content_hash", postgresql.BYTEA()),
        sa.Column("requested_by", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True)),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("findings", postgresql.JSONB(), nullable=False),
        sa.Column("lists", postgresql.JSONB(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("accepted_by", sa.Integer(), sa.ForeignKey("staff.id")),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "ix_preflight_run_live",
        "preflight_run",
        ["campaign_id"],
        unique=True,
        postgresql_where=sa.text("state in ('pending', 'running')"),
    )
    op.create_index("ix_preflight_run_campaign_id_id", "preflight_run", ["campaign_id", "id"])
    op.create_table(
        "link_check",
        sa.Column("url_hash", postgresql.BYTEA(), primary_key=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_link_check_checked_at", "link_check", ["checked_at"])
    op.create_table(
        "test_mail",
        sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True),
        sa.Column(
            "campaign_id",
            sa.Integer(),
            sa.ForeignKey("campaign.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), sa.ForeignKey("staff.id")),
    )
    op.add_column(
        "notice",
        sa.Column("test_mail_id", sa.Integer(), sa.ForeignKey("test_mail.id", ondelete="CASCADE")),
    )
