"""Passwords of users that were imported with a hash: a sign-in is checked against it.

moto compares passwords with `!=`, so an object that knows the hash takes the place of a text. Which forms of hashes
Cognito takes is documented for none (cognito.md 2.16). Here they are bcrypt's own form, and for the others PHC strings
as passlib, argon2-cffi and most libraries write them: `$argon2id$v=19$m=65536,t=3,p=4$SALT$HASH`,
`$scrypt$ln=16,r=8,p=1$SALT$HASH`, `$pbkdf2-sha256$i=600000,l=32$SALT$HASH` or `$pbkdf2-sha256$29000$SALT$HASH`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import NoReturn

from reconciler.local.refusal import ServiceError

NOT_IMPLEMENTED = 501
LONGEST_BCRYPT = 72
"""Bytes of a password that bcrypt looks at; `bcrypt` refuses longer ones, others cut them off."""
_ARGON2ID = re.compile(r"\$argon2id\$v=19\$m=[0-9]+,t=[0-9]+,p=[0-9]+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+")
_VALUE = r"(?P<salt>[A-Za-z0-9+/.]+=*)\$(?P<hash>[A-Za-z0-9+/.]+=*)"
_SCRYPT = re.compile(r"\$scrypt\$ln=(?P<ln>[0-9]{1,2}),r=(?P<r>[0-9]{1,4}),p=(?P<p>[0-9]{1,4})\$" + _VALUE)
_PBKDF2 = re.compile(r"\$pbkdf2-sha256\$(?:i=)?(?P<rounds>[0-9]{1,9})(?:,l=[0-9]+)?\$" + _VALUE)


class ImportedPassword:
    """A password of which only the hash is known. It equals the password that it was made from, and shows nothing.

    Args of the constructor:
        algorithm: PasswordHashingAlgorithm of the import job.
        text: The hash, as it was in the CSV.
    """

    def __init__(self, algorithm: str, text: str) -> None:
        self.algorithm, self.text = algorithm, text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and VERIFIERS[self.algorithm](other, self.text)

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"<hash of {self.algorithm}>"


def _unknown_form(algorithm: str) -> NoReturn:
    said = f"The embedded Cognito cannot check this form of a hash of {algorithm}."
    raise ServiceError("NotImplementedException", said, NOT_IMPLEMENTED)


def _bcrypt(password: str, text: str) -> bool:
    try:
        import bcrypt
    except ImportError:
        said = "The embedded Cognito checks hashes of BCRYPT with the package bcrypt: pip install 'poolctl[local]'."
        raise ServiceError("NotImplementedException", said, NOT_IMPLEMENTED) from None
    try:
        return bcrypt.checkpw(password.encode()[:LONGEST_BCRYPT], text.encode())
    except ValueError:
        _unknown_form("BCRYPT")


def _argon2id(password: str, text: str) -> bool:
    from cryptography.exceptions import InvalidKey, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    if not _ARGON2ID.fullmatch(text):
        _unknown_form("ARGON2ID")
    try:
        Argon2id.verify_phc_encoded(password.encode(), text)
    except InvalidKey:
        return False
    except (ValueError, UnsupportedAlgorithm):
        _unknown_form("ARGON2ID")
    return True


def _scrypt(password: str, text: str) -> bool:
    found = _SCRYPT.fullmatch(text)
    if not found:
        _unknown_form("SCRYPT")
    n, r, p = 2 ** int(found["ln"]), int(found["r"]), int(found["p"])
    memory = 128 * r * (n + p + 2)
    try:
        salt, wanted = _bytes(found["salt"]), _bytes(found["hash"])
        made = hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=memory, dklen=len(wanted))
    except (ValueError, OverflowError):
        _unknown_form("SCRYPT")
    return hmac.compare_digest(made, wanted)


def _pbkdf2(password: str, text: str) -> bool:
    found = _PBKDF2.fullmatch(text)
    if not found:
        _unknown_form("PBKDF2_SHA256")
    try:
        salt, wanted = _bytes(found["salt"]), _bytes(found["hash"])
        made = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, int(found["rounds"]), len(wanted))
    except (ValueError, OverflowError):
        _unknown_form("PBKDF2_SHA256")
    return hmac.compare_digest(made, wanted)


def _bytes(text: str) -> bytes:
    """Decode base64 without padding, with a dot for a plus as passlib writes it."""
    bare = text.rstrip("=").replace(".", "+")
    return base64.b64decode(bare + "=" * (-len(bare) % 4))


VERIFIERS: Mapping[str, Callable[[str, str], bool]] = {
    "BCRYPT": _bcrypt,
    "ARGON2ID": _argon2id,
    "SCRYPT": _scrypt,
    "PBKDF2_SHA256": _pbkdf2,
}
"""PasswordHashingAlgorithm → whether a password belongs to a hash; raises ServiceError for a form it does not know."""
