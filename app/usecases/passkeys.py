"""Passkeys (WebAuthn level 3): a key on a device registered, and a login that it signs.

A login by passkey asks the device to see its owner (a finger, a face, a PIN), so it is two proofs
in one: neither a password nor a code is asked for besides. Keys are bound to the site's own host.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.store.tables import Passkey, PasskeyChallenge, Staff

PATIENCE = timedelta(minutes=5)
"""How long a browser may take to sign."""

MOST_PASSKEYS = 20
"""Of one account."""

_CHALLENGE_BYTES = 32


class BadPasskey(Exception):
    """The answer proves nothing: signed wrongly, for another site, too late, or once before."""


class TooManyPasskeys(Exception):
    """The account has as many as it may have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """What a key is bound to: the origin that browsers see, its host, and the name they show."""

    origin: str
    host: str
    name: str

    @classmethod
    def of(cls, base_url: str, name: str) -> Site:
        parts = urlsplit(base_url)
        return cls(origin=f"{parts.scheme}://{parts.netloc}", host=parts.hostname or "", name=name)


def ask_to_register(session: Session, *, now: datetime, site: Site, staff: Staff) -> str:
    """What the browser is to do, as JSON; flushed. Raises `TooManyPasskeys`."""
    known = list_passkeys(session, staff)
    if len(known) >= MOST_PASSKEYS:
        raise TooManyPasskeys
    return options_to_json(
        generate_registration_options(
            rp_id=site.host,
            rp_name=site.name,
            user_id=f"nashra:{staff.id}".encode(),
            user_name=staff.email,
            user_display_name=staff.name or staff.email,
            challenge=_new_challenge(session, now, staff.id),
            timeout=int(PATIENCE.total_seconds() * 1000),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=one.credential_id) for one in known
            ],
        )
    )


def register(
    session: Session, *, now: datetime, site: Site, staff: Staff, answer: str, name: str
) -> Passkey:
    """Keeps the key of the browser's answer. Raises `BadPasskey`."""
    try:
        credential = parse_registration_credential_json(answer)
        challenge = parse_client_data_json(credential.response.client_data_json).challenge
        _take_challenge(session, now, challenge, staff.id)
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise BadPasskey from error
    if _find(session, verified.credential_id) is not None:
        raise BadPasskey
    made = Passkey(
        staff_id=staff.id,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        name=name,
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def ask_to_log_in(session: Session, *, now: datetime, site: Site) -> str:
    """What the browser is to do, as JSON; flushed. It names nobody: the device knows who it is."""
    return options_to_json(
        generate_authentication_options(
            rp_id=site.host,
            challenge=_new_challenge(session, now, None),
            timeout=int(PATIENCE.total_seconds() * 1000),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def log_in(session: Session, *, now: datetime, site: Site, answer: str) -> tuple[Staff, Passkey]:
    """Who has signed; notes the login. The challenge is used up, whatever comes of it. Raises
    `BadPasskey`."""
    try:
        credential = parse_authentication_credential_json(answer)
        challenge = parse_client_data_json(credential.response.client_data_json).challenge
        _take_challenge(session, now, challenge, None)
        key = _find(session, credential.raw_id, locked=True)
        if key is None:
            raise BadPasskey
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise BadPasskey from error
    staff = session.get_one(Staff, key.staff_id)
    if not staff.active or staff.invited_at is not None:
        raise BadPasskey
    key.sign_count, key.used_at = verified.new_sign_count, now
    staff.logged_in_at = now
    session.flush()
    return staff, key


def list_passkeys(session: Session, staff: Staff) -> Sequence[Passkey]:
    """Those of an account, the oldest first."""
    return session.scalars(
        select(Passkey).where(Passkey.staff_id == staff.id).order_by(Passkey.id)
    ).all()


def count_passkeys(session: Session, staff: Staff) -> int:
    query = select(func.count()).select_from(Passkey).where(Passkey.staff_id == staff.id)
    return session.scalar(query) or 0


def rename(session: Session, *, staff: Staff, passkey_id: int, name: str) -> Passkey:
    """Raises `NoResultFound` where the account has no such key."""
    key = _own(session, staff, passkey_id)
    key.name = name
    session.flush()
    return key


def remove(session: Session, *, staff: Staff, passkey_id: int) -> Passkey:
    """It opens nothing any more. Raises `NoResultFound` where the account has no such key."""
    key = _own(session, staff, passkey_id)
    session.delete(key)
    session.flush()
    return key


def remove_all(session: Session, *, staff: Staff) -> int:
    """For somebody whose device is in other hands; how many there were."""
    gone = delete(Passkey).where(Passkey.staff_id == staff.id).returning(Passkey.id)
    return len(session.scalars(gone).all())


def _own(session: Session, staff: Staff, passkey_id: int) -> Passkey:
    return session.scalars(
        select(Passkey).where(Passkey.id == passkey_id, Passkey.staff_id == staff.id)
    ).one()


def _find(session: Session, credential_id: bytes, *, locked: bool = False) -> Passkey | None:
    query = select(Passkey).where(Passkey.credential_id == credential_id)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def _new_challenge(session: Session, now: datetime, staff_id: int | None) -> bytes:
    """Kept until it is answered or too old; those that are go at the same time."""
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.asked_at < now - PATIENCE))
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    session.add(PasskeyChallenge(challenge=challenge, staff_id=staff_id, asked_at=now))
    session.flush()
    return challenge


def _take_challenge(
    session: Session, now: datetime, challenge: bytes, staff_id: int | None
) -> None:
    """Raises `BadPasskey` for one that was not asked here, of late, and for the same account."""
    taken = session.scalar(
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.challenge == challenge,
            PasskeyChallenge.staff_id.is_not_distinct_from(staff_id),
            PasskeyChallenge.asked_at >= now - PATIENCE,
        )
        .returning(PasskeyChallenge.id)
    )
    if taken is None:
        raise BadPasskey
