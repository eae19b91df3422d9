"""The web sites on which the sign-up box may stand"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allowed_origin",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["staff.id"],
            name="fk_allowed_origin_created_by_staff",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_allowed_origin"),
        sa.UniqueConstraint("origin", name="uq_allowed_origin_origin"),
    )


def downgrade() -> None:
    op.drop_table("allowed_origin")
