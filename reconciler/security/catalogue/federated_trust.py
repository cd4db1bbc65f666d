"""Rules about identity providers: whom a pool trusts to say who a user is, and what they may say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache

from reconciler.kinds import saml
from reconciler.kinds.client_rules import NEVER_WRITABLE
from reconciler.kinds.kind import Breach, Rule
from reconciler.model import Tree
from reconciler.security.catalogue.certificates import last_day
from reconciler.security.catalogue.client_traits import CLIENTS, POOL, WRITABLE, clients, items, split, whole
from reconciler.security.catalogue.privileged_names import is_privileged, words
from reconciler.security.rule import SecurityRule, Seen, dig, is_known, text, texts
from schemas.published import PUBLISHED

PROVIDERS, DETAILS, MAPPING = "identity_providers", "ProviderDetails", "AttributeMapping"

ENFORCED: Mapping[str, tuple[str, ...]] = {"CG704": ("O8",), "CG707": ("O21",), "CG708": ("C7",)}
"""Rules of the catalogue that Cognito enforces by itself, in part, and the rules of `kinds/` that say so."""


def providers(seen: Seen, *types: str) -> Iterator[tuple[str, Tree]]:
    """Yield the providers by their names; with types, those of one of them."""
    for address, tree in seen.all(PROVIDERS).items():
        if not types or text(tree, "ProviderType") in types:
            yield address.name, tree


def _flag(tree: Tree, key: str) -> bool | None:
    """Return a switch of a provider, which is written as a text; None if it is not known."""
    found = dig(tree, DETAILS, key)
    return None if not is_known(found) else str(found or "").lower() == "true"


# --- SAML ----------------------------------------------------------------------------------------------------------

SOON = 30
"""Days before the end of a certificate when it is time to replace it."""


def _metadata(seen: Seen) -> Iterator[Breach]:
    for name, tree in providers(seen, "SAML"):
        url, document = text(tree, DETAILS, "MetadataURL"), text(tree, DETAILS, "MetadataFile")
        if url.lower().startswith("http://"):
            yield Breach(PROVIDERS, name, (DETAILS, "MetadataURL"), "The metadata is fetched without TLS.")
        elif document and not url and seen.today:
            days = [last_day(each) for each in saml.read(document).certificates]
            last = max(days, default="")
            if last and all(days) and last < _later(seen.today):
                said = "has expired" if last < seen.today else "expires soon"
                message = f"The certificate of the provider {said}: its last day is {last}."
                yield Breach(PROVIDERS, name, (DETAILS, "MetadataFile"), message)


def _later(today: str) -> str:
    return (date.fromisoformat(today) + timedelta(days=SOON)).isoformat()


CG701 = SecurityRule(
    Rule(
        id="CG701",
        title="SAML metadata that cannot be relied on",
        what="MetadataURL begins with http://, or all signing certificates in MetadataFile have expired or expire "
        "within 30 days.",
        why="The metadata has the certificate that proves who users are: whoever can replace it on its way signs in as "
        "anyone. When its certificate ends, sign-in through it may end too.",
        source=("cognito.md 2.6",),
        advice="Use an https address, or put the new metadata of the provider into the manifest.",
    ),
    "high",
    ("identity_providers.ProviderDetails.MetadataURL", "identity_providers.ProviderDetails.MetadataFile"),
    _metadata,
    profiles={"dev": "low"},
)


def _unasked(seen: Seen) -> Iterator[Breach]:
    for name, tree in providers(seen, "SAML"):
        if _flag(tree, "IDPInit"):
            yield Breach(
                PROVIDERS, name, (DETAILS, "IDPInit"), "A sign-in is accepted that the user did not begin here."
            )


CG702 = SecurityRule(
    Rule(
        id="CG702",
        title="Sign-in that the provider begins",
        what="IDPInit of a SAML provider is true.",
        why="An answer of the provider without a question can be replayed, or be planted on a user, who then works in "
        "the account of the attacker.",
        source=("OASIS SAML 2.0 security considerations", "cognito.md 2.6"),
        advice="Remove IDPInit, and give users a link that begins the sign-in in your application.",
    ),
    "medium",
    ("identity_providers.ProviderDetails.IDPInit",),
    _unasked,
    profiles={"dev": "low"},
)

HYGIENE = {
    "RequestSigningAlgorithm": "requests are not signed",
    "EncryptedResponses": "answers are not encrypted",
    "IDPSignout": "sign-out does not reach the provider",
}

SAFE = {"RequestSigningAlgorithm": "rsa-sha256", "EncryptedResponses": '"true"', "IDPSignout": '"true"'}


def _hygiene(seen: Seen) -> Iterator[Breach]:
    for name, tree in providers(seen, "SAML"):
        lacking = [key for key in HYGIENE if not _has(tree, key)]
        if lacking:
            said = ", ".join(HYGIENE[key] for key in lacking)
            path = (DETAILS, lacking[0]) if len(lacking) == 1 else (DETAILS,)
            advice = f"Set {' and '.join(f'{key} to {SAFE[key]}' for key in lacking)}."
            yield Breach(PROVIDERS, name, path, f"{said[0].upper()}{said[1:]}.", advice)


def _has(tree: Tree, key: str) -> bool:
    if key == "RequestSigningAlgorithm":
        return bool(dig(tree, DETAILS, key))
    return _flag(tree, key) is not False


CG703 = SecurityRule(
    Rule(
        id="CG703",
        title="A SAML provider without signing, encryption or sign-out",
        what="RequestSigningAlgorithm, EncryptedResponses or IDPSignout of a SAML provider is not set.",
        why="The provider cannot check who asks, what it says of a user passes the browser in clear, or the session "
        "there stays open.",
        source=("cognito.md 2.6",),
        advice='Set RequestSigningAlgorithm to rsa-sha256, and EncryptedResponses and IDPSignout to "true".',
    ),
    "low",
    tuple(f"identity_providers.ProviderDetails.{key}" for key in HYGIENE),
    _hygiene,
    profiles={"dev": None},
)


# --- OIDC ----------------------------------------------------------------------------------------------------------

ENDPOINTS = ("authorize_url", "token_url", "attributes_url", "jwks_uri")
FAMILIES = (
    frozenset({"microsoftonline.com", "windows.net", "microsoft.com", "ciamlogin.com", "b2clogin.com"}),
    frozenset({"google.com", "googleapis.com"}),
    frozenset({"facebook.com"}),
    frozenset({"yahoo.co.jp", "yahooapis.jp"}),
)
"""Domains of one provider."""
SHARED = frozenset(
    {
        *(
            "okta.com",
            "oktapreview.com",
            "okta-emea.com",
            "auth0.com",
            "onelogin.com",
            "pingone.com",
            "amazoncognito.com",
        ),
        *("amazonaws.com", "cloudfront.net", "azurewebsites.net", "run.app", "herokuapp.com", "vercel.app", "web.app"),
        *("github.io", "pages.dev", "workers.dev", "netlify.app", "onrender.com", "fly.dev", "azurefd.net"),
    }
)
"""Domains whose hosts belong to different customers."""


COUNTRY = re.compile(r"\.(?:co|com|org|net|gov|ac|edu|ne|or)\.[a-z]{2}$")
"""How a domain ends below which a country registers companies: `example.co.uk`."""


def site(host: str) -> str:
    """Return the domain whose hosts are of one owner, as far as the name shows it."""
    name = host.lower()
    domain = ".".join(name.split(".")[-3 if COUNTRY.search(name) else -2 :])
    return name if domain in SHARED else domain


OF_COGNITO = re.compile(r"^(?:issuer-)?cognito-idp\.")
"""How the issuer of a user pool is called; its endpoints are on the domain of the pool, whatever that is."""


@lru_cache(maxsize=4096)
def _is_one(host: str, issuer: str) -> bool:
    if OF_COGNITO.match(issuer):
        return True
    one, other = site(host), site(issuer)
    return one == other or any(one in family and other in family for family in FAMILIES)


def _endpoints(seen: Seen) -> Iterator[Breach]:
    for name, tree in providers(seen, "OIDC"):
        issuer = text(tree, DETAILS, "oidc_issuer")
        for key in ENDPOINTS:
            endpoint = text(tree, DETAILS, key)
            said = _astray(endpoint, issuer) if endpoint else ""
            if said:
                yield Breach(PROVIDERS, name, (DETAILS, key), f"The endpoint {key} {said}")


@lru_cache(maxsize=4096)  # pools of one owner have the same providers
def _astray(endpoint: str, issuer: str) -> str:
    """Return what is wrong with where an endpoint is, or empty; what is no URL is not judged."""
    parts, trusted = split(endpoint), split(issuer)
    if parts is None:
        return ""
    if parts.scheme != "https":
        return "is used without TLS."
    if trusted is None or _is_one(parts.hostname or "", trusted.hostname or ""):
        return ""
    return f"is on {parts.hostname or ''}, and the issuer on {trusted.hostname}."


CG704 = SecurityRule(
    Rule(
        id="CG704",
        title="An endpoint that is not the issuer's",
        what="An endpoint of an OIDC provider (authorize_url, token_url, attributes_url, jwks_uri) is not https, or "
        "is on a host that does not belong to the domain of oidc_issuer.",
        why="Whoever runs that host, or sits on the way to it, decides who signs in and as whom.",
        source=("OpenID Connect Discovery 1.0", "cognito.md 2.6"),
        advice="Remove the endpoints, so that Cognito finds them from the issuer, or use those that the issuer "
        "publishes.",
    ),
    "high",
    tuple(f"identity_providers.ProviderDetails.{key}" for key in ("oidc_issuer", *ENDPOINTS)),
    _endpoints,
    profiles={"dev": "medium"},
)

USUAL_SCOPES = frozenset({"openid", "email", "profile", "phone", "address"})
OF_SOCIAL = {
    "Google": USUAL_SCOPES
    | {"https://www.googleapis.com/auth/userinfo.email", "https://www.googleapis.com/auth/userinfo.profile"},
    "Facebook": frozenset({"public_profile", "email"}),
    "LoginWithAmazon": frozenset({"profile", "profile:user_id", "postal_code"}),
    "SignInWithApple": frozenset({"email", "name"}),
}
"""Scopes that sign-in needs, by the type of a provider that has scopes of its own."""
MIGHTY = frozenset({"write", "readwrite", "manage", "admin", "full", "all", "delete", "offline"})
"""Words of scopes that allow more than to see who a user is."""


@lru_cache(maxsize=1024)
def _is_mighty(scope: str) -> bool:
    return scope == "*" or not MIGHTY.isdisjoint(words(scope))


def _scopes(seen: Seen) -> Iterator[Breach]:
    for name, tree in providers(seen):
        kind, given = text(tree, "ProviderType"), text(tree, DETAILS, "authorize_scopes")
        found = given.replace(",", " ").split()
        usual = OF_SOCIAL.get(kind)
        broad = [s for s in found if (s not in usual if usual else _is_mighty(s))]
        if broad:
            said = f"Users are asked to allow {', '.join(broad)}, which sign-in does not need."
            yield Breach(PROVIDERS, name, (DETAILS, "authorize_scopes"), said)


CG711 = SecurityRule(
    Rule(
        id="CG711",
        title="Scopes that sign-in does not need",
        what="A social provider is asked for more than the profile (authorize_scopes), or an OIDC provider for a scope "
        "that writes, manages, or works while the user is away.",
        why="Users are asked for more than they should give, and the tokens that Cognito gets are worth stealing.",
        source=("RFC 9700", "cognito.md 2.6"),
        advice="Ask for openid, email and profile only.",
    ),
    "low",
    ("identity_providers.ProviderDetails.authorize_scopes",),
    _scopes,
    profiles={"dev": None},
)


def _levels(seen: Seen) -> Iterator[Breach]:
    levels = seen.one(POOL).get("AcrConfiguration")
    own = isinstance(levels, dict) and any(
        text(level, "AcrValue") not in ("", PUBLISHED["acr_levels"].get(key, {}).get("AcrValue"))
        for key, level in levels.items()
        if isinstance(level, dict)
    )
    for name, tree in providers(seen, "OIDC") if own else ():
        if tree.get("AcrMapping") in (None, {}):
            said = "How the provider has signed a user in counts as the lowest level of the pool."
            yield Breach(PROVIDERS, name, ("AcrMapping",), said)


CG710 = SecurityRule(
    Rule(
        id="CG710",
        title="Levels of sign-in that a provider does not know",
        what="The pool names levels of its own in AcrConfiguration, and an OIDC provider has no AcrMapping.",
        why="Applications that ask for a higher level refuse its users, or stop asking for it.",
        source=("cognito.md 2.6",),
        advice="Map the levels of the provider in AcrMapping.",
    ),
    "low",
    ("identity_providers.AcrMapping", "user_pool.AcrConfiguration"),
    _levels,
    profiles={"dev": None},
    needs=("user_pool.AcrConfiguration",),
)


# --- attributes ----------------------------------------------------------------------------------------------------


def _links(seen: Seen) -> bool:
    """Return whether an address may lead to the account of another user: as a name, or in a function that links."""
    pool = seen.one(POOL)
    named = {*texts(pool, "UsernameAttributes"), *texts(pool, "AliasAttributes")}
    functions = dig(pool, "LambdaConfig") or {}
    return "email" in named or bool(dig(functions, "PreSignUp") or dig(functions, "InboundFederation"))


def _unverified(seen: Seen) -> Iterator[Breach]:
    for name, tree in providers(seen, "OIDC", "Google", "SignInWithApple", "SAML") if _links(seen) else ():
        mapping = tree.get(MAPPING)
        if isinstance(mapping, dict) and mapping.get("email") and not mapping.get("email_verified"):
            said = "The pool learns an address of the provider, and not whether it has been verified."
            yield Breach(PROVIDERS, name, (MAPPING, "email_verified"), said)


CG705 = SecurityRule(
    Rule(
        id="CG705",
        title="Addresses of a provider without their verification",
        what="AttributeMapping has email without email_verified, in a pool where an address is a user name or an "
        "alias, or a function may link users. Facebook and Login with Amazon have no such claim.",
        why="Some providers let users write any address. A function or an application that goes by it links the "
        "account of another person.",
        source=("cognito.md 2.6",),
        advice="Map email_verified, and link users only if it is true.",
    ),
    "high",
    ("identity_providers.AttributeMapping", "user_pool.LambdaConfig.PreSignUp", "user_pool.UsernameAttributes"),
    _unverified,
    profiles={"workforce": "medium", "dev": "low"},
)


def _given_rights(seen: Seen) -> Iterator[Breach]:
    if dig(seen.one(POOL), "LambdaConfig", "InboundFederation"):
        return  # the function sees what the provider says before it is stored
    for name, tree in providers(seen):
        mapping = tree.get(MAPPING)
        for attribute, claim in (mapping if isinstance(mapping, dict) else {}).items():
            if claim and is_privileged(attribute, seen.privileged):
                said = f"The provider decides {attribute} of its users."
                yield Breach(PROVIDERS, name, (MAPPING, attribute), said)


CG706 = SecurityRule(
    Rule(
        id="CG706",
        title="A provider that gives rights",
        what="AttributeMapping fills an attribute whose name is about rights (role, admin, tenant, plan, group), or "
        "that privileged_attributes names, and no function looks at it (LambdaConfig.InboundFederation).",
        why="Whoever manages that provider makes users administrators of your application, or moves them to another "
        "tenant. The directory of your own company may be meant to.",
        source=("cognito.md 2.6",),
        advice="Set the attribute by a function that allows each provider its own values: InboundFederation, or a "
        "trigger before token generation.",
    ),
    "high",
    ("identity_providers.AttributeMapping", "user_pool.LambdaConfig.InboundFederation"),
    _given_rights,
    profiles={"workforce": "low", "dev": "low"},
)


def _not_writable(seen: Seen) -> Iterator[Breach]:
    named = dict(providers(seen))
    for name, client in clients(seen):
        written = texts(client, WRITABLE)
        for provider in texts(client, "SupportedIdentityProviders") if written else ():
            mapping = named.get(provider, {}).get(MAPPING)
            wanted = {key for key, claim in (mapping if isinstance(mapping, dict) else {}).items() if claim}
            lacking = sorted(wanted - {*written, *NEVER_WRITABLE, "username"})
            if lacking:
                said = f"Users of {provider} cannot sign in: Cognito may not write {', '.join(lacking)}."
                yield Breach(CLIENTS, name, (WRITABLE,), said)


CG707 = SecurityRule(
    Rule(
        id="CG707",
        title="Attributes of a provider that a client may not write",
        what="WriteAttributes of a client lacks an attribute that one of its providers fills in.",
        why="Cognito writes mapped attributes with the rights of the client at every sign-in, and fails without them.",
        source=("cognito.md 2.3", "cognito.md 2.6"),
        advice="Add the attributes to WriteAttributes, or remove them from AttributeMapping.",
    ),
    "medium",
    ("clients.WriteAttributes", "clients.SupportedIdentityProviders", "identity_providers.AttributeMapping"),
    _not_writable,
    needs=("clients.WriteAttributes",),
)


# --- use -----------------------------------------------------------------------------------------------------------


def _unused(seen: Seen) -> Iterator[Breach]:
    every = clients(seen)
    if not every or not seen.knows(CLIENTS) or not all(whole(c, "SupportedIdentityProviders") for _, c in every):
        return
    used = {provider for _, client in every for provider in texts(client, "SupportedIdentityProviders")}
    for name, _ in providers(seen):
        if name not in used:
            yield Breach(PROVIDERS, name, (), "No client lets users sign in with this provider.")


CG708 = SecurityRule(
    Rule(
        id="CG708",
        title="A provider that no client uses",
        what="No client has the provider in SupportedIdentityProviders.",
        why="It is trusted all the same: one line in one client opens the pool to its users.",
        source=("cognito.md 2.6",),
        advice="Remove the provider, or add it to a client.",
    ),
    "low",
    ("identity_providers", "clients.SupportedIdentityProviders"),
    _unused,
    profiles={"dev": None},
)

PUBLIC_MAIL = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com"),
        *("icloud.com", "me.com", "mac.com", "aol.com", "gmx.de", "gmx.net", "web.de", "proton.me", "protonmail.com"),
        *("mail.com", "mail.ru", "yandex.ru", "qq.com", "163.com", "zoho.com", "fastmail.com"),
    }
)
"""Domains where everyone can have an address."""


def _identifiers(seen: Seen) -> Iterator[Breach]:
    owners: dict[str, str] = {}
    for name, tree in providers(seen):
        for index, identifier in items(tree, "IdpIdentifiers"):
            key = identifier.lower() if isinstance(identifier, str) else ""
            path = ("IdpIdentifiers", index)
            if key and owners.setdefault(key, name) != name:
                said = f"Users of {key} may be sent to {owners[key]} or here."
                yield Breach(PROVIDERS, name, path, said, f"Give {key} to one provider.")
            elif key in PUBLIC_MAIL:
                said = f"Everyone can have an address of {key}, and all of them are sent to this provider."
                yield Breach(PROVIDERS, name, path, said)


CG709 = SecurityRule(
    Rule(
        id="CG709",
        title="A domain that is sent to the wrong provider",
        what="IdpIdentifiers has a domain of public mailboxes, or one that another provider has too.",
        why="The sign-in pages send users with such an address there: users who are none of that provider's type their "
        "passwords into its page.",
        source=("cognito.md 2.6",),
        advice="List only domains that belong to the company of the provider.",
    ),
    "medium",
    ("identity_providers.IdpIdentifiers",),
    _identifiers,
    profiles={"dev": "low"},
    needs=("identity_providers.IdpIdentifiers",),
)

RULES = (CG701, CG702, CG703, CG704, CG705, CG706, CG707, CG708, CG709, CG710, CG711)
