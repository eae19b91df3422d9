"""The first schema"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DELIVERY_STATE = postgresql.ENUM(
    "pending",
    "handing",
    "sent",
    "failed",
    "deferred",
    "skipped",
    "unknown",
    name="delivery_state",
    create_type=False,
)
CADENCE = postgresql.ENUM("instant", "daily", "weekly", name="cadence", create_type=False)
ROLE = postgresql.ENUM("owner", "editor", "author", "viewer", name="role", create_type=False)
SUBSCRIBER_STATE = postgresql.ENUM(
    "active", "unsubscribed", "suppressed", name="subscriber_state", create_type=False
)
CONSENT_KIND = postgresql.ENUM(
    "asked",
    "confirmed",
    "imported",
    "changed",
    "unsubscribed",
    "suppressed",
    name="consent_kind",
    create_type=False,
)
NOTICE_KIND = postgresql.ENUM(
    "confirm", "already_subscribed", name="notice_kind", create_type=False
)
NOTICE_STATE = postgresql.ENUM(
    "pending", "handing", "sent", "failed", name="notice_state", create_type=False
)
CAMPAIGN_KIND = postgresql.ENUM(
    "digest", "alert", "announcement", name="campaign_kind", create_type=False
)
CAMPAIGN_STATE = postgresql.ENUM(
    "draft",
    "scheduled",
    "preparing",
    "sending",
    "paused",
    "finished",
    "cancelled",
    "skipped",
    "needs_review",
    name="campaign_state",
    create_type=False,
)
UNCERTAIN_POLICY = postgresql.ENUM("resend", "hold", name="uncertain_policy", create_type=False)
CHUNK_STATE = postgresql.ENUM("open", "leased", "done", name="chunk_state", create_type=False)
ENUMS = (
    DELIVERY_STATE,
    CADENCE,
    ROLE,
    SUBSCRIBER_STATE,
    CONSENT_KIND,
    NOTICE_KIND,
    NOTICE_STATE,
    CAMPAIGN_KIND,
    CAMPAIGN_STATE,
    UNCERTAIN_POLICY,
    CHUNK_STATE,
)

APPEND_ONLY = """
create function append_only() returns trigger language plpgsql as $$
declare
    before jsonb := to_jsonb(old) - array['ip', 'user_agent'];
    after jsonb := to_jsonb(new) - array['ip', 'user_agent'];
begin
    if before <> after or new.ip is not null then
        raise exception '% is append-only', tg_table_name;
    end if;
    return new;
end
$$
"""


def upgrade() -> None:
    for enum in ENUMS:
        enum.create(op.get_bind())
    op.create_table(
        "delivery",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger(), nullable=False),
        sa.Column("state", DELIVERY_STATE, server_default="pending", nullable=False),
        sa.Column("attempt", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("code", sa.SmallInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("campaign_id", "ordinal", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "campaign_id", "subscriber_id", name=op.f("uq_delivery_campaign_id_subscriber_id")
        ),
        postgresql_with={
            "fillfactor": "45",
            "autovacuum_vacuum_threshold": "2000000",
            "autovacuum_vacuum_scale_factor": "1.0",
            "autovacuum_vacuum_insert_threshold": "2000000",
            "autovacuum_vacuum_insert_scale_factor": "1.0",
        },
    )
    op.create_table(
        "signup",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("cadence", CADENCE, nullable=False),
        sa.Column("topic_mask", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("wording_version", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("ip", postgresql.INET(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup")),
    )
    op.create_index(
        "ix_signup_email_key_asked_at", "signup", ["email_key", "asked_at"], unique=False
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", ROLE, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("logged_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email_key", name=op.f("uq_staff_email_key")),
    )
    op.create_table(
        "subscriber",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("state", SUBSCRIBER_STATE, nullable=False),
        sa.Column("cadence", CADENCE, nullable=False),
        sa.Column("topic_mask", sa.BigInteger(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
        sa.UniqueConstraint("email_key", name=op.f("uq_subscriber_email_key")),
        postgresql_with={"fillfactor": "85"},
    )
    op.create_index(
        "ix_subscriber_active_id",
        "subscriber",
        ["id"],
        unique=False,
        postgresql_where="state = 'active'",
    )
    op.create_table(
        "suppression",
        sa.Column("address_hmac", postgresql.BYTEA(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hmac", name=op.f("pk_suppression")),
    )
    op.create_table(
        "topic",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name_ar", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("bit", sa.Integer(), nullable=False),
        sa.CheckConstraint("bit between 0 and 61", name=op.f("ck_topic_bit_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("bit", name=op.f("uq_topic_bit")),
        sa.UniqueConstraint("slug", name=op.f("uq_topic_slug")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ip", postgresql.INET(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_audit_event_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_table(
        "consent_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", CONSENT_KIND, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("wording_version", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("cadence", CADENCE, nullable=False),
        sa.Column("topic_mask", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("ip", postgresql.INET(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name=op.f("fk_consent_event_subscriber_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
    )
    op.create_index(
        "ix_consent_event_subscriber_id_at", "consent_event", ["subscriber_id", "at"], unique=False
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", NOTICE_KIND, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("signup_id", sa.BigInteger(), nullable=True),
        sa.Column("subscriber_id", sa.BigInteger(), nullable=True),
        sa.Column("state", NOTICE_STATE, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signup_id"], ["signup.id"], name=op.f("fk_notice_signup_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name=op.f("fk_notice_subscriber_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(
        "ix_notice_retry_at",
        "notice",
        ["retry_at"],
        unique=False,
        postgresql_where="state in ('pending', 'handing')",
    )
    op.create_table(
        "schedule",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cadence", CADENCE, nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=True),
        sa.Column("local_time", sa.Time(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("topic_mask", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("min_articles", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_schedule_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_poll_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=False),
        sa.Column("error_detail", sa.Text(), nullable=False),
        sa.Column(
            "problems",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_source_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("url", name=op.f("uq_source_url")),
    )
    op.create_table(
        "article",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("topic_mask", sa.BigInteger(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("content_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kicker", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("standfirst", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("image_url", sa.Text(), nullable=False),
        sa.Column("image_alt", sa.Text(), nullable=False),
        sa.Column("image_caption", sa.Text(), nullable=False),
        sa.Column("byline", sa.Text(), nullable=False),
        sa.Column("related", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_article_source_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_article_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("source_id", "guid", name=op.f("uq_article_source_id_guid")),
    )
    op.create_index("ix_article_ingested_at", "article", ["ingested_at"], unique=False)
    op.create_index("ix_article_published_at", "article", ["published_at"], unique=False)
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", CAMPAIGN_KIND, nullable=False),
        sa.Column("state", CAMPAIGN_STATE, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("topic_mask", sa.BigInteger(), nullable=False),
        sa.Column("article_ids", postgresql.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("cadences", postgresql.ARRAY(CADENCE), nullable=True),
        sa.Column("policy", UNCERTAIN_POLICY, nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=True),
        sa.Column("slot_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("min_articles", sa.Integer(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_campaign_created_by")),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedule.id"], name=op.f("fk_campaign_schedule_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("schedule_id", "slot_at", name=op.f("uq_campaign_schedule_id_slot_at")),
    )
    op.create_index(
        "ix_campaign_live",
        "campaign",
        ["state"],
        unique=False,
        postgresql_where="state in ('scheduled', 'preparing', 'sending', 'paused')",
    )
    op.create_table(
        "variant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("article_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_variant_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variant")),
        sa.UniqueConstraint(
            "campaign_id", "article_ids", name=op.f("uq_variant_campaign_id_article_ids")
        ),
    )
    op.create_index(
        "ix_variant_article_ids", "variant", ["article_ids"], unique=False, postgresql_using="gin"
    )
    op.create_table(
        "chunk",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("date_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", CHUNK_STATE, nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("journal", sa.Text(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leases", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("deferred", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_chunk_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_chunk_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chunk")),
        sa.UniqueConstraint("campaign_id", "first", name=op.f("uq_chunk_campaign_id_first")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_index(
        "ix_chunk_undone",
        "chunk",
        ["campaign_id", "due_at"],
        unique=False,
        postgresql_where="state <> 'done'",
    )
    op.execute(APPEND_ONLY)
    for table in ("consent_event", "audit_event"):
        op.execute(
            f"create trigger {table}_append_only before update on {table} "
            "for each row execute function append_only()"
        )


def downgrade() -> None:
    op.drop_index("ix_chunk_undone", table_name="chunk", postgresql_where="state <> 'done'")
    op.drop_table("chunk")
    op.drop_index("ix_variant_article_ids", table_name="variant", postgresql_using="gin")
    op.drop_table("variant")
    op.drop_index(
        "ix_campaign_live",
        table_name="campaign",
        postgresql_where="state in ('scheduled', 'preparing', 'sending', 'paused')",
    )
    op.drop_table("campaign")
    op.drop_index("ix_article_published_at", table_name="article")
    op.drop_index("ix_article_ingested_at", table_name="article")
    op.drop_table("article")
    op.drop_table("source")
    op.drop_table("schedule")
    op.drop_index(
        "ix_notice_retry_at",
        table_name="notice",
        postgresql_where="state in ('pending', 'handing')",
    )
    op.drop_table("notice")
    op.drop_index("ix_consent_event_subscriber_id_at", table_name="consent_event")
    op.drop_table("consent_event")
    op.drop_table("audit_event")
    op.drop_table("topic")
    op.drop_table("suppression")
    op.drop_index(
        "ix_subscriber_active_id", table_name="subscriber", postgresql_where="state = 'active'"
    )
    op.drop_table("subscriber")
    op.drop_table("staff")
    op.drop_index("ix_signup_email_key_asked_at", table_name="signup")
    op.drop_table("signup")
    op.drop_table("delivery")
    op.execute("drop function append_only")
    for enum in ENUMS:
        enum.drop(op.get_bind())
