"""A device that holds passkeys, in software: it signs as the standard says (WebAuthn level 3,
6.1 and 7.2), and wrongly where a test asks for it."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field

from cbor2 import dumps
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

_PRESENT, _VERIFIED, _NEW_KEY = 0x01, 0x04, 0x40


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(slots=True)
class Device:
    host: str = "levant.example"
    origin: str = "https://levant.example"
    verified: bool = True
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def register(self, challenge: str) -> str:
        """The answer to the options of a new key."""
        numbers = self.key.public_key().public_numbers()
        cose = dumps(
            {
                1: 2,
                3: -7,
                -1: 1,
                -2: numbers.x.to_bytes(32, "big"),
                -3: numbers.y.to_bytes(32, "big"),
            }
        )
        made = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(_NEW_KEY) + made}
        return self._answer(
            clientDataJSON=self._client("webauthn.create", challenge),
            attestationObject=dumps(attestation),
        )

    def sign(self, challenge: str) -> str:
        """The answer to the options of a login."""
        self.count += 1
        client, data = self._client("webauthn.get", challenge), self._data()
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signed)

    def _data(self, flags: int = 0) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verified else 0)
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        client = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(client).encode()

    def _answer(self, **parts: bytes) -> str:
        return json.dumps(
            {
                "id": encoded(self.id),
                "rawId": encoded(self.id),
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {name: encoded(part) for name, part in parts.items()},
            }
        )


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
