"""Staff who were invited by mail, and the notices that invite and let a password be set anew"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for kind in ("invitation", "password_reset"):
        op.execute(f"alter type notice_kind add value if not exists '{kind}'")
    op.add_column("staff", sa.Column("invited_at", sa.DateTime(timezone=True)))
    op.add_column("staff", sa.Column("invited_by", sa.Integer()))
    op.create_foreign_key(
        "fk_staff_invited_by_staff", "staff", "staff", ["invited_by"], ["id"], ondelete="SET NULL"
    )


def downgrade() -> None:
    op.execute("delete from notice where kind in ('invitation', 'password_reset')")
    op.drop_column("staff", "invited_by")
    op.drop_column("staff", "invited_at")
