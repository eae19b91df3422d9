"""The audit is looked into by who, what and which object, the newest first"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_audit_event_at_id": ["at", "id"],
    "ix_audit_event_staff_id_at_id": ["staff_id", "at", "id"],
    "ix_audit_event_action_at_id": ["action", "at", "id"],
    "ix_audit_event_object_type_object_id_at_id": ["object_type", "object_id", "at", "id"],
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.create_index(name, "audit_event", columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "audit_event")
