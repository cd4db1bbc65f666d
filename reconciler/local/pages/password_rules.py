"""The password policy of a pool in words, and as patterns that a page can try while one types."""

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
    """Return the rules: text, and a pattern of JavaScript."""
    policy = pool["config"].get("Policies", {}).get("PasswordPolicy", {})
    length = int(policy.get("MinimumLength", LENGTH))
    first = {"text": f"At least {length} characters", "pattern": f"^[^]{{{length},}}$"}
    return [first, *({"text": text, "pattern": pattern} for member, text, pattern in RULES if policy.get(member))]


def chosen(form: Mapping[str, str], name: str) -> str:
    """Return a new password as a form sends it, empty if it sends none.

    The API refuses some passwords for any pool, before their policy, in words of a validator. A page says them plainly.

    Args:
        form: The form; `confirm_password` repeats the password, where a page asks for that.
        name: Of the field.

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
