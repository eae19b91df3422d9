"""Topics that were merged into another or removed"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_topic",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("bit", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer()),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["into_id"], ["topic.id"], name="fk_former_topic_into_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_former_topic"),
        sa.UniqueConstraint("bit", name="uq_former_topic_bit"),
    )


def downgrade() -> None:
    op.drop_table("former_topic")
