"""A passkey in software: makes a key, answers a registration and a sign-in as a browser would."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40
Key = ec.EllipticCurvePrivateKey


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class Authenticator:
    """One passkey."""

    origin: str
    identity: bytes = b"passkey-0123456789"
    flags: int = USER_PRESENT | USER_VERIFIED
    algorithm: int = -7
    key: Key = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    count: int = 0

    @property
    def id(self) -> str:
        return encoded(self.identity)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, party: str, flags: int) -> bytes:
        self.count += 1
        return hashlib.sha256(party.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _cose(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        point = {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return cbor2.dumps({1: 2, 3: self.algorithm, -1: 1, **point})

    def register(self, options: Any, party: str = "") -> dict[str, Any]:
        """Return a RegistrationResponseJSON."""
        party = party or options["rp"]["id"]
        about = bytes(16) + len(self.identity).to_bytes(2, "big") + self.identity + self._cose()
        data = self._data(party, self.flags | ATTESTED) + about
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return {
            "id": self.id,
            "rawId": self.id,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encoded(self._client_data("webauthn.create", options["challenge"])),
                "attestationObject": encoded(attestation),
                "transports": ["internal"],
            },
        }

    def sign_in(self, options: str, party: str = "") -> str:
        """Return an assertion as JSON."""
        wanted = json.loads(options)
        said, data = (
            self._client_data("webauthn.get", wanted["challenge"]),
            self._data(party or wanted["rpId"], self.flags),
        )
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": encoded(said),
            "authenticatorData": encoded(data),
            "signature": encoded(signature),
        }
        return json.dumps({"id": self.id, "rawId": self.id, "type": "public-key", "response": response})
