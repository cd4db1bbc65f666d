"""The columns of an import's CSV: what each may hold, from the schema and the settings of the pool.

Every check takes a value that is not empty and returns why Cognito would not import it, as a clause that does not
repeat the value: rows are personal data, and messages go to logs. Sources: cognito.md 2.16, 2.17 and 4.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from reconciler.model import Tree

USERNAME, MFA, HASH = "cognito:username", "cognito:mfa_enabled", "password_hash"
"""The columns that are no attributes."""
CONTACTS = ("email", "phone_number")
"""Attributes that can be verified, by a column `NAME_verified`."""
EMAIL = re.compile(r"[^\s@,;:<>()\[\]\\\"]+@(?:[^\s@.]+\.)+[^\s@.]{2,}")
PHONE = re.compile(r"\+[0-9]{1,15}")
DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
NO_DAY = "is not a date of the form mm/dd/yyyy"
WHOLE = re.compile(r"-?[0-9]+")
LONGEST_NAME, LONGEST_VALUE = 128, 2048
"""Characters of a user name and of an attribute."""
TRUTH = {"true": "true", "false": "false"}
"""Words of a truth value in lower case; the CSV takes any case."""

Check = Callable[[str], str]
"""Takes a value, returns what is wrong with it as a clause; empty if nothing is."""

HASHES: Mapping[str, re.Pattern[str]] = {
    "BCRYPT": re.compile(r"\$2[abxy]?\$[0-9]{2}\$[./A-Za-z0-9]{53}"),
    "ARGON2ID": re.compile(r"\$argon2id\$(?:v=[0-9]+\$)?[a-z0-9=,]+\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+"),
    "SCRYPT": re.compile(r"\S+"),
    "PBKDF2_SHA256": re.compile(r"\S+"),
}
"""PasswordHashingAlgorithm → the form of its hashes. bcrypt and argon2id have one form everywhere; which form Cognito
takes of the others is not documented, so only blanks are refused."""


@dataclass(frozen=True)
class ImportRules:
    """What a pool asks of the rows of an import."""

    header: Sequence[str]
    """The columns in the order of GetCSVHeader."""
    checks: Mapping[str, Check] = field(default_factory=dict)
    """Column → the check of its values."""
    required: frozenset[str] = frozenset()
    """Columns that every row fills."""
    verified: Sequence[str] = ()
    """Contacts (`email`, `phone_number`) of which one must be verified; the only one, if there is one."""
    unique: frozenset[str] = frozenset()
    """Contacts that sign a user in, and so belong to one user."""
    fold: bool = False
    """Whether user names and addresses are the same in any case."""
    booleans: frozenset[str] = frozenset()
    """Columns of truth values."""


def import_rules(header: Iterable[str], pool: Tree, algorithm: str = "") -> ImportRules:
    """Return what a pool asks of rows.

    Args:
        header: CSVHeader of GetCSVHeader.
        pool: UserPool of DescribeUserPool.
        algorithm: PasswordHashingAlgorithm; empty for an import without hashes of passwords.
    """
    schema = {a["Name"]: a for a in pool.get("SchemaAttributes", ())}
    columns = list(dict.fromkeys((*header, *([HASH] if algorithm else []))))
    if not algorithm and HASH in columns:
        columns.remove(HASH)
    aliases = {*pool.get("UsernameAttributes", ()), *pool.get("AliasAttributes", ())}
    checks = {name: _check(name, schema.get(name, {}), pool, algorithm) for name in columns}
    return ImportRules(
        header=columns,
        checks=checks,
        required=frozenset({USERNAME, *(n for n, a in schema.items() if a.get("Required") and n in columns)}),
        verified=tuple(pool.get("AutoVerifiedAttributes", ())),
        unique=frozenset(aliases & set(CONTACTS)),
        fold=pool.get("UsernameConfiguration", {}).get("CaseSensitive", True) is False,
        booleans=frozenset({MFA, *(n for n, a in schema.items() if a.get("AttributeDataType") == "Boolean")}),
    )


def _check(name: str, attribute: Tree, pool: Tree, algorithm: str) -> Check:
    if name == USERNAME:
        return _username(pool)
    if name == MFA:
        return _mfa(str(pool.get("MfaConfiguration", "OFF")))
    if name == HASH:
        return _matching(HASHES[algorithm], f"is not a hash of {algorithm}")
    kind = attribute.get("AttributeDataType", "String")
    if kind == "Number":
        return _number(attribute.get("NumberAttributeConstraints", {}))
    plain: Mapping[str, Check] = {"Boolean": _truth, "DateTime": _moment, "birthdate": _birthdate}
    return plain.get(name) or plain.get(kind) or _text(name, attribute.get("StringAttributeConstraints", {}))


def _matching(pattern: re.Pattern[str], said: str) -> Check:
    match = pattern.fullmatch
    return lambda value: "" if match(value) else said


def _username(pool: Tree) -> Check:
    named, aliases = pool.get("UsernameAttributes") or (), pool.get("AliasAttributes") or ()
    words = " or ".join({"email": "an e-mail address", "phone_number": "a phone number"}[n] for n in named)

    def check(value: str) -> str:
        if len(value) > LONGEST_NAME:
            return f"has more than {LONGEST_NAME} characters"
        if not value.isprintable() or any(map(str.isspace, value)):
            return "has a blank or a control character in it"
        email, phone = bool(EMAIL.fullmatch(value)), bool(PHONE.fullmatch(value))
        if named and not ((email and "email" in named) or (phone and "phone_number" in named)):
            return f"is not {words}, and users of this pool sign in with that"
        if (email and "email" in aliases) or (phone and "phone_number" in aliases):
            return "looks like an alias of this pool (AliasAttributes), which cannot be a user name"
        return ""

    return check


def _mfa(configuration: str) -> Check:
    wanted = {"ON": "true", "OFF": "false"}.get(configuration)

    def check(value: str) -> str:
        said = TRUTH.get(value.lower())
        if not said:
            return "is neither true nor false"
        if wanted and said != wanted:
            return f"must be {wanted} or empty, because MfaConfiguration of the pool is {configuration}"
        return ""

    return check


def _truth(value: str) -> str:
    return "" if value.lower() in TRUTH else "is neither true nor false"


def _birthdate(value: str) -> str:
    found = DAY.fullmatch(value)
    try:
        return "" if found and date(int(found[3]), int(found[1]), int(found[2])) else NO_DAY
    except ValueError:
        return NO_DAY


def _moment(value: str) -> str:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return "" if WHOLE.fullmatch(value) else "is neither a date nor a number of seconds"
    return ""


def _number(limits: Mapping[str, Any]) -> Check:
    least, most = (_limit(limits.get(name)) for name in ("MinValue", "MaxValue"))

    def check(value: str) -> str:
        if not WHOLE.fullmatch(value) or len(value) > LONGEST_VALUE:
            return "is not a whole number"
        number = int(value)
        if least is not None and number < least:
            return f"is less than {least}, the attribute's minimum"
        if most is not None and number > most:
            return f"is greater than {most}, the attribute's maximum"
        return ""

    return check


def _text(name: str, limits: Mapping[str, Any]) -> Check:
    least, most = (_limit(limits.get(limit)) for limit in ("MinLength", "MaxLength"))
    most = LONGEST_VALUE if most is None else min(most, LONGEST_VALUE)
    form = {"email": (EMAIL, "is not an e-mail address"), "phone_number": (PHONE, "is not + and up to 15 digits")}
    pattern, said = form.get(name, (None, ""))

    def check(value: str) -> str:
        if len(value) > most:
            return f"has more than {most} characters"
        if least is not None and len(value) < least:
            return f"has fewer than {least} characters"
        return said if pattern and not pattern.fullmatch(value) else ""

    return check


def _limit(text: Any) -> int | None:
    try:
        return int(text)
    except (TypeError, ValueError):
        return None
