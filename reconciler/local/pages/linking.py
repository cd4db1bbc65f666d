"""Identities of other providers that an administrator links to a user: AdminLinkProviderForUser and its reverse.

The user then signs in with the provider as itself, and no profile of its own is made for the identity.
"""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.providers import KINDS
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import parties
from reconciler.local.store import Record

COGNITO = "Cognito"
SUBJECT = "Cognito_Subject"
LINK = "link"
"""Kind in the ledger: the claim that a linked identity is known by, if it is not the subject."""
MOST = 5
"""Identities of one user."""
MERGING = "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link"
LINKED = "SourceUser is already linked to DestinationUser"
NOT_FOUND = "User does not exist."


def identity(ctx: Context, pool: Record, provider: str, subject: str, *, primary: bool) -> Record:
    """Return a new entry of a user's `identities`."""
    settings = pool["providers"][provider]
    kind = settings["ProviderType"]
    return {
        "userId": subject,
        "providerName": provider,
        "providerType": kind,
        "issuer": settings["ProviderDetails"].get("SSORedirectBindingURI") if kind == "SAML" else None,
        "primary": primary,
        "dateCreated": int(ctx.now() * 1000),
    }


def linked(ctx: Context, pool: Record, provider: str, subject: str, claims: Record) -> Record | None:
    """Return the user that an identity was linked to, by its subject or by a claim, or None."""
    for placed in ctx.people.every(pool["id"]):
        for known in placed.user["identities"]:
            if known["providerName"] == provider and _is_meant(ctx, pool, known, subject, claims):
                return placed.user
    return None


def _is_meant(ctx: Context, pool: Record, known: Record, subject: str, claims: Record) -> bool:
    entry = ctx.ledger.get(LINK, _key(pool, known["providerName"], known["userId"]))
    value = claims.get(entry["claim"]) if entry else subject
    return bool(value == known["userId"])


def _key(pool: Record, provider: str, value: str) -> str:
    return f"{pool['id']} {provider} {value}"


def admin_link_provider_for_user(ctx: Context, params: Record) -> Record:
    """AdminLinkProviderForUser: the identity must not have signed in before."""
    pool, source = ctx.pool(params), params["SourceUser"]
    provider, claim = source.get("ProviderName", ""), source.get("ProviderAttributeName", "")
    value = source.get("ProviderAttributeValue", "")
    _check_source(pool, provider, claim, value)
    user = _destination(ctx, pool, params["DestinationUser"])
    if ctx.people.get(pool["id"], parties.spelled(pool, f"{provider}_{value}")) is not None:
        refuse(MERGING)
    if linked(ctx, pool, provider, value, {claim: value}) is not None:
        refuse(LINKED)
    if len(user["identities"]) >= MOST:
        raise ServiceError("LimitExceededException", f"A user can have at most {MOST} linked identities.")
    fixed = {a["Name"] for a in pool["schema"] if not a["Mutable"] and a["Name"].startswith("custom:")}
    if fixed & set(user["attributes"]):
        refuse("DestinationUser has immutable attributes.")
    user["identities"] = [*user["identities"], identity(ctx, pool, provider, value, primary=False)]
    if claim != SUBJECT:
        ctx.ledger.put(LINK, _key(pool, provider, value), {"claim": claim}, pool=pool["id"], owner=user["username"])
    parties.touch(ctx, pool, user)
    return {}


def _check_source(pool: Record, provider: str, claim: str, value: str) -> None:
    if provider not in pool["providers"]:
        refuse(f"The provider {provider} does not exist for User Pool {pool['id']}.")
    if not claim or not value:
        refuse("SourceUser needs ProviderAttributeName and ProviderAttributeValue.")
    if KINDS[pool["providers"][provider]["ProviderType"]].social and claim != SUBJECT:
        refuse(f"ProviderAttributeName must be {SUBJECT} for a social identity provider.")


def _destination(ctx: Context, pool: Record, named: Record) -> Record:
    provider, value = named.get("ProviderName", ""), named.get("ProviderAttributeValue", "")
    name = value if provider == COGNITO else f"{provider}_{value}"
    user = parties.find_by_name(ctx, pool, name)
    if user is None:
        raise ServiceError("UserNotFoundException", NOT_FOUND)
    return user


def admin_disable_provider_for_user(ctx: Context, params: Record) -> Record:
    """AdminDisableProviderForUser: removes a link; a user of the pool itself loses the password."""
    pool, named = ctx.pool(params), params["User"]
    provider, value = named.get("ProviderName", ""), named.get("ProviderAttributeValue", "")
    if provider == COGNITO:
        user = _destination(ctx, pool, named)
        user["password"] = None
    else:
        claim = named.get("ProviderAttributeName", "")
        found = linked(ctx, pool, provider, value, {claim: value})
        if found is None:
            raise ServiceError("UserNotFoundException", NOT_FOUND)
        user = found
        mine = user["identities"]
        user["identities"] = [i for i in mine if (i["providerName"], i["userId"]) != (provider, value)]
        ctx.ledger.drop(LINK, _key(pool, provider, value))
    parties.touch(ctx, pool, user)
    return {}


OPERATIONS: dict[str, Operation] = {
    "AdminLinkProviderForUser": admin_link_provider_for_user,
    "AdminDisableProviderForUser": admin_disable_provider_for_user,
}
