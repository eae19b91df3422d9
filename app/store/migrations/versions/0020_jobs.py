"""Jobs: long work in steps, with its files; and mails that tell of one"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KIND = postgresql.ENUM(
    "check_import", "import", "undo_import", "export_readers", name="job_kind", create_type=False
)
STATE = postgresql.ENUM(
    "draft",
    "waiting",
    "running",
    "done",
    "failed",
    "cancelled",
    name="job_state",
    create_type=False,
)
FILE = postgresql.ENUM("upload", "result", "refused", name="job_file", create_type=False)


def upgrade() -> None:
    for enum in (KIND, STATE, FILE):
        enum.create(op.get_bind())
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("of_id", sa.Integer()),
        sa.Column("staff_id", sa.Integer()),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("finished_at", MOMENT),
        sa.Column("token", sa.Uuid()),
        sa.Column("leased_until", MOMENT),
        sa.Column("queued_at", MOMENT),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["of_id"], ["job.id"], name="fk_job_of_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name="fk_job_staff_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_index(
        "ix_job_undone",
        "job",
        ["id"],
        postgresql_where=sa.text("state in ('waiting', 'running')"),
    )
    op.create_index("uq_job_of_id_kind", "job", ["of_id", "kind"], unique=True)
    op.create_index("ix_job_kind_id", "job", ["kind", "id"])
    op.create_table(
        "job_part",
        _job_key("job_part"),
        sa.Column("file", FILE, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", postgresql.BYTEA(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "file", "number", name="pk_job_part"),
    )
    for table, column in (("import_reader", "subscriber_id"), ("import_key", "key_hash")):
        op.create_table(
            table,
            _job_key(table),
            sa.Column(column, sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint("job_id", column, name=f"pk_{table}"),
        )
    op.add_column(
        "notice",
        sa.Column(
            "job_id",
            sa.Integer(),
            sa.ForeignKey("job.id", name="fk_notice_job_id_job", ondelete="CASCADE"),
        ),
    )
    op.execute("alter type notice_kind add value if not exists 'export_ready'")


def _job_key(table: str) -> sa.Column[int]:
    key = sa.ForeignKey("job.id", name=f"fk_{table}_job_id", ondelete="CASCADE")
    return sa.Column("job_id", sa.Integer(), key, nullable=False)


def downgrade() -> None:
    op.execute("delete from notice where kind = 'export_ready'")
    op.drop_column("notice", "job_id")
    for table in ("import_key", "import_reader", "job_part", "job"):
        op.drop_table(table)
    for enum in (FILE, STATE, KIND):
        enum.drop(op.get_bind())
