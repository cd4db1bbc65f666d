"""The service's rules about app clients (cognito.md 3.2), checked before the first write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from reconciler.kinds.kind import Breach, Rule, State
from reconciler.kinds.shared_rules import (
    P23,
    arn_part,
    attributes,
    below,
    dig,
    is_custom,
    needs_plan,
    no_attribute,
    strings,
    unsure,
)
from reconciler.model import Path, Tree
from schemas.published import PUBLISHED

CLIENTS = "clients"
DOMAINS = "domains"
FACTS = ("cognito.md 3.2",)
OIDC_SCOPES: frozenset[str] = frozenset(PUBLISHED["oauth_scopes"])
"""Scopes that need no resource server."""

SECONDS: Mapping[str, int] = PUBLISHED["seconds_of_unit"]
"""Units of validity."""

VALIDITY: Mapping[str, tuple[str, str, int, range]] = {
    name: (known["member"], known["unit"], known["value"], range(known["least"], known["most"] + 1))
    for name, known in PUBLISHED["token_validity"].items()
}
"""Validity → its unit member, the unit and value when unset, and the range in seconds (rule C12)."""

LEGACY_FLOWS: frozenset[str] = frozenset(PUBLISHED["legacy_auth_flows"])
EXCLUSIVE_FLOW = "ALLOW_CLIENT_TOKEN_AUTH"
NEVER_WRITABLE: frozenset[str] = frozenset(PUBLISHED["unwritable_attributes"])
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

MANAGED = "PublishSecretsInAWSSecretsManager"
FLOWS: Path = ("AllowedOAuthFlows",)
SIGN_IN: Path = ("ExplicitAuthFlows",)
SERVICE_ROLE = "role/aws-service-role/"
"""What the ARN of a role contains that AWS made for itself; Cognito's own one comes with ApplicationArn."""

WRITABLE: Path = ("WriteAttributes",)


def seconds(tree: Tree, validity: str) -> int:
    """Return a validity of a client in seconds; 0 and absent mean the default."""
    member, unit, value, _ = VALIDITY[validity]
    found = dig(tree, "TokenValidityUnits", member) or unit
    count = tree.get(validity) or value
    return int(count) * SECONDS.get(found, 0) if isinstance(count, int) else 0


def has_secret(tree: Tree) -> bool:
    """Return whether a client has a secret, or will have one."""
    return bool(tree.get("ClientSecret")) or tree.get("GenerateSecret") is True


def _public(state: State, tree: Tree) -> bool:
    """Return whether a client is known to have no secret."""
    return not has_secret(tree) and (not state.offline or tree.get("GenerateSecret") is False)


def _at(name: str, path: Path, message: str, advice: str = "") -> Breach:
    return Breach(CLIENTS, name, path, message, advice)


def _clients(state: State) -> Sequence[tuple[str, Tree]]:
    return state.each(CLIENTS)


# --- OAuth ---------------------------------------------------------------------------------------------------------


def oauth_parts(state: State) -> Iterator[Breach]:
    """C1."""
    for name, tree in _clients(state):
        if tree.get("AllowedOAuthFlowsUserPoolClient") is True:
            lacking = [m for m in ("AllowedOAuthFlows", "AllowedOAuthScopes") if state.lacks(tree, m)]
            if lacking:
                yield _at(
                    name,
                    ("AllowedOAuthFlowsUserPoolClient",),
                    f"OAuth is enabled without {' and '.join(lacking)}.",
                    f"Add {' and '.join(lacking)}, or set AllowedOAuthFlowsUserPoolClient to false.",
                )


C1 = Rule(
    id="C1",
    title="OAuth without flows or scopes",
    what="AllowedOAuthFlowsUserPoolClient is true, and AllowedOAuthFlows or AllowedOAuthScopes is missing or empty.",
    why="Cognito refuses the client.",
    source=FACTS,
    advice="Add AllowedOAuthFlows and AllowedOAuthScopes, or set AllowedOAuthFlowsUserPoolClient to false.",
    check=oauth_parts,
    offline=True,
)


def callback_needed(state: State) -> Iterator[Breach]:
    """C2."""
    for name, tree in _clients(state):
        flows = set(strings(tree.get("AllowedOAuthFlows")))
        if {"code", "implicit"} & flows and state.lacks(tree, "CallbackURLs"):
            yield _at(name, FLOWS, "The flows code and implicit require a callback URL.")


C2 = Rule(
    id="C2",
    title="User flows without a callback URL",
    what="AllowedOAuthFlows includes code or implicit, and the client has no CallbackURLs.",
    why="Cognito refuses the client: it would not know where to send users after they sign in.",
    source=FACTS,
    advice="Add CallbackURLs.",
    check=callback_needed,
    offline=True,
)


def _machines(state: State) -> Iterator[tuple[str, Tree]]:
    """Yield the clients of machines."""
    for name, tree in _clients(state):
        if "client_credentials" in strings(tree.get("AllowedOAuthFlows")):
            yield name, tree


def machines_alone(state: State) -> Iterator[Breach]:
    """C3."""
    for name, tree in _machines(state):
        if len(strings(tree.get("AllowedOAuthFlows"))) > 1:
            yield _at(name, FLOWS, "client_credentials cannot be combined with other flows.")


C3 = Rule(
    id="C3",
    title="client_credentials with another flow",
    what="AllowedOAuthFlows includes client_credentials and code or implicit.",
    why="Cognito refuses the client with InvalidOAuthFlowException: a client is for machines or for users.",
    source=FACTS,
    advice="Create two clients: one for machines, one for users.",
    check=machines_alone,
    offline=True,
)


def machines_secret(state: State) -> Iterator[Breach]:
    """C4."""
    for name, tree in _machines(state):
        if _public(state, tree):
            yield _at(name, FLOWS, "client_credentials requires a client secret.")


C4 = Rule(
    id="C4",
    title="client_credentials without a client secret",
    what="AllowedOAuthFlows includes client_credentials, and the client has no secret.",
    why="Cognito refuses the client. Whether a client has a secret is decided when it is created.",
    source=FACTS,
    advice="Set GenerateSecret to true.",
    check=machines_secret,
    offline=True,
)


def machines_scopes(state: State) -> Iterator[Breach]:
    """C5."""
    for name, tree in _machines(state):
        scopes = tree.get("AllowedOAuthScopes")
        custom = [s for s in strings(scopes) if s not in OIDC_SCOPES]
        if not custom and (strings(scopes) or state.lacks(tree, "AllowedOAuthScopes")) and not unsure(scopes):
            yield _at(
                name,
                ("AllowedOAuthScopes",),
                "client_credentials requires a custom scope; OIDC scopes are not enough.",
            )


C5 = Rule(
    id="C5",
    title="client_credentials without a custom scope",
    what="AllowedOAuthFlows includes client_credentials, and AllowedOAuthScopes has no scope of a resource server.",
    why="Cognito refuses the client: OIDC scopes apply to users, not to machines.",
    source=FACTS,
    advice="Add a scope of a resource server: <identifier>/<scope>.",
    check=machines_scopes,
    offline=True,
)


def known_scopes(state: State) -> Iterator[Breach]:
    """C6."""
    if "resource_servers" not in state.known:
        return
    scopes = set(OIDC_SCOPES)
    for server, tree in state.all("resource_servers").items():
        scopes |= {f"{server.name}/{dig(s, 'ScopeName')}" for s in tree.get("Scopes") or ()}
    for name, tree in _clients(state):
        for scope in sorted(set(strings(tree.get("AllowedOAuthScopes"))) - scopes):
            yield _at(name, ("AllowedOAuthScopes",), f"The scope {scope} does not exist.")


C6 = Rule(
    id="C6",
    title="A scope that does not exist",
    what="AllowedOAuthScopes names a scope that no resource server of the pool has.",
    why='Cognito refuses the client with ScopeDoesNotExistException or "Invalid scope requested".',
    source=FACTS,
    advice="Declare it under resource_servers, or correct its spelling: <identifier>/<scope>.",
    check=known_scopes,
)


def known_providers(state: State) -> Iterator[Breach]:
    """C7."""
    if "identity_providers" not in state.known:
        return
    providers = {"COGNITO", *state.names("identity_providers")}
    for name, tree in _clients(state):
        for provider in sorted(set(strings(tree.get("SupportedIdentityProviders"))) - providers):
            yield _at(name, ("SupportedIdentityProviders",), f"The identity provider {provider} does not exist.")


C7 = Rule(
    id="C7",
    title="An identity provider that does not exist",
    what="SupportedIdentityProviders names a provider that the pool does not have.",
    why='Cognito refuses the client: "The provider X does not exist for User Pool".',
    source=FACTS,
    advice="Declare it under identity_providers, or correct its name.",
    check=known_providers,
)


# --- URLs ----------------------------------------------------------------------------------------------------------


def urls(state: State) -> Iterator[Breach]:
    """C8."""
    for name, tree in _clients(state):
        for member in ("CallbackURLs", "LogoutURLs"):
            for url in strings(tree.get(member)):
                problem = redirect_problem(url)
                if problem:
                    yield _at(name, (member,), f"{url}: {problem}")


def redirect_problem(url: str) -> str:
    """Return the problem of a callback or logout URL, or empty."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "not a URL."
    if not parts.scheme:
        return "not absolute; it must begin with https:// or a custom scheme."
    if parts.fragment or url.endswith("#"):
        return "a fragment (#…) is not allowed."
    if parts.scheme == "http" and parts.hostname not in LOCAL_HOSTS:
        return "http is allowed for localhost, 127.0.0.1 and [::1] only; use https."
    return "" if parts.netloc or parts.scheme not in ("http", "https") else "the host is missing."


C8 = Rule(
    id="C8",
    title="Callback and logout URLs",
    what="A URL in CallbackURLs or LogoutURLs is not absolute, has a fragment or no host, or uses http for a host "
    "other than localhost.",
    why="Cognito refuses the client. https is needed, except for localhost, 127.0.0.1, [::1] and the schemes of apps "
    "(myapp://…).",
    source=FACTS,
    advice="Correct the URL.",
    check=urls,
    offline=True,
)


def default_redirect(state: State) -> Iterator[Breach]:
    """C9."""
    for name, tree in _clients(state):
        default, callbacks = tree.get("DefaultRedirectURI"), tree.get("CallbackURLs")
        known = "CallbackURLs" in tree or not state.offline
        if isinstance(default, str) and known and default not in strings(callbacks) and not unsure(callbacks):
            yield _at(name, ("DefaultRedirectURI",), "DefaultRedirectURI must be one of CallbackURLs.")


C9 = Rule(
    id="C9",
    title="DefaultRedirectURI that is not a callback URL",
    what="DefaultRedirectURI is not one of CallbackURLs.",
    why="Cognito refuses the client.",
    source=FACTS,
    advice="Add it to CallbackURLs.",
    check=default_redirect,
    offline=True,
    needs=("clients.DefaultRedirectURI",),
)


# --- attributes ----------------------------------------------------------------------------------------------------


def writable(state: State) -> Iterator[Breach]:
    """C10."""
    schema = state.one("user_pool").get("Schema") or ()
    required = {a["Name"] for a in schema if a.get("Required") is True and a["Name"] != "sub"}
    for name, tree in _clients(state):
        given = strings(tree.get("WriteAttributes"))
        forbidden = ", ".join(sorted(NEVER_WRITABLE & set(given)))
        if forbidden:
            yield _at(
                name,
                WRITABLE,
                f"{forbidden} can never be written by a client.",
                f"Remove {forbidden} from WriteAttributes.",
            )
        lacking = sorted(required - set(given)) if given and not unsure(tree["WriteAttributes"]) else []
        if lacking:
            yield _at(
                name,
                WRITABLE,
                f"WriteAttributes lacks {', '.join(lacking)}, which the pool requires of every user.",
                "Add the required attributes.",
            )


C10 = Rule(
    id="C10",
    title="Attributes that a client must or cannot write",
    what="WriteAttributes includes sub, email_verified or phone_number_verified, or lacks an attribute that the pool "
    "requires.",
    why='Cognito refuses the client: "Invalid write attributes specified".',
    source=FACTS,
    advice="Remove the attributes that Cognito sets itself, and add the required ones.",
    check=writable,
    offline=True,
    needs=("clients.WriteAttributes",),
)


def known_attributes(state: State) -> Iterator[Breach]:
    """C11."""
    known = attributes(state)
    for name, tree in _clients(state):
        for member in ("ReadAttributes", "WriteAttributes"):
            for attribute in sorted(set(strings(tree.get(member)))):
                if attribute not in known and (not state.offline or not is_custom(attribute)):
                    yield _at(name, (member,), *no_attribute(attribute, known))


C11 = Rule(
    id="C11",
    title="An attribute that the pool does not have",
    what="ReadAttributes or WriteAttributes names an attribute that is neither standard nor in the Schema of the pool.",
    why="Cognito refuses the client.",
    source=FACTS,
    advice="Declare it under user_pool.Schema; custom attributes are named custom:<name> here.",
    check=known_attributes,
    offline=True,
    needs=("clients.ReadAttributes", "clients.WriteAttributes"),
)


# --- tokens --------------------------------------------------------------------------------------------------------


def validities(state: State) -> Iterator[Breach]:
    """C12."""
    for name, tree in _clients(state):
        for member, (_, _, _, allowed) in VALIDITY.items():
            length = _known_seconds(state, tree, member)
            if tree.get(member) is not None and length and length not in allowed:
                yield _at(
                    name,
                    (member,),
                    f"{member} is {length} seconds.",
                    f"Choose a value from {allowed.start} to {allowed.stop - 1} seconds; check TokenValidityUnits.",
                )


C12 = Rule(
    id="C12",
    title="Token validity out of range",
    what="Access or ID tokens are valid for less than 5 minutes or more than a day, or refresh tokens for less than an "
    "hour or more than 10 years, in the unit of TokenValidityUnits.",
    why="Cognito refuses the client. Without TokenValidityUnits, access and ID tokens count in hours and refresh "
    "tokens in days.",
    source=FACTS,
    advice="Choose 300 to 86400 seconds for access and ID tokens and 3600 to 315360000 for refresh tokens; check "
    "TokenValidityUnits.",
    check=validities,
    offline=True,
    needs=("clients.AccessTokenValidity", "clients.IdTokenValidity", "clients.RefreshTokenValidity"),
)


def _known_seconds(state: State, tree: Tree, validity: str) -> int:
    """Return a validity in seconds, or 0 where a manifest alone does not say it."""
    said = tree.get(validity) is not None and dig(tree, "TokenValidityUnits", VALIDITY[validity][0])
    return seconds(tree, validity) if said or not state.offline else 0


def refresh_longest(state: State) -> Iterator[Breach]:
    """C13."""
    for name, tree in _clients(state):
        refresh = _known_seconds(state, tree, "RefreshTokenValidity")
        for member in ("AccessTokenValidity", "IdTokenValidity"):
            if refresh and _known_seconds(state, tree, member) > refresh:
                yield _at(name, (member,), f"{member} is longer than RefreshTokenValidity.")


C13 = Rule(
    id="C13",
    title="Tokens that outlive the refresh token",
    what="AccessTokenValidity or IdTokenValidity is longer than RefreshTokenValidity, in seconds.",
    why="Cognito refuses the client.",
    source=FACTS,
    advice="Shorten it, or lengthen RefreshTokenValidity.",
    check=refresh_longest,
    offline=True,
)


def rotation(state: State) -> Iterator[Breach]:
    """C17."""
    for name, tree in _clients(state):
        rotating = dig(tree, "RefreshTokenRotation", "Feature") == "ENABLED"
        if rotating and "ALLOW_REFRESH_TOKEN_AUTH" in strings(tree.get("ExplicitAuthFlows")):
            yield _at(
                name,
                ("RefreshTokenRotation", "Feature"),
                "Refresh-token rotation conflicts with ALLOW_REFRESH_TOKEN_AUTH.",
            )


C17 = Rule(
    id="C17",
    title="Refresh-token rotation with ALLOW_REFRESH_TOKEN_AUTH",
    what="RefreshTokenRotation is ENABLED, and ExplicitAuthFlows includes ALLOW_REFRESH_TOKEN_AUTH.",
    why="Cognito refuses the client: with rotation, tokens are refreshed by GetTokensFromRefreshToken.",
    source=FACTS,
    advice="Remove ALLOW_REFRESH_TOKEN_AUTH from ExplicitAuthFlows.",
    check=rotation,
    offline=True,
    needs=("clients.RefreshTokenRotation",),
)


# --- sign-in flows and secrets -------------------------------------------------------------------------------------


def legacy_flows(state: State) -> Iterator[Breach]:
    """C14."""
    for name, tree in _clients(state):
        flows = strings(tree.get("ExplicitAuthFlows"))
        legacy = sorted(LEGACY_FLOWS & set(flows))
        if legacy and len(legacy) < len(flows):
            yield _at(name, SIGN_IN, f"{', '.join(legacy)} cannot be mixed with ALLOW_ flows.")


C14 = Rule(
    id="C14",
    title="Legacy flows mixed with ALLOW_ flows",
    what="ExplicitAuthFlows mixes ADMIN_NO_SRP_AUTH, CUSTOM_AUTH_FLOW_ONLY or USER_PASSWORD_AUTH with ALLOW_ flows.",
    why="Cognito refuses the client.",
    source=FACTS,
    advice="Use ALLOW_ flows only: ALLOW_ADMIN_USER_PASSWORD_AUTH, ALLOW_CUSTOM_AUTH, ALLOW_USER_PASSWORD_AUTH.",
    check=legacy_flows,
    offline=True,
)


def client_features(state: State) -> Iterator[Breach]:
    """P23: what a client may have that needs ESSENTIALS."""
    for name, tree in _clients(state):
        if dig(tree, "RefreshTokenRotation", "Feature") == "ENABLED" and below(state, "ESSENTIALS"):
            yield needs_plan(CLIENTS, name, ("RefreshTokenRotation",), "Refresh-token rotation", "ESSENTIALS")


def choice_based(state: State) -> Iterator[Breach]:
    """C19."""
    for name, tree in _clients(state):
        if "ALLOW_USER_AUTH" in strings(tree.get("ExplicitAuthFlows")) and below(state, "ESSENTIALS"):
            yield needs_plan(CLIENTS, name, SIGN_IN, "ALLOW_USER_AUTH", "ESSENTIALS")


C19 = Rule(
    id="C19",
    title="Choice-based sign-in on LITE",
    what="ExplicitAuthFlows includes ALLOW_USER_AUTH, and UserPoolTier is LITE.",
    why="Cognito refuses the client with FeatureUnavailableInTierException.",
    source=("cognito.md 3.2", "cognito.md 2.19"),
    advice="Set user_pool.UserPoolTier to ESSENTIALS, or remove the feature.",
    check=choice_based,
    offline=True,
)


def client_tokens(state: State) -> Iterator[Breach]:
    """C21."""
    for name, tree in _clients(state):
        flows = strings(tree.get("ExplicitAuthFlows"))
        if EXCLUSIVE_FLOW in flows and (len(flows) > 1 or _public(state, tree)):
            yield _at(name, SIGN_IN, f"{EXCLUSIVE_FLOW} must be the only flow, and the client must have a secret.")


C21 = Rule(
    id="C21",
    title="ALLOW_CLIENT_TOKEN_AUTH with another flow or without a secret",
    what="ExplicitAuthFlows includes ALLOW_CLIENT_TOKEN_AUTH and another flow, or the client has no secret.",
    why="Cognito refuses the client.",
    source=FACTS,
    advice="Create a separate client for it, with GenerateSecret: true.",
    check=client_tokens,
    offline=True,
)


def context_data(state: State) -> Iterator[Breach]:
    """C15."""
    for name, tree in _clients(state):
        wants = tree.get("EnablePropagateAdditionalUserContextData") is True
        if wants and _public(state, tree):
            yield _at(
                name,
                ("EnablePropagateAdditionalUserContextData",),
                "Additional user context data requires a client secret.",
            )


C15 = Rule(
    id="C15",
    title="Additional user context data without a client secret",
    what="EnablePropagateAdditionalUserContextData is true, and the client has no secret.",
    why="Cognito refuses the client.",
    source=FACTS,
    advice="Set it to false, or create a client with GenerateSecret: true.",
    check=context_data,
    offline=True,
    needs=("clients.EnablePropagateAdditionalUserContextData",),
)


def one_secret(state: State) -> Iterator[Breach]:
    """C18."""
    for name, tree in _clients(state):
        if state.offline and tree.get("GenerateSecret") is True and tree.get("ClientSecret"):
            yield _at(name, ("GenerateSecret",), "GenerateSecret conflicts with ClientSecret.")


C18 = Rule(
    id="C18",
    title="GenerateSecret with ClientSecret",
    what="A manifest sets both GenerateSecret: true and ClientSecret.",
    why="Cognito refuses the client: it either generates the secret or uses yours.",
    source=FACTS,
    advice="Keep ClientSecret to use your own, or GenerateSecret to generate one.",
    check=one_secret,
    offline=True,
    needs=("clients.ClientSecret",),
)


def published_secret(state: State) -> Iterator[Breach]:
    """C24."""
    for name, tree in _clients(state):
        own = state.offline and bool(tree.get("ClientSecret")) and tree.get("GenerateSecret") is not True
        if tree.get(MANAGED) is True and (own or _public(state, tree)):
            yield _at(name, (MANAGED,), f"{MANAGED} requires a secret that Cognito generates.")


C24 = Rule(
    id="C24",
    title="A secret in Secrets Manager that Cognito does not generate",
    what="PublishSecretsInAWSSecretsManager is true, and the client has no generated secret.",
    why="It applies only to a client with GenerateSecret: true, and would never converge on another one.",
    source=("cognito.md 3.2", "cognito.md 2.3"),
    advice="Set GenerateSecret to true on a new client, or set PublishSecretsInAWSSecretsManager to false.",
    check=published_secret,
    offline=True,
    needs=("clients.PublishSecretsInAWSSecretsManager",),
)


# --- the rest ------------------------------------------------------------------------------------------------------


def other_application(config: Tree) -> Iterator[str]:
    """Yield the members beside ApplicationArn that name an application in another way; the service's role does not."""
    if config.get("ApplicationArn"):
        yield from (m for m in ("RoleArn", "ExternalId") if config.get(m) and SERVICE_ROLE not in str(config[m]))


def analytics(state: State) -> Iterator[Breach]:
    """C16."""
    path: Path = ("AnalyticsConfiguration", "ApplicationArn")
    for name, tree in _clients(state):
        config = tree.get("AnalyticsConfiguration") or {}
        arn = config.get("ApplicationArn")
        if arn and (config.get("ApplicationId") or any(other_application(config))):
            yield _at(
                name,
                path,
                "ApplicationArn conflicts with ApplicationId, RoleArn and ExternalId.",
                "Keep ApplicationArn alone, or the other three.",
            )
        if state.region and arn_part(arn, 3) not in ("", state.region):
            yield _at(
                name,
                path,
                f"The Pinpoint application is in {arn_part(arn, 3)}, the pool in {state.region}.",
                "Use an application in the pool's Region.",
            )


C16 = Rule(
    id="C16",
    title="A Pinpoint application named twice, or in another Region",
    what="AnalyticsConfiguration has ApplicationArn and ApplicationId, RoleArn or ExternalId, or the application is in "
    "another Region.",
    why="Cognito refuses the client.",
    source=FACTS,
    advice="Keep ApplicationArn alone or the other three members, and use an application in the pool's Region.",
    check=analytics,
    offline=True,
    needs=("clients.AnalyticsConfiguration",),
)


def email_readable(state: State) -> Iterator[Breach]:
    """C22: the service takes it, and sign-in fails later."""
    for name, tree in _clients(state):
        readable: Any = tree.get("ReadAttributes")
        scopes = strings(tree.get("AllowedOAuthScopes"))
        if readable and {"openid", "email"} <= set(scopes) and "email" not in strings(readable):
            yield _at(
                name,
                ("ReadAttributes",),
                "The email scope is allowed, but the client cannot read the attribute email: sign-in will fail.",
            )


C22 = Rule(
    id="C22",
    title="The email scope without read access to email",
    what="AllowedOAuthScopes includes openid and email, and ReadAttributes does not include email.",
    why="Cognito accepts the client, but the token endpoint returns invalid_grant at sign-in.",
    source=FACTS,
    advice="Add email to ReadAttributes, or remove the scope.",
    check=email_readable,
    warning=True,
    needs=("clients.ReadAttributes",),
)


def domain_needed(state: State) -> Iterator[Breach]:
    """C23: the service takes it, and sign-in fails later."""
    for name, tree in _clients(state) if not state.offline else ():
        uses = tree.get("AllowedOAuthFlowsUserPoolClient") is True and tree.get("AllowedOAuthFlows")
        by_api = EXCLUSIVE_FLOW in strings(tree.get("ExplicitAuthFlows"))  # GetClientToken needs no domain
        if uses and not by_api and DOMAINS in state.known and not state.all(DOMAINS):
            yield _at(name, FLOWS, "OAuth is configured, but the pool has no domain, so its endpoints do not exist.")


C23 = Rule(
    id="C23",
    title="OAuth on a pool without a domain",
    what="A client uses OAuth flows other than by ALLOW_CLIENT_TOKEN_AUTH, and the pool has no domain.",
    why="Cognito accepts the client, but the OAuth endpoints do not exist.",
    source=FACTS,
    advice="Declare a domain under domains.",
    check=domain_needed,
    warning=True,
)


RULES = (
    C1,
    C2,
    C3,
    C4,
    C5,
    C6,
    C7,
    C8,
    C9,
    C10,
    C11,
    C12,
    C13,
    C14,
    C17,
    P23.checked_by(client_features),
    C19,
    C21,
    C15,
    C18,
    C24,
    C16,
    C22,
    C23,
)
