"""Operations on one's own account: GetUser, UpdateUserAttributes, VerifyUserAttribute, DeleteUser.

A pool may keep the old address until the new one is verified; until then the new one is in `pending` of the user.
"""

from __future__ import annotations

import json

from reconciler.local.operation import Context, Operation
from reconciler.local.refusal import refuse
from reconciler.local.signin import aliases, codes, delivery, parties, tokens, user_factors, written_attributes
from reconciler.local.signin.parties import Caller
from reconciler.local.signin.tokens import Bearer
from reconciler.local.store import Record
from reconciler.local.user_checks import SHAPES, check_attributes


def _bearer(ctx: Context, params: Record) -> tuple[Bearer, Caller]:
    who = tokens.bearer(ctx, params["AccessToken"])
    return who, Caller(who.pool, who.client, metadata=params.get("ClientMetadata") or {})


# --- reading ----------------------------------------------------------------------------------------------------------


def get_user(ctx: Context, params: Record) -> Record:
    """GetUser: the attributes that the client may read."""
    who, _ = _bearer(ctx, params)
    user = who.user
    return {
        "Username": user["username"],
        "UserAttributes": [{"Name": n, "Value": v} for n, v in _readable(who).items()],
        **user_factors.settings(user),
    }


def _readable(who: Bearer) -> dict[str, str]:
    attributes = who.user["attributes"]
    shown = {"sub": attributes["sub"], **tokens.readable(who.client, attributes)}
    if who.user["identities"] and "identities" in who.client.get("ReadAttributes", ("identities",)):
        shown["identities"] = json.dumps(who.user["identities"])
    return shown


# --- changing ---------------------------------------------------------------------------------------------------------


def update_user_attributes(ctx: Context, params: Record) -> Record:
    """UpdateUserAttributes: an empty value removes; a new address is verified by a code if the pool requires it."""
    who, caller = _bearer(ctx, params)
    pool, user = who.pool, who.user
    sent = written_attributes.spelled(pool, written_attributes.named(params["UserAttributes"]))
    written_attributes.check(caller, sent, new=False)
    changed = [k for k in SHAPES if sent.get(k) and sent[k] != user["attributes"].get(k)]
    kept = [k for k in changed if k in _kept_until_verified(pool)]
    for kind in sorted(aliases.unproven(pool) & {k for k, v in sent.items() if v and k not in kept}):
        aliases.check_free(ctx, pool, kind, sent[kind], user["username"])
    for kind in SHAPES:
        if kind in sent:
            codes.drop(ctx, pool, user, codes.verifying(kind))
            user["pending"].pop(kind, None)
    user["pending"] |= {k: sent[k] for k in kept}
    marks = {f"{k}_verified": "false" for k in changed if k not in kept}
    now = {k: v for k, v in sent.items() if k not in kept}
    user["attributes"] = written_attributes.merged(user["attributes"], now | marks)
    parties.touch(ctx, pool, user)
    verified = pool["config"].get("AutoVerifiedAttributes") or ()
    sent_out = [_send(ctx, caller, user, k, "UpdateUserAttribute") for k in changed if k in verified]
    return {"CodeDeliveryDetailsList": sent_out}


def _kept_until_verified(pool: Record) -> set[str]:
    """Return the addresses that are kept until the new one is verified."""
    config = pool["config"]
    wanted = config.get("UserAttributeUpdateSettings", {}).get("AttributesRequireVerificationBeforeUpdate") or ()
    return set(wanted) & set(config.get("AutoVerifiedAttributes") or ())


def delete_user_attributes(ctx: Context, params: Record) -> Record:
    """DeleteUserAttributes: removing an attribute that is not set succeeds."""
    who, caller = _bearer(ctx, params)
    pool, user, removed = who.pool, who.user, dict.fromkeys(params["UserAttributeNames"], "")
    check_attributes(pool, removed, new=False)
    written_attributes.check_writable(caller, removed)
    for kind in SHAPES:
        if kind in removed:
            codes.drop(ctx, pool, user, codes.verifying(kind))
            user["pending"].pop(kind, None)
    user["attributes"] = written_attributes.merged(user["attributes"], removed)
    parties.touch(ctx, pool, user)
    return {}


def delete_user(ctx: Context, params: Record) -> Record:
    """DeleteUser: deletes the tokens and codes of the user as well."""
    who, _ = _bearer(ctx, params)
    ctx.ledger.remove_user(who.pool["id"], who.user["username"])
    ctx.people.remove(who.pool["id"], who.user["username"], ctx.now())
    return {}


# --- verifying --------------------------------------------------------------------------------------------------------


def _send(ctx: Context, caller: Caller, user: Record, kind: str, occasion: str) -> Record:
    to = user["pending"].get(kind) or user["attributes"][kind]
    code = codes.new(ctx, caller.pool, user, codes.verifying(kind), life=codes.DAY, about={"to": to})
    return delivery.send(ctx, caller, user, occasion, code, medium=delivery.OF_ATTRIBUTE[kind], to=to)


def _check_kind(kind: str) -> None:
    if kind not in SHAPES:
        refuse(f"Attribute {kind} cannot be verified. Only email and phone_number can.")


def get_user_attribute_verification_code(ctx: Context, params: Record) -> Record:
    """GetUserAttributeVerificationCode: for an unverified address, or a pending new one."""
    who, caller = _bearer(ctx, params)
    kind, user = params["AttributeName"], who.user
    _check_kind(kind)
    codes.attempt(ctx, who.pool, user["username"], "GetUserAttributeVerificationCode")
    if kind not in user["pending"]:
        if not user["attributes"].get(kind):
            refuse(f"User has no {kind}.")
        if user["attributes"].get(f"{kind}_verified") == "true":
            refuse(f"Attribute {kind} is already verified.")
    return {"CodeDeliveryDetails": _send(ctx, caller, user, kind, "VerifyUserAttribute")}


def verify_user_attribute(ctx: Context, params: Record) -> Record:
    """VerifyUserAttribute: a pending address takes effect, even if it is the alias of another user, who loses it."""
    who, _ = _bearer(ctx, params)
    pool, user, kind = who.pool, who.user, params["AttributeName"]
    _check_kind(kind)
    codes.attempt(ctx, pool, user["username"], "VerifyUserAttribute")
    about = codes.check(ctx, pool, user, codes.verifying(kind), params["Code"])
    waited = user["pending"].pop(kind, None)
    user["attributes"] |= {kind: waited} if waited else {}
    if user["attributes"].get(kind) != about["to"]:
        raise codes.expired()  # an administrator has changed it since
    aliases.verify(ctx, pool, user, kind, move=bool(waited))
    codes.drop(ctx, pool, user, codes.verifying(kind))
    parties.touch(ctx, pool, user)
    return {}


OPERATIONS: dict[str, Operation] = {
    "GetUser": get_user,
    "UpdateUserAttributes": update_user_attributes,
    "DeleteUserAttributes": delete_user_attributes,
    "DeleteUser": delete_user,
    "GetUserAttributeVerificationCode": get_user_attribute_verification_code,
    "VerifyUserAttribute": verify_user_attribute,
}
