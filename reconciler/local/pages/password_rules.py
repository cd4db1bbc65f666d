"""The password policy of a pool in words, and as patterns that a page checks while the user types."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.local.refusal import ServiceError
from reconciler.local.signin.passwords import LONGEST, SHORTEST
from reconciler.local.store import Record

SYMBOLS = r"[\^$*.\[\]{}()?\-\"!@#%&/\\,><':;|_~`+= ]"
RULES = (
    ("RequireLowercase", "A lower case letter", "[a-z]"),
    ("RequireUppercase", "An upper case letter", "[A-Z]"),
    ("RequireNumbers", "A number", "[0-9]"),
    ("RequireSymbols", "A special character, or a space inside", SYMBOLS),
)
LENGTH = 8


def rules_of(pool: Record) -> list[Record]:
    """Return the rules: text and JavaScript pattern."""
    policy = pool["config"].get("Policies", {}).get("PasswordPolicy", {})
    length = int(policy.get("MinimumLength", LENGTH))
    first = {"text": f"At least {length} characters", "pattern": f"^[^]{{{length},}}$"}
    return [first, *({"text": text, "pattern": pattern} for member, text, pattern in RULES if policy.get(member))]


def chosen(form: Mapping[str, str], name: str) -> str:
    """Return the new password in a form; empty if there is none.

    The API refuses some passwords whatever the policy, in the words of a validator. Pages have plain messages for them.

    Args:
        form: The form; `confirm_password` repeats the password if the page has that field.
        name: Name of the field.

    Raises:
        ServiceError: InvalidParameterException, InvalidPasswordException.
    """
    password = form.get(name, "")
    if form.get("confirm_password", password) != password:
        raise ServiceError("InvalidParameterException", "The passwords do not match.")
    if password and len(password) < SHORTEST:
        raise _refused("Password not long enough")
    if len(password) > LONGEST:
        raise _refused(f"Password is longer than {LONGEST} characters")
    if password.strip() != password:
        raise _refused("Password must not begin or end with a space")
    return password


def _refused(why: str) -> ServiceError:
    return ServiceError("InvalidPasswordException", f"Password did not conform with policy: {why}")
