"""The attributes of a user pool (cognito.md 2.1, 4.2; rules P25 to P27)."""

from __future__ import annotations

import copy

from reconciler.local.operation import Context, Operation
from reconciler.local.published_facts import PUBLISHED
from reconciler.local.refusal import refuse
from reconciler.local.store import Record

STANDARD: dict[str, Record] = PUBLISHED["standard_attributes"]
ORDER = tuple(STANDARD)
"""Order of the standard attributes in new pools."""

MAX_CUSTOM = 50
MAX_LENGTH = 2048
CONSTRAINTS = {
    "String": ("StringAttributeConstraints", "MinLength", "MaxLength"),
    "Number": ("NumberAttributeConstraints", "MinValue", "MaxValue"),
}


def standard(name: str) -> Record:
    """Return the default definition of a standard attribute."""
    return {"Name": name, **copy.deepcopy(STANDARD[name])}


def build(sent: list[Record]) -> list[Record]:
    """Return the attributes of a new pool.

    Args:
        sent: The request's Schema.

    Raises:
        Refusal: A rule of P25 to P27 is broken.
    """
    named = [a["Name"] for a in sent]
    if len(set(named)) != len(named):
        refuse("Duplicate attribute names are not allowed in the schema.")
    overrides = {a["Name"]: a for a in sent if a["Name"] in ORDER}
    attributes = [_override(standard(n), overrides[n]) if n in overrides else standard(n) for n in ORDER]
    return extend(attributes, [a for a in sent if a["Name"] not in ORDER])


def extend(attributes: list[Record], sent: list[Record]) -> list[Record]:
    """Return the attributes with custom ones added.

    Raises:
        Refusal: Too many, a name that is taken, or a broken attribute.
    """
    result = list(attributes)
    for item in sent:
        attribute = _custom(item)
        if any(a["Name"] == attribute["Name"] for a in result):
            name = attribute["Name"]
            refuse(f"{name}: Existing attribute already has name {name}.")
        result.append(attribute)
    if len(result) - len(ORDER) > MAX_CUSTOM:
        refuse(f"A user pool can have at most {MAX_CUSTOM} custom attributes.")
    return result


def _override(attribute: Record, sent: Record) -> Record:
    """Apply the changeable parts of a standard attribute: Required, Mutable and the limits (P26)."""
    name = attribute["Name"]
    if sent.get("AttributeDataType", attribute["AttributeDataType"]) != attribute["AttributeDataType"] or sent.get(
        "DeveloperOnlyAttribute"
    ):
        refuse(
            "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute " + name
        )
    # Mutable of an attribute in Schema is false if omitted (emulators 2.1)
    return {
        **attribute,
        "Mutable": sent.get("Mutable", False),
        "Required": sent.get("Required", False),
        **_limits(sent, attribute["AttributeDataType"], attribute),
    }


def _custom(sent: Record) -> Record:
    if sent.get("Required"):
        refuse("Required custom attributes are not supported currently.")
    kind = sent.get("AttributeDataType", "String")
    developer = sent.get("DeveloperOnlyAttribute", False)
    # a prefix given by the caller is not recognised: custom:x becomes custom:custom:x (emulators 2.1)
    return {
        "Name": ("dev:custom:" if developer else "custom:") + sent["Name"],
        "AttributeDataType": kind,
        "DeveloperOnlyAttribute": developer,
        "Mutable": sent.get("Mutable", False),
        "Required": False,
        **_limits(sent, kind, {}),
    }


def _limits(sent: Record, kind: str, default: Record) -> Record:
    if kind not in CONSTRAINTS:
        return {}
    member, low, high = CONSTRAINTS[kind]
    limits: Record = sent[member] if member in sent else default.get(member, {})
    least, most = _number(limits, low, member), _number(limits, high, member)
    if least is not None and most is not None and least > most:
        refuse(f"user.{sent['Name']}: Max {low[3:].lower()} cannot be less than min {low[3:].lower()}.")
    if kind == "String" and max(least or 0, most or 0) > MAX_LENGTH:
        refuse(f"user.{sent['Name']}: String attributes cannot have a length of more than {MAX_LENGTH}")
    return {member: limits}


def _number(limits: Record, key: str, member: str) -> int | None:
    if key not in limits:
        return None
    try:
        return int(limits[key])
    except ValueError:
        refuse(f"Invalid {member} for schema attribute.")


def add_custom_attributes(ctx: Context, params: Record) -> Record:
    """AddCustomAttributes: 1 to 25 per call; they can never be removed."""
    pool = ctx.pool(params)
    pool["schema"] = extend(pool["schema"], params["CustomAttributes"])
    pool["modified"] = ctx.store.now()
    ctx.store.touch(pool)
    return {}


OPERATIONS: dict[str, Operation] = {"AddCustomAttributes": add_custom_attributes}
