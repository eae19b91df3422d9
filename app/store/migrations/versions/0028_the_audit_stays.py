"""Nothing is ever deleted from the audit, nor is it emptied"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create function never_deleted() returns trigger language plpgsql as $$
        begin
            raise exception '% is append-only', tg_table_name;
        end
        $$
    """)
    for kind, each in (("delete", "row"), ("truncate", "statement")):
        op.execute(
            f"create trigger audit_event_no_{kind} before {kind} on audit_event "
            f"for each {each} execute function never_deleted()"
        )


def downgrade() -> None:
    for kind in ("delete", "truncate"):
        op.execute(f"drop trigger audit_event_no_{kind} on audit_event")
    op.execute("drop function never_deleted")
