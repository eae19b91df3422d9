"""The brand: one row of what editors chose, and the logos that were ever in use."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "logo",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("png", postgresql.BYTEA(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_logo")),
    )
    op.create_table(
        "brand",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("site_name", sa.Text(), nullable=False),
        sa.Column("postal_address", sa.Text(), nullable=False),
        sa.Column("footer", sa.Text(), nullable=False),
        sa.Column("digits", sa.Text(), nullable=False),
        sa.Column("months", sa.Text(), nullable=False),
        sa.Column("hijri", sa.Boolean(), nullable=False),
        sa.Column("colours", postgresql.JSONB(), nullable=False),
        sa.Column("social", postgresql.JSONB(), nullable=False),
        sa.Column("logo_name", sa.Text(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_brand_one_row")),
        sa.ForeignKeyConstraint(["logo_name"], ["logo.name"], name=op.f("fk_brand_logo_name")),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["staff.id"], name=op.f("fk_brand_changed_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand")),
    )


def downgrade() -> None:
    op.drop_table("brand")
    op.drop_table("logo")
