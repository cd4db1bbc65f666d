"""Rules about clients: how users sign in with them, what tokens allow and for how long, and what users can change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from reconciler.kinds.client_rules import LEGACY_FLOWS, seconds
from reconciler.kinds.kind import Breach, Rule
from reconciler.kinds.shared_rules import dig as within
from reconciler.model import Path, Risk, Tree
from reconciler.security.catalogue.client_traits import (
    CLIENTS,
    CUSTOM,
    DIRECT,
    FLOWS,
    PASSWORD,
    POOL,
    SERVER_PASSWORD,
    SIGN_IN,
    USER_SCOPE,
    WRITABLE,
    addresses,
    clients,
    clients_of_users,
    clients_that_write,
    flows,
    has_pages,
    is_confidential,
    is_machine,
    is_public,
    is_web,
    items,
    oauth,
    place,
    provided,
    whole,
)
from reconciler.security.catalogue.privileged_names import is_broad, is_privileged
from reconciler.security.rule import RankedBreach, SecurityRule, Seen, dig, text, texts

ENFORCED: Mapping[str, tuple[str, ...]] = {
    "CG403": ("C14",),
    "CG411": ("C17",),
    "CG414": ("C4", "C21"),
    "CG415": ("S1",),
}
"""Rules of the catalogue that Cognito enforces by itself, wholly or in part, and the rules of `kinds/` that say so."""

DAY, HOUR, MINUTE = 86_400, 3_600, 60
Test = Callable[[Tree], bool]


def _listed(seen: Seen, wanted: frozenset[str], test: Test) -> Iterator[tuple[str, Path, str]]:
    """Yield name, path and flow wherever a client of a sort lists one of some flows."""
    for name, client in clients_of_users(seen):
        for flow in texts(client, FLOWS):
            if flow in wanted and test(client):
                yield name, place(client, FLOWS, flow), flow


# --- flows ---------------------------------------------------------------------------------------------------------


def _passwords(seen: Seen) -> Iterator[Breach]:
    migrates = bool(dig(seen.one(POOL), "LambdaConfig", "UserMigration"))
    advice = "It is needed while UserMigration takes users over: remove both when that is done." if migrates else ""
    for name, path, flow in _listed(seen, PASSWORD, is_public):
        said = f"The application sends passwords in plain text within TLS, and everyone can try passwords ({flow})."
        yield Breach(CLIENTS, name, path, said, advice)
    for name, path, flow in _listed(seen, PASSWORD, is_confidential) if seen.profile != "dev" else ():
        said = f"The back end gets the passwords of users in plain text ({flow})."
        yield RankedBreach(CLIENTS, name, path, said, advice, risk="medium")


CG401 = SecurityRule(
    Rule(
        id="CG401",
        title="Passwords in plain text",
        what="A client allows ALLOW_USER_PASSWORD_AUTH. It is medium on a client with a secret.",
        why="The password passes through whatever the application logs or leaks on its way, and without a secret one "
        "request a try is all that an attacker needs. With SRP the password never leaves the device.",
        source=("AWS security best practices for user pools", "cognito.md 2.3"),
        advice="Replace it by ALLOW_USER_SRP_AUTH or ALLOW_USER_AUTH, or sign users in on the sign-in pages.",
    ),
    "high",
    ("clients.ExplicitAuthFlows", "clients.GenerateSecret"),
    _passwords,
    profiles={"dev": "low"},
)


def _admin_passwords(seen: Seen) -> Iterator[Breach]:
    for name, path, flow in _listed(seen, SERVER_PASSWORD, is_public):
        yield Breach(CLIENTS, name, path, f"A flow for back ends is open on a client without a secret ({flow}).")


CG402 = SecurityRule(
    Rule(
        id="CG402",
        title="A back end's flow on a client without a secret",
        what="A client without a secret allows ALLOW_ADMIN_USER_PASSWORD_AUTH.",
        why="The flow is for a server with AWS credentials. A client without a secret is for browsers and devices, so "
        "one of the two shares a client with the other.",
        source=("AWS security best practices for user pools", "cognito.md 2.3"),
        advice="Give the back end a client of its own with GenerateSecret: true, and remove the flow here.",
    ),
    "medium",
    ("clients.ExplicitAuthFlows", "clients.GenerateSecret"),
    _admin_passwords,
    profiles={"dev": "low"},
)


def _legacy(seen: Seen) -> Iterator[Breach]:
    for name, client in clients(seen):
        for flow in texts(client, FLOWS):
            if flow in LEGACY_FLOWS:
                new = "ALLOW_CUSTOM_AUTH" if flow in CUSTOM else next(iter(_successors(flow)))
                path = place(client, FLOWS, flow)
                yield Breach(
                    CLIENTS, name, path, f"The flow {flow} has a legacy name.", f"Write {new}, and list all others."
                )


def _successors(flow: str) -> Iterator[str]:
    family = PASSWORD if flow in PASSWORD else SERVER_PASSWORD
    return (name for name in family if name.startswith("ALLOW_"))


CG403 = SecurityRule(
    Rule(
        id="CG403",
        title="Legacy names of flows",
        what="ExplicitAuthFlows has ADMIN_NO_SRP_AUTH, CUSTOM_AUTH_FLOW_ONLY or USER_PASSWORD_AUTH.",
        why="They cannot be combined with the ALLOW_ flows, and what else they leave open is easily overlooked.",
        source=("cognito.md 2.20",),
        advice="Write the ALLOW_ flows that applications use.",
    ),
    "low",
    ("clients.ExplicitAuthFlows",),
    _legacy,
)


def _default_flows(seen: Seen) -> Iterator[Breach]:
    for name, client in clients(seen):
        if client.get(FLOWS) in (None, []):
            said = "Users can sign in with SRP and custom challenges through this client."
            yield Breach(CLIENTS, name, (FLOWS,), said)


CG404 = SecurityRule(
    Rule(
        id="CG404",
        title="Flows that are left to the default",
        what="ExplicitAuthFlows is absent or empty.",
        why="That does not mean none: it allows SRP, custom challenges and refresh tokens, on a client for programs or "
        "for another provider too.",
        source=("cognito.md 2.3",),
        advice="List the flows that applications use; [ALLOW_REFRESH_TOKEN_AUTH] alone closes sign-in with the SDK.",
    ),
    "low",
    ("clients.ExplicitAuthFlows",),
    _default_flows,
)

CHALLENGES = ("DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse")


def _no_challenges(seen: Seen) -> Iterator[Breach]:
    pool = seen.one(POOL)
    functions = pool.get("LambdaConfig") or {}
    lacking = [name for name in CHALLENGES if not within(functions, name)] if pool else []
    half = "half-open" if len(lacking) < len(CHALLENGES) else "dead"
    for name, path, flow in _listed(seen, CUSTOM, lambda _: bool(lacking)):
        said = f"The flow {flow} is {half}: the pool has no function for {', '.join(lacking)}."
        yield Breach(CLIENTS, name, path, said)


CG405 = SecurityRule(
    Rule(
        id="CG405",
        title="Custom challenges without their functions",
        what="A client lists ALLOW_CUSTOM_AUTH, and LambdaConfig lacks one of the three functions for custom "
        "challenges.",
        why="Sign-in with the flow fails today, and opens unseen on the day when the functions are added for another "
        "client.",
        source=("cognito.md 9.2",),
        advice="Declare DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse, or remove the flow.",
    ),
    "medium",
    ("clients.ExplicitAuthFlows", "user_pool.LambdaConfig"),
    _no_challenges,
    profiles={"dev": "low"},
)


def _enumeration(seen: Seen) -> Iterator[Breach]:
    member = "PreventUserExistenceErrors"
    for name, client in clients_of_users(seen):
        if client.get(member) in (None, "LEGACY"):
            yield Breach(CLIENTS, name, (member,), "Everyone can find out which accounts exist.")


CG406 = SecurityRule(
    Rule(
        id="CG406",
        title="Errors that reveal which accounts exist",
        what="PreventUserExistenceErrors of a client for users is not ENABLED.",
        why="Answers to a wrong password and to an unknown user differ, so lists of addresses can be tried to find "
        "those with an account.",
        source=("Prowler", "cognito.md 2.3"),
        advice="Set PreventUserExistenceErrors to ENABLED.",
    ),
    "medium",
    ("clients.PreventUserExistenceErrors",),
    _enumeration,
    profiles={"dev": "low"},
    same={"prowler": ("cognito_user_pool_client_prevent_user_existence_errors",)},
)


def _sso_only(seen: Seen) -> Iterator[Breach]:
    for name, client in clients_of_users(seen):
        providers = texts(client, "SupportedIdentityProviders")
        if not providers or "COGNITO" in providers or not whole(client, "SupportedIdentityProviders"):
            continue
        open_ = sorted(flows(client) & DIRECT)
        if open_:
            path = place(client, FLOWS, open_[0])
            said = f"Users of the pool can sign in with {', '.join(open_)}, past {' and '.join(providers)}."
            yield Breach(CLIENTS, name, path, said)


CG417 = SecurityRule(
    Rule(
        id="CG417",
        title="Single sign-on that can be passed by",
        what="SupportedIdentityProviders names other providers without COGNITO, and ExplicitAuthFlows allows sign-in "
        "with a password of the pool.",
        why="The list only decides what the sign-in pages show. With the SDK, every user of the pool signs in with a "
        "password, without what the provider requires.",
        source=("cognito.md 2.3",),
        advice="Set ExplicitAuthFlows to [ALLOW_REFRESH_TOKEN_AUTH], and AllowAdminCreateUserOnly to true.",
    ),
    "high",
    ("clients.SupportedIdentityProviders", "clients.ExplicitAuthFlows"),
    _sso_only,
    profiles={"dev": "low"},
)


# --- secrets and token exchange ------------------------------------------------------------------------------------


def _shipped_secrets(seen: Seen) -> Iterator[Breach]:
    for name, client in clients_of_users(seen):
        apps = [path for path, _, parts in addresses(client, "CallbackURLs") if not is_web(parts)]
        if apps and is_confidential(client):
            path = ("GenerateSecret",) if client.get("GenerateSecret") is True else apps[0]
            yield Breach(CLIENTS, name, path, "The secret is shipped with an application to devices of users.")


CG413 = SecurityRule(
    Rule(
        id="CG413",
        title="A secret in an application on devices",
        what="A client with a secret has a callback URL with the scheme of an application (myapp://).",
        why="What is installed on a device can be taken apart: the secret is public, and whatever trusts it is open. "
        "Amplify refuses such a client.",
        source=("RFC 8252", "cognito.md 2.3"),
        advice="Create a client without a secret for the application, which then uses PKCE.",
    ),
    "high",
    ("clients.GenerateSecret", "clients.CallbackURLs"),
    _shipped_secrets,
    profiles={"dev": "low"},
)

IMPERSONATION, DELEGATION = "ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"


def _open_exchange(seen: Seen) -> Iterator[Breach]:
    for name, path, flow in _listed(seen, frozenset({DELEGATION}), is_public):
        said = f"Every application with a token of a user can exchange it through this client ({flow})."
        yield Breach(CLIENTS, name, path, said)


CG414 = SecurityRule(
    Rule(
        id="CG414",
        title="A server's client without a secret",
        what="A client without a secret allows ALLOW_TOKEN_EXCHANGE_DELEGATION, which is for servers. Cognito itself "
        "refuses client_credentials without a secret.",
        why="Whoever knows the id of the client, which is no secret, can act as the server.",
        source=("AWS security best practices for user pools", "cognito.md 3.2"),
        advice="Create a client with GenerateSecret: true for the server, and remove the flow here.",
    ),
    "high",
    ("clients.ExplicitAuthFlows", "clients.GenerateSecret"),
    _open_exchange,
    profiles={"dev": "low"},
)


def _impersonation(seen: Seen) -> Iterator[Breach]:
    holders = [name for name, client in clients(seen) if IMPERSONATION in texts(client, FLOWS)]
    for name, client in clients(seen):
        if name in holders and (is_public(client) or len(holders) > 1):
            who = "A client without a secret" if is_public(client) else f"One of {len(holders)} clients"
            said = f"{who} can get tokens that look as if the user acted."
            yield Breach(CLIENTS, name, place(client, FLOWS, IMPERSONATION), said)


CG425 = SecurityRule(
    Rule(
        id="CG425",
        title="Impersonation that is widely open",
        what="ALLOW_TOKEN_EXCHANGE_IMPERSONATION is on a client without a secret, or on more than one client.",
        why="The tokens are those of the user: no claim and no log shows that a service has acted.",
        source=("cognito.md 2.3", "RFC 8693"),
        advice="Use ALLOW_TOKEN_EXCHANGE_DELEGATION on a client with a secret, which names who acts.",
    ),
    "high",
    ("clients.ExplicitAuthFlows", "clients.GenerateSecret"),
    _impersonation,
    profiles={"dev": "low"},
)


# --- tokens --------------------------------------------------------------------------------------------------------


def span(length: int) -> str:
    """Return a length of time in the largest unit that fits: `90 days`, `1.5 hours`."""
    unit, name = next(
        (u, n) for u, n in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1, "second")) if length >= u
    )
    count = f"{length / unit:.1f}".removesuffix(".0")
    return f"{count} {name}" if count == "1" else f"{count} {name}s"


def _unrevoked(seen: Seen) -> Iterator[Breach]:
    for name, client in clients_of_users(seen):
        if client.get("EnableTokenRevocation") in (None, False):
            yield Breach(CLIENTS, name, ("EnableTokenRevocation",), "Tokens of this client cannot be revoked.")


CG407 = SecurityRule(
    Rule(
        id="CG407",
        title="Tokens that cannot be revoked",
        what="EnableTokenRevocation of a client for users is false.",
        why="A stolen refresh token works until it expires, even after the user has signed out. Clients from before "
        "mid-2021 have false.",
        source=("Prowler", "cognito.md 2.3"),
        advice="Set EnableTokenRevocation to true.",
    ),
    "medium",
    ("clients.EnableTokenRevocation",),
    _unrevoked,
    profiles={"dev": "low"},
    same={"prowler": ("cognito_user_pool_client_token_revocation_enabled",)},
)


def _long_refresh(seen: Seen) -> Iterator[Breach]:
    for name, client in clients_of_users(seen):
        length = seconds(client, "RefreshTokenValidity")
        rotates = text(client, "RefreshTokenRotation", "Feature") == "ENABLED"
        limit = 30 * DAY if is_public(client) and not rotates else 90 * DAY
        if length > limit or (seen.profile == "workforce" and length >= 30 * DAY):
            said = f"A stolen refresh token gives access for {span(length)}."
            yield Breach(CLIENTS, name, ("RefreshTokenValidity",), said)


CG408 = SecurityRule(
    Rule(
        id="CG408",
        title="Refresh tokens that live long",
        what="Refresh tokens are valid for more than 30 days on a client without a secret, more than 90 days on any, "
        "or for 30 days, Cognito's default, and more in a pool for employees. With rotation, 90 days hold for all.",
        why="A refresh token on a lost device or in a stolen browser profile is an open session for all that time.",
        source=("RFC 9700", "cognito.md 2.3"),
        advice="Shorten RefreshTokenValidity, or rotate refresh tokens with RefreshTokenRotation.",
    ),
    "medium",
    ("clients.RefreshTokenValidity", "clients.TokenValidityUnits.RefreshToken", "clients.RefreshTokenRotation.Feature"),
    _long_refresh,
    profiles={"machine": None, "dev": None},
)


LONGEST_TOKEN = 8 * HOUR
"""What is worse than medium, as it outlives a working day."""


def _lives(seen: Seen) -> Iterator[Breach]:
    for name, client in clients(seen):
        for member, what in (("AccessTokenValidity", "access"), ("IdTokenValidity", "ID")):
            length = seconds(client, member)
            if length > HOUR and not (what == "ID" and is_machine(client)):
                worse: Risk = "medium" if is_machine(client) else "high"
                said = f"A stolen {what} token can be used for {span(length)}."
                yield RankedBreach(CLIENTS, name, (member,), said, risk=worse if length > LONGEST_TOKEN else None)


CG409 = SecurityRule(
    Rule(
        id="CG409",
        title="Access or ID tokens that live longer than an hour",
        what="AccessTokenValidity or IdTokenValidity is more than 60 minutes. It is high for more than 8 hours, and "
        "medium then for a program.",
        why="Such a token is checked without Cognito: it works until it expires, whatever has become of the user, and "
        "a group or a right that was taken away stays in it.",
        source=("RFC 9700", "cognito.md 2.3"),
        advice="Choose 5 to 60 minutes; refresh tokens make new ones.",
    ),
    "medium",
    ("clients.AccessTokenValidity", "clients.IdTokenValidity", "clients.TokenValidityUnits"),
    _lives,
    profiles={"machine": "low", "dev": None},
)


def _gets_refresh_tokens(client: Tree) -> bool:
    return "code" in oauth(client) or bool(flows(client) & SIGN_IN)


def _no_rotation(seen: Seen) -> Iterator[Breach]:
    if text(seen.one(POOL), "UserPoolTier") == "LITE":
        return  # rotation needs a higher plan
    for name, client in clients_of_users(seen):
        feature = dig(client, "RefreshTokenRotation", "Feature")
        if is_public(client) and feature in (None, "DISABLED") and _gets_refresh_tokens(client):
            said = "A stolen refresh token can be used beside the user's own without being noticed."
            yield Breach(CLIENTS, name, ("RefreshTokenRotation", "Feature"), said)


CG410 = SecurityRule(
    Rule(
        id="CG410",
        title="No rotation of refresh tokens",
        what="RefreshTokenRotation is not ENABLED on a client without a secret.",
        why="Without a secret, whoever has a refresh token can use it. With rotation it works once, so thief and user "
        "cannot both go on.",
        source=("RFC 9700", "cognito.md 2.3"),
        advice="Set RefreshTokenRotation.Feature to ENABLED with RetryGracePeriodSeconds of at most 30, and remove "
        "ALLOW_REFRESH_TOKEN_AUTH: applications then call GetTokensFromRefreshToken.",
    ),
    "medium",
    ("clients.RefreshTokenRotation.Feature", "clients.GenerateSecret", "user_pool.UserPoolTier"),
    _no_rotation,
    profiles={"machine": None, "dev": None},
)


LONGEST_GRACE = 30


def _long_grace(seen: Seen) -> Iterator[Breach]:
    for name, client in clients(seen):
        grace = dig(client, "RefreshTokenRotation", "RetryGracePeriodSeconds")
        on = text(client, "RefreshTokenRotation", "Feature") == "ENABLED"
        if on and isinstance(grace, int) and grace > LONGEST_GRACE:
            path = ("RefreshTokenRotation", "RetryGracePeriodSeconds")
            yield Breach(CLIENTS, name, path, f"A used refresh token still works for {grace} seconds.")


CG412 = SecurityRule(
    Rule(
        id="CG412",
        title="A long grace period of refresh tokens",
        what="RetryGracePeriodSeconds is more than 30.",
        why="It is meant for an answer that got lost. All that time, a copy of the old token works too.",
        source=("cognito.md 2.3",),
        advice="Set RefreshTokenRotation.RetryGracePeriodSeconds to 30 or less.",
    ),
    "low",
    ("clients.RefreshTokenRotation.RetryGracePeriodSeconds",),
    _long_grace,
    profiles={"dev": None},
    needs=("clients.RefreshTokenRotation",),
)


LONGEST_SIGN_IN, LONGEST_SSO = 5, 720
"""Minutes."""


def _long_sessions(seen: Seen) -> Iterator[Breach]:
    for name, client in clients_of_users(seen):
        minutes = client.get("AuthSessionValidity")
        if isinstance(minutes, int) and minutes > LONGEST_SIGN_IN and flows(client) & SIGN_IN:
            said = f"A sign-in that has begun can be continued for {minutes} minutes."
            yield Breach(CLIENTS, name, ("AuthSessionValidity",), said)
    for address, tree in seen.all("clients.session").items():
        most = dig(tree, "SSOSession", "MaxValidityMinutes")
        if seen.profile in ("workforce", "partner") and isinstance(most, int) and most > LONGEST_SSO:
            path = ("SSOSession", "MaxValidityMinutes")
            yield Breach(address.section, address.name, path, f"A browser stays signed in for {span(most * MINUTE)}.")


CG428 = SecurityRule(
    Rule(
        id="CG428",
        title="Sessions of a sign-in that last long",
        what="AuthSessionValidity is more than 5 minutes on a client for sign-in with the SDK, or a browser of "
        "employees or partners stays signed in for more than 12 hours.",
        why="A code or a challenge can be tried for longer, and a browser that was left open is open to the next "
        "person.",
        source=("cognito.md 2.3", "cognito.md 2.13"),
        advice="Set AuthSessionValidity to 3 to 5, and SSOSession.MaxValidityMinutes to 720 or less.",
    ),
    "low",
    ("clients.AuthSessionValidity", "clients.session.SSOSession.MaxValidityMinutes"),
    _long_sessions,
    profiles={"dev": None},
)


# --- attributes ----------------------------------------------------------------------------------------------------


def _own_rights(seen: Seen) -> Iterator[Breach]:
    for name, client in clients_that_write(seen):
        for attribute in texts(client, WRITABLE):
            if is_privileged(attribute, seen.privileged):
                said = f"Users can set {attribute} of themselves through this client."
                provider = provided(seen.state, client, attribute)
                yield Breach(CLIENTS, name, place(client, WRITABLE, attribute), said, _instead(attribute, provider))


def _instead(attribute: str, provider: str) -> str:
    if not provider:
        return f"Remove {attribute} from WriteAttributes, and let a function or an administrator set it."
    return (
        f"{provider} fills it in, so Cognito needs it here: leave users no way to use it, with ExplicitAuthFlows "
        f"[ALLOW_REFRESH_TOKEN_AUTH], without the scope {USER_SCOPE}, and with AllowAdminCreateUserOnly true."
    )


CG416 = SecurityRule(
    Rule(
        id="CG416",
        title="An attribute that gives rights and that users can set",
        what="WriteAttributes has an attribute whose name is about rights (role, admin, tenant, plan, group, "
        "permission), or that privileged_attributes names, and users have a way to write it: sign-up, sign-in with "
        f"the SDK, or the scope {USER_SCOPE}.",
        why="UpdateUserAttributes and SignUp take it from the user, so users make themselves administrators or move to "
        "another tenant.",
        source=("Pacu", "cognito.md 2.3"),
        advice="Remove it from WriteAttributes, and let a function or an administrator set it.",
    ),
    "critical",
    ("clients.WriteAttributes", "clients.ExplicitAuthFlows", "clients.AllowedOAuthScopes"),
    _own_rights,
    profiles={"dev": "high"},
    needs=("clients.WriteAttributes",),
)


def _all_writable(seen: Seen) -> Iterator[Breach]:
    for name, client in clients_that_write(seen):
        if client.get(WRITABLE) in (None, []):
            said = "Users can change every standard attribute of themselves, such as email and preferred_username."
            yield Breach(CLIENTS, name, (WRITABLE,), said)


CG419 = SecurityRule(
    Rule(
        id="CG419",
        title="All standard attributes can be changed by users",
        what="A client through which users can change themselves has no WriteAttributes.",
        why="Applications that go by an address or a name then go by what the user has written there.",
        source=("cognito.md 2.3",),
        advice="List in WriteAttributes what users may change, with all that the pool requires or providers fill in.",
    ),
    "medium",
    ("clients.WriteAttributes",),
    _all_writable,
    profiles={"machine": None, "dev": None},
)


def _all_readable(seen: Seen) -> Iterator[Breach]:
    for name, client in clients_of_users(seen):
        if client.get("ReadAttributes") in (None, []):
            yield Breach(CLIENTS, name, ("ReadAttributes",), "This client can read all standard attributes of users.")


CG420 = SecurityRule(
    Rule(
        id="CG420",
        title="All standard attributes can be read by a partner's application",
        what="In a pool for partners, a client has no ReadAttributes.",
        why="Applications of other companies get the phone number, the address and the date of birth of every user who "
        "signs in, whether they need them or not.",
        source=("cognito.md 2.3",),
        advice="List in ReadAttributes what the application needs.",
    ),
    "low",
    ("clients.ReadAttributes",),
    _all_readable,
    profiles={"consumer": None, "workforce": None, "machine": None, "dev": None},
)


# --- scopes --------------------------------------------------------------------------------------------------------


def _user_scope(seen: Seen) -> Iterator[Breach]:
    for name, client in clients_of_users(seen):
        if USER_SCOPE in texts(client, "AllowedOAuthScopes") and is_public(client) and has_pages(client):
            said = "Every script in the page can change the profile and the factors of the user, and delete the user."
            yield Breach(CLIENTS, name, place(client, "AllowedOAuthScopes", USER_SCOPE), said)


CG421 = SecurityRule(
    Rule(
        id="CG421",
        title="Tokens in browsers that can change the user",
        what=f"A client without a secret for a web page has the scope {USER_SCOPE}.",
        why="With one access token out of a browser, an attacker takes the account over: sets another address, another "
        "factor, or deletes it.",
        source=("cognito.md 2.3",),
        advice="Remove the scope, and let pages of their own change the profile.",
    ),
    "medium",
    ("clients.AllowedOAuthScopes", "clients.CallbackURLs"),
    _user_scope,
    profiles={"dev": None},
)

MOST_SCOPES, MANY = 10, 4


def _many_scopes(seen: Seen) -> Iterator[Breach]:
    for name, client in clients(seen):
        if not is_machine(client):
            continue
        scopes = set(texts(client, "AllowedOAuthScopes"))
        servers = [a.name for a, tree in seen.all("resource_servers").items() if _all_of(a.name, tree) <= scopes]
        servers = [s for s in servers if len([x for x in scopes if x.startswith(f"{s}/")]) >= MANY]
        if len(scopes) > MOST_SCOPES or servers:
            what = f"every scope of {', '.join(servers)}" if servers else f"{len(scopes)} scopes"
            yield Breach(CLIENTS, name, ("AllowedOAuthScopes",), f"This client has {what}.")


def _all_of(server: str, tree: Tree) -> set[str]:
    return {f"{server}/{text(scope, 'ScopeName')}" for _, scope in items(tree, "Scopes")}


CG426 = SecurityRule(
    Rule(
        id="CG426",
        title="A program with about every scope",
        what="A client for a program has more than 10 scopes, or all of a resource server that has 4 or more.",
        why="One leaked secret opens all of it, and which program needs what cannot be seen any more.",
        source=("AWS security best practices for user pools",),
        advice="Give each program a client of its own with the scopes that it uses.",
    ),
    "medium",
    ("clients.AllowedOAuthScopes", "resource_servers.Scopes"),
    _many_scopes,
    profiles={"dev": None},
)


# --- registration of clients ---------------------------------------------------------------------------------------

DCR, REGISTER = "DcrConfiguration", "aws.cognito/dcr/register"


def _dcr(seen: Seen) -> Tree:
    """Return the configuration of dynamic client registration if it is on, or an empty one."""
    found = seen.one(POOL).get(DCR)
    on = isinstance(found, dict) and bool(found) and found.get("EnableStatus") in (None, "Enabled")
    return found if on and isinstance(found, dict) else {}


def _open_registration(seen: Seen) -> Iterator[Breach]:
    if _dcr(seen).get("OpenDcrEnabled") is True:
        yield Breach(POOL, "", (DCR, "OpenDcrEnabled"), "Everyone on the Internet can register a client.")


CG422 = SecurityRule(
    Rule(
        id="CG422",
        title="Registration of clients by everyone",
        what="OpenDcrEnabled is true.",
        why="A stranger's application, with a name and a callback URL of the stranger's choice, signs users of this "
        "pool in on its real sign-in pages.",
        source=("cognito.md 2.1",),
        advice="Set OpenDcrEnabled to false, and give those who may register a client with the scope "
        "aws.cognito/dcr/register.",
    ),
    "high",
    ("user_pool.DcrConfiguration.OpenDcrEnabled",),
    _open_registration,
    profiles={"dev": "low"},
    needs=("user_pool.DcrConfiguration",),
)


def _open_machines(seen: Seen) -> Iterator[Breach]:
    found, member = _dcr(seen), "OpenDcrGrantTypes"
    if found.get("OpenDcrEnabled") is True and "client_credentials" in texts(found, member):
        path = (DCR, *place(found, member, "client_credentials"))
        yield Breach(POOL, "", path, "Everyone can register a program that gets access tokens, and you pay for them.")


CG423 = SecurityRule(
    Rule(
        id="CG423",
        title="Access tokens for programs of everyone",
        what="OpenDcrEnabled is true, and OpenDcrGrantTypes has client_credentials.",
        why="No user takes part: whoever asks gets tokens that your APIs accept, each of which is billed.",
        source=("cognito.md 2.1",),
        advice="Set OpenDcrGrantTypes to [code], or to [] to close open registration.",
    ),
    "critical",
    ("user_pool.DcrConfiguration.OpenDcrGrantTypes", "user_pool.DcrConfiguration.OpenDcrEnabled"),
    _open_machines,
    profiles={"dev": "high"},
    needs=("user_pool.DcrConfiguration",),
)


def _registered_scopes(seen: Seen) -> Iterator[Breach]:
    found = _dcr(seen)
    for scope in texts(found, "AllowedScopes"):
        if scope == USER_SCOPE or is_broad(scope):
            path = (DCR, *place(found, "AllowedScopes", scope))
            yield Breach(POOL, "", path, f"Clients that register themselves can ask for {scope}.")
    for name, client in clients_of_users(seen):
        if REGISTER in texts(client, "AllowedOAuthScopes"):
            path = place(client, "AllowedOAuthScopes", REGISTER)
            advice = "Give the scope to a client with client_credentials only."
            yield Breach(CLIENTS, name, path, "Every user of this client can register clients.", advice)


CG424 = SecurityRule(
    Rule(
        id="CG424",
        title="Registered clients that may do too much",
        what=f"AllowedScopes of DcrConfiguration has {USER_SCOPE} or a scope for administrators, or a client for users "
        f"has the scope {REGISTER}.",
        why="A client that registers itself is not looked at by a person before users meet it.",
        source=("cognito.md 2.1",),
        advice="List scopes that a stranger's application may have.",
    ),
    "high",
    ("user_pool.DcrConfiguration.AllowedScopes", "clients.AllowedOAuthScopes"),
    _registered_scopes,
    profiles={"dev": "low"},
)


def _analytics(seen: Seen) -> Iterator[Breach]:
    for name, client in clients(seen):
        if client.get("AnalyticsConfiguration"):
            said = "Data about users goes to Amazon Pinpoint, whose support has ended."
            yield Breach(CLIENTS, name, ("AnalyticsConfiguration",), said)


CG427 = SecurityRule(
    Rule(
        id="CG427",
        title="Analytics with Amazon Pinpoint",
        what="AnalyticsConfiguration is set.",
        why="Support of Pinpoint has ended, while the role that sends it data about users is still there.",
        source=("cognito.md 2.20",),
        advice="Write AnalyticsConfiguration: null.",
    ),
    "low",
    ("clients.AnalyticsConfiguration",),
    _analytics,
    needs=("clients.AnalyticsConfiguration",),
)

RULES = (
    *(CG401, CG402, CG403, CG404, CG405, CG406, CG407, CG408, CG409, CG410, CG412, CG413, CG414, CG416, CG417, CG419),
    *(CG420, CG421, CG422, CG423, CG424, CG425, CG426, CG427, CG428),
)
