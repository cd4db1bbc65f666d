"""What the service checks of a user's name, attributes and password (cognito.md 2.17, 3.3 O20, 4.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reconciler.local.refusal import refuse
from reconciler.local.store import Record

SHAPES = {
    "email": re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+"),
    "phone_number": re.compile(r"\+\d{1,15}", re.ASCII),
}
SAID = {"email": "Invalid email address format.", "phone_number": "Invalid phone number format."}
FIRST_FACTORS = frozenset({"EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"})


def check_name(pool: Record, name: str) -> None:
    """Check the name of a new user against the ways to sign in.

    Raises:
        Refusal: InvalidParameterException.
    """
    config = pool["config"]
    named = config.get("UsernameAttributes") or ()
    if named and not any(SHAPES[kind].fullmatch(name) for kind in named):
        words = {"email": "an email", "phone_number": "a phone number"}
        refuse(f"Username should be {' or '.join(words[k] for k in named)}.")
    for kind in set(config.get("AliasAttributes") or ()) & set(SHAPES):
        if SHAPES[kind].fullmatch(name):
            word = kind.replace("_", " ")
            refuse(f"Username cannot be of {word} format, since user pool is configured for {word} alias.")


def check_attributes(pool: Record, attributes: Mapping[str, str], *, new: bool) -> None:
    """Check attributes that are to be written.

    Args:
        pool: The record of the pool.
        attributes: By name; an empty value removes one.
        new: Whether the user is new: then required ones must be there, and immutable ones may be.

    Raises:
        Refusal: InvalidParameterException.
    """
    schema = {a["Name"]: a for a in pool["schema"]}
    for name, value in attributes.items():
        known = schema.get(name)
        if known is None:
            refuse(f"Attributes did not conform to the schema: {name}: Attribute does not exist in the schema.")
        if name == "sub" or (not new and not known["Mutable"]):
            refuse(
                f"Invalid user attributes: user.{name}: Attribute cannot be updated. (changing an immutable attribute)"
            )
        said = problem(known, value) if value else ""
        if said:
            refuse(f"Attributes did not conform to the schema: {name}: {said}")
    missing = [n for n, a in schema.items() if new and a["Required"] and n != "sub" and not attributes.get(n)]
    emptied = [n for n, v in attributes.items() if not new and not v and schema[n]["Required"]]
    for name in (*missing, *emptied):
        refuse(f"Attributes did not conform to the schema: {name}: The attribute is required")


def problem(attribute: Record, value: str) -> str:
    """Return why a value does not conform to the definition of its attribute, or empty."""
    name, kind = attribute["Name"], attribute["AttributeDataType"]
    if kind == "Boolean":
        return "" if value.lower() in ("true", "false") else "Invalid boolean."
    if kind == "Number":
        return _number(attribute.get("NumberAttributeConstraints", {}), value)
    if kind == "String":
        limits = attribute.get("StringAttributeConstraints", {})
        if len(value) > int(limits.get("MaxLength", 2048)):
            return "String must be no longer than " + str(limits.get("MaxLength", 2048)) + " characters"
        if len(value) < int(limits.get("MinLength", 0)):
            return "String must be at least " + str(limits["MinLength"]) + " characters"
    shape = SHAPES.get(name)
    return SAID[name] if shape and not shape.fullmatch(value) else ""


def _number(limits: Record, value: str) -> str:
    if not re.fullmatch(r"-?\d+", value, re.ASCII):
        return "Number must be a whole number"
    low, high = limits.get("MinValue"), limits.get("MaxValue")
    if (low is not None and int(value) < float(low)) or (high is not None and int(value) > float(high)):
        return "Number is out of range"
    return ""


def is_passwordless(pool: Record) -> bool:
    """Return whether users may sign in without a password."""
    allowed = pool["config"].get("Policies", {}).get("SignInPolicy", {}).get("AllowedFirstAuthFactors") or ()
    return bool(FIRST_FACTORS & set(allowed))
