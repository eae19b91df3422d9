"""Why the mail server of a campaign that is sending cannot be reached"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("trouble", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("campaign", "trouble")
