"""Whether a schedule's editions stand in the archive"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "schedule", sa.Column("public", sa.Boolean(), server_default="true", nullable=False)
    )
    op.execute("update schedule set public = false where cadence = 'instant'")


def downgrade() -> None:
    op.drop_column("schedule", "public")
