"""The parties of a sign-in: the pool, the app client and the user."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass, field
from typing import Literal

from reconciler.local import foreign_json
from reconciler.local.operation import Context, find_client
from reconciler.local.refusal import ServiceError, not_found
from reconciler.local.store import Record
from reconciler.local.user_checks import SHAPES

Door = Literal["api", "admin", "hosted"]
OLD_NAMES = {
    "ADMIN_NO_SRP_AUTH": "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "CUSTOM_AUTH_FLOW_ONLY": "ALLOW_CUSTOM_AUTH",
    "USER_PASSWORD_AUTH": "ALLOW_USER_PASSWORD_AUTH",
}
DEFAULT_FLOWS = ("ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH")
FORCED = "FORCE_CHANGE_PASSWORD"


@dataclass(frozen=True)
class Caller:
    """The pool, app client and endpoint through which a request comes."""

    pool: Record
    client: Record
    """Empty for operations of an administrator that name no client."""
    door: Door = "api"
    """Whether the request comes from an SDK, an administrator or the hosted pages."""
    metadata: dict[str, str] = field(default_factory=dict)
    """ClientMetadata."""
    host: str = ""
    """Host name of a hosted page; empty for other doors."""
    address: str = ""
    """IP address of the user in the request; empty if it has none, or the client must not send one."""

    @property
    def client_id(self) -> str:
        """The id of the client; empty without one."""
        return str(self.client.get("ClientId", ""))


def by_client(ctx: Context, params: Record, door: Door = "api") -> Caller:
    """Return the caller of a request that names only its client.

    Raises:
        ServiceError: ResourceNotFoundException.
    """
    client_id = params["ClientId"]
    pool = next((p for p in ctx.store.seen_in(ctx.region) if client_id in p["clients"]), None)
    if pool is None:
        not_found(f"User pool client {client_id} does not exist.")
    client = pool["clients"][client_id]
    said = params.get("UserContextData") if client.get("EnablePropagateAdditionalUserContextData") else None
    return Caller(pool, client, door, params.get("ClientMetadata") or {}, address=(said or {}).get("IpAddress", ""))


def admin(ctx: Context, params: Record) -> Caller:
    """Return the caller of a request of an administrator, with or without a client.

    Raises:
        ServiceError: ResourceNotFoundException.
    """
    pool = ctx.pool(params)
    client = find_client(pool, params["ClientId"]) if "ClientId" in params else {}
    address = (params.get("ContextData") or {}).get("IpAddress", "")
    return Caller(pool, client, "admin", params.get("ClientMetadata") or {}, address=address)


def pool_of_token(token: str) -> str:
    """Return the pool id in the issuer of a token, unverified; empty if there is none."""
    try:
        body = token.split(".")[1]
        claims = foreign_json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return str(claims["iss"]).rsplit("/", 1)[-1]
    except (IndexError, KeyError, TypeError, ValueError):
        return ""


def flows(client: Record) -> set[str]:
    """Return the flows of a client by their newer names."""
    return {OLD_NAMES.get(f, f) for f in client.get("ExplicitAuthFlows") or DEFAULT_FLOWS}


def hides(client: Record) -> bool:
    """Return whether a client hides which users exist (PreventUserExistenceErrors)."""
    return client.get("PreventUserExistenceErrors") == "ENABLED"


def spelled(pool: Record, name: str) -> str:
    """Return a name as it is stored: in lower case if the pool is case-insensitive."""
    insensitive = pool["config"].get("UsernameConfiguration", {}).get("CaseSensitive") is False
    return name.lower() if insensitive else name


def find_by_name(ctx: Context, pool: Record, name: str) -> Record | None:
    """Return a user by name, or by `sub` or address in a pool whose user names are addresses."""
    name = spelled(pool, name)
    found = ctx.people.get(pool["id"], name)
    named = pool["config"].get("UsernameAttributes") or ()
    for kind in (*named, *(["sub"] if named else [])) if found is None else ():
        for user in ctx.people.with_attribute(pool["id"], kind, name):
            return user
    return found


def sign_in_name(ctx: Context, pool: Record, typed: str) -> Record | None:
    """Return the user for a name typed at sign-in: a user name, an address or a verified alias."""
    found = find_by_name(ctx, pool, typed)
    if found is not None:
        return found
    name = spelled(pool, typed)
    for alias in pool["config"].get("AliasAttributes") or ():
        for user in ctx.people.with_attribute(pool["id"], alias, name):
            if alias not in SHAPES or user["attributes"].get(f"{alias}_verified") == "true":
                return user
    return None


def existing(ctx: Context, params: Record) -> tuple[Record, Record]:
    """Return the pool and the user of a request of an administrator.

    Raises:
        ServiceError: UserNotFoundException.
    """
    pool = ctx.pool(params)
    user = sign_in_name(ctx, pool, params["Username"])
    if user is None:
        raise ServiceError("UserNotFoundException", "User does not exist.")
    return pool, user


def random_uuid(ctx: Context) -> str:
    """Return a random UUID; a counter would start again with each process."""
    return str(uuid.UUID(bytes=ctx.desk.random(16), version=4))


def new_user(ctx: Context, name: str | None, status: str, attributes: Record) -> Record:
    """Return the record of a new user; without a name, its `sub` is the name. The caller puts it.

    `password` is None; or has `salt` and `verifier` of SRP in hexadecimal digits, `set`, and `until`, when a temporary
    one expires; or `hash`, the algorithm and text of an imported one.
    """
    now, sub = ctx.now(), random_uuid(ctx)
    return {
        "username": name or sub,
        "attributes": {"sub": sub, **{k: v for k, v in attributes.items() if v}},
        "enabled": True,
        "status": status,
        "created": now,
        "modified": now,
        "groups": [],
        "password": None,
        "past": [],
        "failures": {},
        "mfa": {"sms": False, "totp": False, "email": False, "preferred": "", "secret": "", "name": "", "used": 0},
        "devices": {},
        "passkeys": [],
        "pending": {},
        "identities": [],
    }


def touch(ctx: Context, pool: Record, user: Record) -> None:
    """Put a user whose profile has changed: that updates UserLastModifiedDate."""
    user["modified"] = ctx.now()
    put(ctx, pool, user)


def put(ctx: Context, pool: Record, user: Record) -> None:
    """Put a user after a change outside the profile."""
    ctx.people.put(pool["id"], user, ctx.now())
