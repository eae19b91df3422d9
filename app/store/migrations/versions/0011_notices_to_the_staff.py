"""Notices to somebody of the staff, and about a campaign"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("staff", "campaign"):
        op.add_column("notice", sa.Column(f"{table}_id", sa.Integer()))
        op.create_foreign_key(
            f"fk_notice_{table}_id_{table}",
            "notice",
            table,
            [f"{table}_id"],
            ["id"],
            ondelete="CASCADE",
        )


def downgrade() -> None:
    op.drop_column("notice", "campaign_id")
    op.drop_column("notice", "staff_id")
