"""All tables: importing this package fills `Base.metadata`."""

from app.store.tables.archive import Edition
from app.store.tables.base import Base
from app.store.tables.bounces import Bounce, BounceTally, FeedbackTally
from app.store.tables.brand import BrandChoice, LogoFile
from app.store.tables.checking import LinkCheck, PreflightRun, TestMail
from app.store.tables.choices import SendingChoice
from app.store.tables.clicks import CampaignLink, LinkClicks
from app.store.tables.content import ApiToken, Article, FormerTopic, Source, Topic
from app.store.tables.jobs import ChangedReader, ImportKey, ImportReader, Job, JobPart
from app.store.tables.people import (
    ConsentEvent,
    Notice,
    ReaderTally,
    SavedSegment,
    Signup,
    Subscriber,
    Suppression,
)
from app.store.tables.pictures import CampaignPicture, Picture
from app.store.tables.proofs import Passkey, PasskeyChallenge, RecoveryCode, StaffTotp
from app.store.tables.schedules import MissedRun, Schedule
from app.store.tables.sending import Campaign, Chunk, Delivery, Variant
from app.store.tables.sources import Hub, HubPush, SourceCategory
from app.store.tables.staff import AuditEvent, Staff, StaffSession
from app.store.tables.subject_test import SubjectTest
from app.store.tables.watching import Pulse, ReaderDay
from app.store.tables.widgets import AllowedOrigin

__all__ = [
    "AllowedOrigin",
    "ApiToken",
    "Article",
    "AuditEvent",
    "Base",
    "Bounce",
    "BounceTally",
    "BrandChoice",
    "Campaign",
    "CampaignLink",
    "CampaignPicture",
    "ChangedReader",
    "Chunk",
    "ConsentEvent",
    "Delivery",
    "Edition",
    "FeedbackTally",
    "FormerTopic",
    "Hub",
    "HubPush",
    "ImportKey",
    "ImportReader",
    "Job",
    "JobPart",
    "LinkCheck",
    "LinkClicks",
    "LogoFile",
    "MissedRun",
    "Notice",
    "Passkey",
    "PasskeyChallenge",
    "Picture",
    "PreflightRun",
    "Pulse",
    "ReaderDay",
    "ReaderTally",
    "RecoveryCode",
    "SavedSegment",
    "Schedule",
    "SendingChoice",
    "Signup",
    "Source",
    "SourceCategory",
    "Staff",
    "StaffSession",
    "StaffTotp",
    "SubjectTest",
    "Subscriber",
    "Suppression",
    "TestMail",
    "Topic",
    "Variant",
]
