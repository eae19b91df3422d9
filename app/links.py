"""Signs and verifies every token that leaves the system, and builds the absolute URLs around it.

A token is base64url of eight payload bytes and 16 bytes of an HMAC-SHA256 whose key is derived
from SECRET_KEY: always `TOKEN_LENGTH` characters. Which key and which half of the MAC belongs to
one purpose, so that no token is usable for another.
Keys in SECRET_KEY_FALLBACKS are still believed. Readers' tokens hold no expiry; what may expire
(a sign-up) has its time in the database. The staff's hold the minute they were made for.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from app.config import Settings
from app.domain.edition import TOKEN_LENGTH

_MAC_BYTES = 16
_FIRST, _SECOND = slice(0, _MAC_BYTES), slice(_MAC_BYTES, 2 * _MAC_BYTES)
_SEALS = {
    "confirm": ("confirm", _FIRST),
    "unsubscribe": ("reader", _FIRST),
    "preferences": ("reader", _SECOND),
    "message-id": ("delivery", _FIRST),
    "bounce": ("delivery", _SECOND),
    "web": ("web", _FIRST),
    "click": ("click", _FIRST),
    "hub": ("hub", _FIRST),
    "invitation": ("staff", _FIRST),
    "reset": ("staff", _SECOND),
}
"""The key of each purpose and its half of the MAC: each half is a MAC of its own, and neither
tells the other. The two of a reader's pair, and a delivery's, always stand in the same mail, so
that one HMAC serves both."""

_KEYS = ("address", *dict.fromkeys(key for key, _ in _SEALS.values()))
_BOUNCE = re.compile(r"b-([0-9a-f]{48})@", re.IGNORECASE)
_CAMPAIGN_BITS = 24
_CAMPAIGN_MASK = (1 << _CAMPAIGN_BITS) - 1
_VERSION_BITS = 16
_MINUTE_BITS = 24
_STAFF_BITS = 24
_MINUTES_FROM = datetime(2025, 1, 1, tzinfo=UTC)

_PICTURE = re.compile(r"/i/([0-9a-f]{32})(?:-s)?\.jpg")


def picture_url(base_url: str, name: str, *, small: bool = False) -> str:
    """Where our copy of a picture stands for everybody, `small` as a card shows it."""
    return f"{base_url}/i/{name}{'-s' if small else ''}.jpg"


def pictures_in(html: str) -> set[str]:
    """The names of our pictures in a mail."""
    return set(_PICTURE.findall(html))


class BadToken(Exception):
    """The token is forged, damaged or meant for something else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReaderToken:
    """Whose link it is, and the campaign whose mail it stood in (0 outside campaigns)."""

    subscriber_id: int
    campaign_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffTicket:
    """Whose account a mailed link opens, under which version of it (its lowest bits), and when
    the mail was written, to the minute."""

    staff_id: int
    version: int
    at: datetime

    def is_of(self, session_version: int) -> bool:
        """Whether nothing has ended the links of the account since."""
        return self.version == session_version % (1 << _VERSION_BITS)


class Links:
    """Tokens and URLs of one installation. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self.base_url = settings.base_url
        self.origin = "{0.scheme}://{0.netloc}".format(urlsplit(settings.base_url)).lower()
        self._bounce_domain = settings.bounce_domain
        self._message_domain = settings.mail_from.partition("@")[2]
        self._keys = {
            name: tuple(_derive(key, name) for key in settings.secret_keys) for name in _KEYS
        }

    def confirm_url(self, signup_id: int) -> str:
        return f"{self.base_url}/confirm/{self._sign('confirm', signup_id)}"

    def read_confirm(self, token: str) -> int:
        """The sign-up's id. Raises `BadToken`."""
        return self._verify("confirm", token)

    def reader_tokens(self, subscriber_id: int, campaign_id: int) -> tuple[str, str]:
        """The tokens of both links in a mail: to leave, and to the preferences."""
        payload = _pack(subscriber_id, campaign_id).to_bytes(8, "big")
        mac = hmac.digest(self._keys["reader"][0], payload, "sha256")
        return (
            urlsafe_b64encode(payload + mac[_FIRST]).decode(),
            urlsafe_b64encode(payload + mac[_SECOND]).decode(),
        )

    def delivery_names(self, campaign_id: int, ordinal: int) -> tuple[str, str]:
        """What a delivery is called on its way: its Message-ID and its envelope sender."""
        payload = (campaign_id << 32 | ordinal).to_bytes(8, "big")
        mac = hmac.digest(self._keys["delivery"][0], payload, "sha256")
        return (
            f"<{urlsafe_b64encode(payload + mac[_FIRST]).decode()}@{self._message_domain}>",
            f"b-{(payload + mac[_SECOND]).hex()}@{self._bounce_domain}",
        )

    def unsubscribe_token(self, subscriber_id: int, campaign_id: int) -> str:
        return self._sign("unsubscribe", _pack(subscriber_id, campaign_id))

    def unsubscribe_url(self, subscriber_id: int, campaign_id: int = 0) -> str:
        return f"{self.base_url}/u/{self.unsubscribe_token(subscriber_id, campaign_id)}"

    def read_unsubscribe(self, token: str) -> ReaderToken:
        """Raises `BadToken`."""
        return _unpack(self._verify("unsubscribe", token))

    def preferences_token(self, subscriber_id: int, campaign_id: int) -> str:
        return self._sign("preferences", _pack(subscriber_id, campaign_id))

    def preferences_url(self, subscriber_id: int, campaign_id: int = 0) -> str:
        return f"{self.base_url}/p/{self.preferences_token(subscriber_id, campaign_id)}"

    def read_preferences(self, token: str) -> ReaderToken:
        """Raises `BadToken`."""
        return _unpack(self._verify("preferences", token))

    def web_version_url(self, variant_id: int) -> str:
        """Where a variant can be read in a browser: the same address for all its readers, and
        nobody's to guess. It names no reader."""
        return f"{self.base_url}/w/{self._sign('web', variant_id)}"

    def read_web_version(self, token: str) -> int:
        """The variant's id. Raises `BadToken`."""
        return self._verify("web", token)

    def click_url(self, link_id: int) -> str:
        """Where a link of a campaign leads by way of us: the same for all its readers."""
        return f"{self.base_url}/c/{self._sign('click', link_id)}"

    def read_click(self, token: str) -> int:
        """The link's id. Raises `BadToken`."""
        return self._verify("click", token)

    def hub_url(self, source_id: int) -> str:
        """Where the WebSub hub of a source pushes to."""
        return f"{self.base_url}/hub/{self._sign('hub', source_id)}"

    def read_hub(self, token: str) -> int:
        """The source's id. Raises `BadToken`."""
        return self._verify("hub", token)

    def invitation_url(self, ticket: StaffTicket) -> str:
        return f"{self.base_url}/admin/invitation/{self._sign('invitation', _pack_ticket(ticket))}"

    def read_invitation(self, token: str) -> StaffTicket:
        """Raises `BadToken`."""
        return _unpack_ticket(self._verify("invitation", token))

    def reset_url(self, ticket: StaffTicket) -> str:
        return f"{self.base_url}/admin/reset/{self._sign('reset', _pack_ticket(ticket))}"

    def read_reset(self, token: str) -> StaffTicket:
        """Raises `BadToken`."""
        return _unpack_ticket(self._verify("reset", token))

    def account_url(self) -> str:
        """Where the staff see their own account. No token: one has to log in."""
        return f"{self.base_url}/admin/account"

    def forgot_url(self) -> str:
        """Where the staff ask for a mail that sets a new password."""
        return f"{self.base_url}/admin/forgot"

    def approval_url(self, campaign_id: int) -> str:
        """Where the staff decide about a run. No token: one has to log in."""
        return f"{self.base_url}/admin/campaigns/{campaign_id}/approval"

    def message_id(self, campaign_id: int, ordinal: int) -> str:
        """The Message-ID of a delivery, angle brackets included; the same on every retry."""
        token = self._sign("message-id", campaign_id << 32 | ordinal)
        return f"<{token}@{self._message_domain}>"

    def notice_message_id(self, notice_id: int) -> str:
        """The Message-ID of a notice. Campaign ids start at 1, so campaign 0 is free for them."""
        return self.message_id(0, notice_id)

    def notice_bounce_address(self, notice_id: int) -> str:
        """The envelope sender of a notice."""
        return self.bounce_address(0, notice_id)

    def bounce_address(self, campaign_id: int, ordinal: int) -> str:
        """The envelope sender of a delivery (VERP): where its bounce comes back to."""
        sealed = self._seal("bounce", campaign_id << 32 | ordinal)
        return f"b-{sealed.hex()}@{self._bounce_domain}"

    def read_bounce(self, address: str) -> tuple[int, int]:
        """The (campaign id, ordinal) that a bounce came back for. Raises `BadToken`.

        Hexadecimal, since servers on the way back may change the case of a local part.
        """
        match = _BOUNCE.match(address)
        if match is None:
            raise BadToken
        number = self._open("bounce", bytes.fromhex(match[1]))
        return number >> 32, number & 0xFFFF_FFFF

    def read_message_id(self, text: str) -> tuple[int, int]:
        """The (campaign id, ordinal) of a Message-ID of ours, angle brackets or not. Raises
        `BadToken`."""
        number = self._verify("message-id", text.strip("<>").partition("@")[0])
        return number >> 32, number & 0xFFFF_FFFF

    def address_hmacs(self, email_key: str) -> tuple[bytes, ...]:
        """The HMACs that a suppression of this address may be stored under, the current first."""
        return tuple(
            hmac.digest(key, email_key.encode(), "sha256") for key in self._keys["address"]
        )

    def _sign(self, purpose: str, number: int) -> str:
        return urlsafe_b64encode(self._seal(purpose, number)).decode()

    def _seal(self, purpose: str, number: int) -> bytes:
        name, half = _SEALS[purpose]
        payload = number.to_bytes(8, "big")
        return payload + hmac.digest(self._keys[name][0], payload, "sha256")[half]

    def _verify(self, purpose: str, token: str) -> int:
        if len(token) != TOKEN_LENGTH:
            raise BadToken
        try:
            raw = urlsafe_b64decode(token.encode("ascii"))
        except (UnicodeEncodeError, Base64Error):
            raise BadToken from None
        return self._open(purpose, raw)

    def _open(self, purpose: str, sealed: bytes) -> int:
        payload, mac = sealed[:8], sealed[8:]
        name, half = _SEALS[purpose]
        for key in self._keys[name]:
            if hmac.compare_digest(hmac.digest(key, payload, "sha256")[half], mac):
                return int.from_bytes(payload, "big")
        raise BadToken


def _derive(key: str, name: str) -> bytes:
    return hmac.digest(key.encode(), f"nashra link {name}".encode(), "sha256")


def _pack(subscriber_id: int, campaign_id: int) -> int:
    if campaign_id > _CAMPAIGN_MASK:
        raise ValueError(f"campaign id {campaign_id} does not fit into a token")
    return subscriber_id << _CAMPAIGN_BITS | campaign_id


def _unpack(number: int) -> ReaderToken:
    return ReaderToken(subscriber_id=number >> _CAMPAIGN_BITS, campaign_id=number & _CAMPAIGN_MASK)


def _pack_ticket(ticket: StaffTicket) -> int:
    minutes = (ticket.at - _MINUTES_FROM) // timedelta(minutes=1)
    if ticket.staff_id >> _STAFF_BITS or minutes >> _MINUTE_BITS:
        raise ValueError(f"{ticket} does not fit into a token")
    version = ticket.version % (1 << _VERSION_BITS)
    return (ticket.staff_id << _VERSION_BITS | version) << _MINUTE_BITS | minutes


def _unpack_ticket(number: int) -> StaffTicket:
    front, minutes = divmod(number, 1 << _MINUTE_BITS)
    staff_id, version = divmod(front, 1 << _VERSION_BITS)
    return StaffTicket(
        staff_id=staff_id, version=version, at=_MINUTES_FROM + timedelta(minutes=minutes)
    )
