"""Jobs that change many readers at once"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter type job_kind add value if not exists 'change_readers'")


def downgrade() -> None:
    op.execute("delete from job where kind = 'change_readers'")
