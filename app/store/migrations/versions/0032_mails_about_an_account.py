"""Mails that tell somebody of the staff what happened to their account"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "notice",
        sa.Column(
            "event_id",
            sa.BigInteger(),
            sa.ForeignKey(
                "audit_event.id", name="fk_notice_event_id_audit_event", ondelete="CASCADE"
            ),
        ),
    )
    op.execute("alter type notice_kind add value if not exists 'security'")


def downgrade() -> None:
    op.execute("delete from notice where kind = 'security'")
    op.drop_column("notice", "event_id")
