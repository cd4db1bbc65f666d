"""SRP-6a as Cognito does it: the proof that somebody knows a password, which is never sent.

Nothing but numbers: no pool, no user, no clock. Names are parameters, as devices prove their password in the same way,
with the key of their group in place of the pool's name.
"""

from __future__ import annotations

from dataclasses import dataclass


def pool_name(pool_id: str) -> str:
    """Return the name of a pool in a proof: what follows the underscore of its id."""
    return pool_id.partition("_")[2]


def make_verifier(pool_id: str, username: str, password: str, salt: str | None = None) -> tuple[str, str]:
    """Return salt and verifier of a new password, both in hexadecimal digits.

    Args:
        pool_id: Id of the pool.
        username: The real name of the user, which is USER_ID_FOR_SRP.
        password: As typed.
        salt: Hexadecimal digits; by default 16 random bytes.
    """
    raise NotImplementedError


@dataclass(frozen=True)
class ServerSide:
    """Our side of one proof. Keep both members between the two requests."""

    public: str
    """SRP_B: hexadecimal digits in lower case."""
    key: bytes
    """The derived key, 16 bytes. Secret."""

    @classmethod
    def begin(cls, verifier: str, salt: str, a_hex: str, b: int | None = None) -> ServerSide:
        """Begin a proof.

        Args:
            verifier: Hexadecimal digits.
            salt: Hexadecimal digits; sent to the client as SALT.
            a_hex: SRP_A.
            b: Our secret; by default 32 random bytes.

        Raises:
            ValueError: SRP_A is no hexadecimal number, or one that would prove nothing.
        """
        raise NotImplementedError

    def signature(self, pool_name: str, username: str, secret_block: str, timestamp: str) -> str:
        """Return the PASSWORD_CLAIM_SIGNATURE of one who knows the password.

        Args:
            pool_name: `pool_name(pool_id)`, or DeviceGroupKey.
            username: USER_ID_FOR_SRP, or DeviceKey.
            secret_block: PASSWORD_CLAIM_SECRET_BLOCK, in base64.
            timestamp: TIMESTAMP, which is signed as it was sent.
        """
        raise NotImplementedError

    def accepts(self, given: str, pool_name: str, username: str, secret_block: str, timestamp: str) -> bool:
        """Return whether a signature is the right one, and the timestamp has the form that Cognito wants."""
        raise NotImplementedError


def time_of(timestamp: str) -> float | None:
    """Return what a TIMESTAMP means in seconds since 1970, or None: `Sat Nov 7 09:05:03 UTC 2026`, parsed strictly."""
    raise NotImplementedError
