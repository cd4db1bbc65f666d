"""The password policy of a pool in words, and as patterns that a page can try while one types."""

from __future__ import annotations

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
