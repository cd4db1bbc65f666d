"""Form fields for attributes of a user: label, input type and autocompletion."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from reconciler.local.store import Record

NAME = re.compile(r"requiredAttributes\[([^\]]+)\]")
TYPES = {
    "email": ("email", "email"),
    "phone_number": ("tel", "tel"),
    "birthdate": ("date", "bday"),
    "name": ("text", "name"),
    "given_name": ("text", "given-name"),
    "family_name": ("text", "family-name"),
    "middle_name": ("text", "additional-name"),
    "nickname": ("text", "nickname"),
    "preferred_username": ("text", "off"),
    "website": ("url", "url"),
    "profile": ("url", "off"),
    "picture": ("url", "photo"),
    "address": ("text", "street-address"),
    "gender": ("text", "sex"),
}
"""Input type and autocompletion of standard attributes."""
HINTS = {"phone_number": "With the country code, such as +14255550100", "birthdate": "YYYY-MM-DD"}


def required_of(pool: Record) -> list[str]:
    """Return the attributes that the sign-up form has: the required ones that the user name does not set."""
    named = pool["config"].get("UsernameAttributes") or []
    filled = {"sub", *(named if len(named) == 1 else [])}
    return [a["Name"] for a in pool["schema"] if a["Required"] and a["Name"] not in filled]


def fields_of(pool: Record, names: Iterable[str], sent: Mapping[str, str]) -> list[Record]:
    """Return the fields for some attributes, with the values that were typed before."""
    known = {a["Name"] for a in pool["schema"]}
    made = []
    for name in names:
        kind, filled = TYPES.get(name, ("text", "off"))
        field = f"requiredAttributes[{name}]"
        made.append(
            {
                "name": field,
                "id": f"field-{name.replace(':', '-').replace('_', '-')}",
                "label": label_of(name),
                "type": kind,
                "autocomplete": filled,
                "hint": HINTS.get(name, ""),
                "value": sent.get(field, ""),
            }
        )
    return [m for m, name in zip(made, names, strict=False) if name in known]


def label_of(name: str) -> str:
    """Return `Given name` for `given_name`."""
    return name.removeprefix("custom:").replace("_", " ").capitalize()


def sent_attributes(form: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes of a form by name."""
    found = ((NAME.fullmatch(k), v) for k, v in form.items())
    return {m[1]: v.strip() for m, v in found if m}
