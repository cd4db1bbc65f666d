"""Identities of other providers that sign in as a user of the pool: AdminLinkProviderForUser and its removal.

An identity is identified by its subject, or before its first sign-in by a mapped attribute. The ledger leads from a
link to its user; `identities` of the user lists it.
"""

from __future__ import annotations

from typing import NamedTuple, NoReturn

from reconciler.local.ledger import hashed
from reconciler.local.operation import Context, Operation
from reconciler.local.providers import KINDS
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import parties
from reconciler.local.signin.tokens import end_all
from reconciler.local.store import Record

KIND = "link"
MOST = 5
"""Identities of one user."""
LOCAL = "Cognito"
"""ProviderName of local users."""
SUBJECT = "Cognito_Subject"
MEMBERS = ("ProviderName", "ProviderAttributeName", "ProviderAttributeValue")
NOT_SOURCE = (
    "Invalid SourceUser: Cognito users with a username/password may not be passed in as a SourceUser, "
    "only as a DestinationUser"
)
SIGNED_UP = "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link"
LINKED = "SourceUser is already linked to DestinationUser"


class KnownBy(NamedTuple):
    """What identifies an identity."""

    provider: str
    """Name of the provider."""
    attribute: str
    """`Cognito_Subject`, or an attribute of the pool that a claim is mapped to."""
    value: str


def identity(ctx: Context, pool: Record, provider: str, subject: str, *, primary: bool) -> Record:
    """Return an entry of a user's `identities`.

    Args:
        ctx: The context.
        pool: The pool.
        provider: Name of the provider.
        subject: Identifier of the user there.
        primary: Whether the user is the profile of this identity, as opposed to linked to it.
    """
    settings = pool["providers"][provider]
    saml = settings["ProviderType"] == "SAML"
    return {
        "userId": subject,
        "providerName": provider,
        "providerType": settings["ProviderType"],
        "issuer": settings["ProviderDetails"].get("SSORedirectBindingURI") if saml else None,
        "primary": primary,
        "dateCreated": int(ctx.now() * 1000),
    }


def linked(ctx: Context, pool: Record, provider: str, subject: str, attributes: Record) -> Record | None:
    """Return the user that an identity is linked to, or None. From now on its subject identifies the identity.

    Args:
        ctx: The context.
        pool: The pool.
        provider: Name of the provider.
        subject: Identifier of the user there.
        attributes: The mapped attributes.
    """
    for attribute, value in [(SUBJECT, subject), *sorted(attributes.items())]:
        known = KnownBy(provider, attribute, value)
        user = _owner(ctx, pool, known)
        if user is None:
            continue
        if attribute != SUBJECT:
            _settle(ctx, pool, user, known, subject)
        return user
    return None


def _owner(ctx: Context, pool: Record, known: KnownBy) -> Record | None:
    entry = ctx.ledger.get(KIND, _key(pool, known))
    return ctx.people.get(pool["id"], entry["user"]) if entry else None


def _key(pool: Record, known: KnownBy) -> str:
    return hashed("\0".join((pool["id"], *known)))


def _put(ctx: Context, pool: Record, user: Record, known: KnownBy) -> None:
    name = user["username"]
    ctx.ledger.put(KIND, _key(pool, known), {"user": name}, pool=pool["id"], owner=name)


def _settle(ctx: Context, pool: Record, user: Record, known: KnownBy, subject: str) -> None:
    """Identify an identity by its subject instead of an attribute."""
    ctx.ledger.drop(KIND, _key(pool, known))
    _put(ctx, pool, user, KnownBy(known.provider, SUBJECT, subject))
    for entry in user["identities"]:
        if (entry["providerName"], entry["userId"]) == (known.provider, known.value):
            entry["userId"] = subject
    parties.put(ctx, pool, user)


# --- operations ----------------------------------------------------------------------------------------------------


def admin_link_provider_for_user(ctx: Context, params: Record) -> Record:
    """AdminLinkProviderForUser."""
    pool = ctx.pool(params)
    user = _destination(ctx, pool, params["DestinationUser"])
    known = _source(pool, params["SourceUser"])
    _check_new(ctx, pool, known)
    fixed = {a["Name"] for a in pool["schema"] if not a["Mutable"] and a["Name"].startswith("custom:")}
    if fixed & set(user["attributes"]):
        refuse("DestinationUser has immutable attributes.")
    if sum(not i.get("primary") for i in user["identities"]) >= MOST:
        raise ServiceError("LimitExceededException", f"A user can have at most {MOST} linked identities.")
    _put(ctx, pool, user, known)
    user["identities"].append(identity(ctx, pool, known.provider, known.value, primary=False))
    parties.touch(ctx, pool, user)
    return {}


def _destination(ctx: Context, pool: Record, named: Record) -> Record:
    provider, value = named.get("ProviderName", ""), named.get("ProviderAttributeValue", "")
    if not provider or not value:
        refuse("DestinationUser needs ProviderName and ProviderAttributeValue.")
    name = value if provider == LOCAL else f"{provider}_{value}"
    user = parties.find_by_name(ctx, pool, name)
    if user is None or (provider == LOCAL and user["status"] == "EXTERNAL_PROVIDER"):
        _unknown()
    return user


def _unknown() -> NoReturn:
    raise ServiceError("UserNotFoundException", "User does not exist.")


def _source(pool: Record, named: Record) -> KnownBy:
    """Return the identity that is to be linked."""
    provider, attribute, value = (named.get(member, "") for member in MEMBERS)
    if provider == LOCAL:
        refuse(NOT_SOURCE)
    if not provider or not attribute or not value:
        refuse("SourceUser needs ProviderName, ProviderAttributeName and ProviderAttributeValue.")
    settings = pool["providers"].get(provider)
    if settings is None:
        refuse(f"The provider {provider} does not exist for User Pool {pool['id']}.")
    if attribute != SUBJECT and KINDS[settings["ProviderType"]].social:
        refuse(f"ProviderAttributeName must be {SUBJECT} for a social identity provider.")
    known = _known_by(pool, named)
    if known.attribute not in (SUBJECT, *settings["AttributeMapping"]):
        refuse(f"{attribute} is neither a mapped attribute of {provider} nor a claim that is mapped to one.")
    return known


def _known_by(pool: Record, named: Record) -> KnownBy:
    """Return the identity in a request; a claim is replaced by the attribute that it is mapped to."""
    provider, attribute, value = (named.get(member, "") for member in MEMBERS)
    mapping = pool["providers"].get(provider, {}).get("AttributeMapping", {})
    by_claim = {claim: mapped for mapped, claim in sorted(mapping.items()) if mapped != "username"}
    return KnownBy(provider, attribute if attribute in mapping else by_claim.get(attribute, attribute), value)


def _check_new(ctx: Context, pool: Record, known: KnownBy) -> None:
    """Check that an identity neither has a profile nor is linked."""
    if _owner(ctx, pool, known) is not None:
        refuse(LINKED)
    profile = parties.find_by_name(ctx, pool, f"{known.provider}_{known.value}")
    if known.attribute == SUBJECT and profile is not None:
        refuse(SIGNED_UP)


def admin_disable_provider_for_user(ctx: Context, params: Record) -> Record:
    """AdminDisableProviderForUser: removes a link, or the password of a local user.

    An administrator can set a password again. Tokens are revoked in both cases.
    """
    pool, named = ctx.pool(params), params["User"]
    if named.get("ProviderName") == LOCAL:
        user = _destination(ctx, pool, named)
        user["password"] = None
    else:
        user = _unlinked(ctx, pool, _known_by(pool, named))
    end_all(ctx, pool, user)
    parties.touch(ctx, pool, user)
    return {}


def _unlinked(ctx: Context, pool: Record, known: KnownBy) -> Record:
    """Remove a link; return its user. The caller puts it."""
    user = _owner(ctx, pool, known)
    if user is None:
        _unknown()
    ctx.ledger.drop(KIND, _key(pool, known))
    gone = (known.provider, known.value, False)
    user["identities"] = [i for i in user["identities"] if (i["providerName"], i["userId"], i["primary"]) != gone]
    return user


OPERATIONS: dict[str, Operation] = {
    "AdminLinkProviderForUser": admin_link_provider_for_user,
    "AdminDisableProviderForUser": admin_disable_provider_for_user,
}
