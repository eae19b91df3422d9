"""People: readers with their consent history, sign-ups, suppressions, notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import BYTEA, INET, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.notice import NoticeKind, NoticeState
from app.domain.subscription import Cadence, ConsentKind, SubscriberState
from app.store.tables.base import Base, big_int, big_key, small_key, state_type, timestamp

_cadence = state_type(Cadence, "cadence")
_state = state_type(SubscriberState, "subscriber_state")
_DOMAIN = "split_part(email_key, '@', -1)"


class Subscriber(Base):
    """A reader. Exists from the first confirmation (or import) on.

    `email` is as typed (NFC, domain as A-label), `email_key` its casefolded key.
    `topic_mask` has one bit for each topic followed; 0 follows all. `cadence_changed_at` is when
    an active reader last chose another pace. Until `paused_until` nothing is sent; the pause ends
    by itself. `name` is what the staff call them; mails do not show it.
    """

    __tablename__ = "subscriber"
    __table_args__ = (
        Index(
            "ix_subscriber_active_id",
            "id",
            postgresql_where="state = 'active'",
        ),
        Index(
            "ix_subscriber_cadence_changed_at",
            "cadence_changed_at",
            postgresql_where="cadence_changed_at is not null",
        ),
        Index(
            "ix_subscriber_email_key_pattern",
            "email_key",
            postgresql_ops={"email_key": "text_pattern_ops"},
        ),
        Index("ix_subscriber_domain", text(_DOMAIN), "created_at", "id"),
        Index("ix_subscriber_created_at", "created_at", "id"),
        Index(
            "ix_subscriber_gone",
            "state",
            "created_at",
            "id",
            postgresql_where="state <> 'active'",
        ),
        Index("ix_subscriber_timezone", "timezone"),
        Index(
            "ix_subscriber_paused_until",
            "paused_until",
            postgresql_where="paused_until is not null",
        ),
        {"postgresql_with": {"fillfactor": "85"}},
    )

    id: Mapped[big_key]
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[SubscriberState] = mapped_column(_state)
    cadence: Mapped[Cadence] = mapped_column(_cadence)
    topic_mask: Mapped[int] = mapped_column(BigInteger, default=0)
    timezone: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="ar")
    created_at: Mapped[timestamp]
    confirmed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    cadence_changed_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]


class ReaderTally(Base):
    """How many readers came to a state, pace and list of topics (or left it, less than 0) by one
    statement on `subscriber`: its triggers write this, `store.reader_counts` sums it. Rows are
    only added, so that readers who act at one moment do not wait for each other."""

    __tablename__ = "reader_tally"

    id: Mapped[big_key]
    state: Mapped[SubscriberState] = mapped_column(_state)
    cadence: Mapped[Cadence] = mapped_column(_cadence)
    topic_mask: Mapped[big_int]
    readers: Mapped[big_int]


class SavedSegment(Base):
    """A filter of readers under a name; `filter` is `domain.segment.to_json` of it."""

    __tablename__ = "segment"

    id: Mapped[small_key]
    name: Mapped[str] = mapped_column(unique=True)
    filter: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[timestamp]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


class Signup(Base):
    """One asking to subscribe, waiting for its confirmation. What a stranger typed changes no
    reader until the link in the mail was used."""

    __tablename__ = "signup"
    __table_args__ = (
        Index("ix_signup_email_key_asked_at", "email_key", "asked_at"),
        Index("ix_signup_waiting", "id", postgresql_where="confirmed_at is null"),
    )

    id: Mapped[big_key]
    email: Mapped[str]
    email_key: Mapped[str]
    cadence: Mapped[Cadence] = mapped_column(_cadence)
    topic_mask: Mapped[int] = mapped_column(BigInteger, default=0)
    timezone: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str]
    wording: Mapped[str]
    wording_version: Mapped[str]
    place: Mapped[str]
    ip: Mapped[str | None] = mapped_column(INET)
    user_agent: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[timestamp]
    confirmed_at: Mapped[datetime | None]


class ConsentEvent(Base):
    """The append-only history of a reader's consent. A trigger refuses every change except the
    forgetting of `ip` and `user_agent`."""

    __tablename__ = "consent_event"
    __table_args__ = (
        Index("ix_consent_event_subscriber_id_at", "subscriber_id", "at"),
        Index(
            "ix_consent_event_at",
            "at",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 32, "autosummarize": "on"},
        ),
        Index(
            "ix_consent_event_left",
            "campaign_id",
            postgresql_where="kind = 'unsubscribed' and campaign_id is not null",
        ),
    )

    id: Mapped[big_key]
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"))
    kind: Mapped[ConsentKind] = mapped_column(state_type(ConsentKind, "consent_kind"))
    at: Mapped[timestamp]
    asked_at: Mapped[datetime | None]
    wording: Mapped[str] = mapped_column(default="")
    wording_version: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    cadence: Mapped[Cadence] = mapped_column(_cadence)
    topic_mask: Mapped[int] = mapped_column(BigInteger)
    campaign_id: Mapped[int | None]
    ip: Mapped[str | None] = mapped_column(INET)
    user_agent: Mapped[str | None]


class Suppression(Base):
    """An address that is never written to again, kept only as an HMAC of its key. `note` is what
    whoever of the staff entered it had to say."""

    __tablename__ = "suppression"
    __table_args__ = (Index("ix_suppression_at", "at", "address_hmac"),)

    address_hmac: Mapped[bytes] = mapped_column(BYTEA, primary_key=True)
    reason: Mapped[str]
    at: Mapped[timestamp]
    note: Mapped[str] = mapped_column(default="", server_default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


class Notice(Base):
    """One transactional mail: written with what it tells of, sent by the transactional worker.
    It goes to a reader (`signup_id`, `subscriber_id`) or to somebody of the staff (`staff_id`),
    about a campaign, a job or what the audit says where `campaign_id`, `job_id` or `event_id` is
    set. `bounced_at` is when it came back from an address that is dead."""

    __tablename__ = "notice"
    __table_args__ = (
        Index(
            "ix_notice_retry_at",
            "retry_at",
            postgresql_where="state in ('pending', 'handing')",
        ),
        Index("ix_notice_signup_id", "signup_id"),
        Index("ix_notice_subscriber_id", "subscriber_id"),
    )

    id: Mapped[big_key]
    kind: Mapped[NoticeKind] = mapped_column(state_type(NoticeKind, "notice_kind"))
    email: Mapped[str]
    language: Mapped[str]
    signup_id: Mapped[int | None] = mapped_column(ForeignKey("signup.id", ondelete="CASCADE"))
    subscriber_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE")
    )
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"))
    test_mail_id: Mapped[int | None] = mapped_column(ForeignKey("test_mail.id", ondelete="CASCADE"))
    event_id: Mapped[big_int | None] = mapped_column(
        ForeignKey("audit_event.id", ondelete="CASCADE")
    )
    state: Mapped[NoticeState] = mapped_column(state_type(NoticeState, "notice_state"))
    attempt: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[timestamp]
    retry_at: Mapped[timestamp]
    sent_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(default="")
