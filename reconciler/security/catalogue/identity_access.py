"""Rules about identity pools: who gets AWS credentials, with which role, and who decides it.

Two of them look at user pools beside the identity pool: a manifest that refers to the other by `$ref` is enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.kind import Breach, Rule, State
from reconciler.model import Path, Tree
from reconciler.security.catalogue.client_traits import CLIENTS, POOL, WRITABLE, items, place, writes
from reconciler.security.catalogue.people_rules import OF_PROVIDER
from reconciler.security.rule import Beside, SecurityRule, Seen, is_known, text, texts
from schemas.user_pool import STANDARD_ATTRIBUTES

IDENTITIES, ROLES, TAGS = "identity_pool", "roles", "principal_tags"
MAPPINGS = "RoleMappings"

ENFORCED: Mapping[str, tuple[str, ...]] = {"CG910": ("O22",), "CG912": ("O18",)}
"""Rules of the catalogue that Cognito enforces by itself, in part, and the rules of `kinds/` that say so."""


# --- guests and flows ----------------------------------------------------------------------------------------------


def _guests(seen: Seen) -> Iterator[Breach]:
    if seen.one(IDENTITIES).get("AllowUnauthenticatedIdentities") is True:
        path = ("AllowUnauthenticatedIdentities",)
        yield Breach(IDENTITIES, "", path, "Everyone who knows the id of the pool gets AWS credentials.")


CG901 = SecurityRule(
    Rule(
        id="CG901",
        title="AWS credentials for guests",
        what="AllowUnauthenticatedIdentities is true.",
        why="The id of an identity pool is in every application that uses it, so the role of guests is one of "
        "everyone. Thousands of buckets have been found open in this way. Amplify's default is true.",
        source=("Security Hub Cognito.2", "Prowler", "Checkov", "cognito.md 2.18"),
        advice="Set AllowUnauthenticatedIdentities to false, and remove roles.Roles.unauthenticated.",
    ),
    "high",
    ("identity_pool.AllowUnauthenticatedIdentities",),
    _guests,
    profiles={"workforce": "critical", "partner": "critical", "machine": "critical", "dev": "medium"},
    same={
        "prowler": ("cognito_identity_pool_guest_access_disabled",),
        "security-hub": ("Cognito.2",),
        "aws-config": ("cognito-identity-pool-unauth-access-check",),
        "checkov": ("CKV_AWS_366",),
        "cdk-nag": ("AwsSolutions-COG7",),
        "cfn-guard": ("COGNITO_ALLOW_UNAUTHENTICATED_IDENTITIES_RULE",),
    },
    needs=("identity_pool",),
)


def _classic(seen: Seen) -> Iterator[Breach]:
    if seen.one(IDENTITIES).get("AllowClassicFlow") is True:
        yield Breach(
            IDENTITIES, "", ("AllowClassicFlow",), "Callers choose their role, and nothing limits its policies."
        )


CG903 = SecurityRule(
    Rule(
        id="CG903",
        title="The classic flow",
        what="AllowClassicFlow is true.",
        why="Callers take their token to STS themselves: they can ask for any role that trusts the pool, and the "
        "policy that limits the enhanced flow does not apply.",
        source=("AWS security best practices for identity pools", "cognito.md 2.18"),
        advice="Write AllowClassicFlow: false. Leaving it out keeps what is live.",
    ),
    "high",
    ("identity_pool.AllowClassicFlow",),
    _classic,
    profiles={"dev": "low"},
    needs=("identity_pool",),
)


def _unchecked(seen: Seen) -> Iterator[Breach]:
    member = "CognitoIdentityProviders"
    for index, provider in items(seen.one(IDENTITIES), member):
        if isinstance(provider, dict) and provider.get("ServerSideTokenCheck") in (None, False):
            own = ("ServerSideTokenCheck",) if "ServerSideTokenCheck" in provider else ()
            yield Breach(
                IDENTITIES, "", (member, index, *own), "Users who are disabled or signed out still get AWS credentials."
            )


CG906 = SecurityRule(
    Rule(
        id="CG906",
        title="Tokens that are not checked with the user pool",
        what="ServerSideTokenCheck of a user pool is false or absent.",
        why="A token counts until it expires, whatever has become of its user: revoked, disabled or deleted.",
        source=("cognito.md 2.18",),
        advice="Set ServerSideTokenCheck to true.",
    ),
    "medium",
    ("identity_pool.CognitoIdentityProviders",),
    _unchecked,
    profiles={"dev": "low"},
    needs=("identity_pool",),
)

ANYONES = {
    "token.actions.githubusercontent.com": "GitHub",
    "gitlab.com": "GitLab",
    "app.terraform.io": "HCP Terraform",
    "agent.buildkite.com": "Buildkite",
}
"""Issuers that give tokens to programs of all their customers alike."""


def _foreign(seen: Seen) -> Iterator[Breach]:
    pool, member = seen.one(IDENTITIES), "OpenIdConnectProviderARNs"
    if pool.get("DeveloperProviderName") and is_known(pool["DeveloperProviderName"]):
        said = "Whoever may call GetOpenIdTokenForDeveloperIdentity can be any user."
        advice = "Use a user pool or an OpenID Connect provider; this member can never be removed again."
        yield Breach(IDENTITIES, "", ("DeveloperProviderName",), said, advice)
    for arn in texts(pool, member):
        host = arn.partition(":oidc-provider/")[2].partition("/")[0]
        if host in ANYONES:
            said = f"Programs of every customer of {ANYONES[host]} get tokens of this issuer."
            yield Breach(IDENTITIES, "", place(pool, member, arn), said)


CG912 = SecurityRule(
    Rule(
        id="CG912",
        title="An issuer that is not your own",
        what="DeveloperProviderName is set, or OpenIdConnectProviderARNs has an issuer that serves all customers of a "
        "service for builds. Cognito itself refuses providers of other accounts.",
        why="An identity pool looks at issuer and audience only, and cannot limit who of the issuer's users comes in.",
        source=("cognito.md 2.18",),
        advice="Let such programs assume a role by STS, whose trust policy can name the repository.",
    ),
    "medium",
    ("identity_pool.DeveloperProviderName", "identity_pool.OpenIdConnectProviderARNs"),
    _foreign,
    needs=("identity_pool",),
)


# --- roles ---------------------------------------------------------------------------------------------------------


def mappings(seen: Seen) -> Iterator[tuple[str, Tree]]:
    """Yield the mappings of roles by their keys."""
    found = seen.one(ROLES).get(MAPPINGS)
    for key, mapping in (found if isinstance(found, dict) else {}).items():
        if isinstance(mapping, dict):
            yield key, mapping


def rules_of(mapping: Tree) -> Iterator[tuple[int, Tree]]:
    """Yield the rules of a mapping by their places."""
    for index, rule in items(mapping, "RulesConfiguration", "Rules"):
        if isinstance(rule, dict):
            yield index, rule


def _rule_path(key: str, index: int, member: str) -> Path:
    return (MAPPINGS, key, "RulesConfiguration", "Rules", index, member)


def _falls_open(seen: Seen) -> Iterator[Breach]:
    for key, mapping in mappings(seen):
        if text(mapping, "AmbiguousRoleResolution") == "AuthenticatedRole":
            said = "Users to whom no role is given get the authenticated role."
            yield Breach(ROLES, "", (MAPPINGS, key, "AmbiguousRoleResolution"), said)


CG907 = SecurityRule(
    Rule(
        id="CG907",
        title="A role for users who are given none",
        what="AmbiguousRoleResolution is AuthenticatedRole.",
        why="Whoever loses a group, or fits no rule, keeps AWS credentials. Amplify writes this value.",
        source=("cognito.md 2.18",),
        advice="Set AmbiguousRoleResolution to Deny, and give a rule or a group to all who should have a role.",
    ),
    "medium",
    ("roles.RoleMappings",),
    _falls_open,
    profiles={"dev": "low"},
    needs=("roles.RoleMappings",),
)

LOOSE = {
    "Contains": "Any value with {} somewhere in it fits",
    "StartsWith": "Any value that begins with {} fits",
    "NotEqual": "Any value but {} fits",
}
LISTS = frozenset({"cognito:groups", "cognito:roles"})
"""Claims that are lists, for which Contains is the way to ask for one item; only administrators write them."""


def _loose(seen: Seen) -> Iterator[Breach]:
    for key, mapping in mappings(seen):
        for index, rule in rules_of(mapping):
            kind, claim, value = (text(rule, m) for m in ("MatchType", "Claim", "Value"))
            if kind in LOOSE and not (kind == "Contains" and claim in LISTS):
                said = (
                    f"{LOOSE[kind].format(value or 'the value')}, so more users get the role by {claim or 'the claim'}."
                )
                yield Breach(ROLES, "", _rule_path(key, index, "MatchType"), said)


CG908 = SecurityRule(
    Rule(
        id="CG908",
        title="A rule for a role that other values fit too",
        what="MatchType of a rule is Contains, StartsWith or NotEqual. Contains is fine for cognito:groups, which is a "
        "list.",
        why="With Contains admin, the value not-an-admin gets the role; with NotEqual, every value does that was not "
        "thought of.",
        source=("AWS security best practices for identity pools", "cognito.md 2.18"),
        advice="Use Equals, with one rule for each value.",
    ),
    "high",
    ("roles.RoleMappings",),
    _loose,
    profiles={"dev": "low"},
    needs=("roles.RoleMappings",),
)


# --- two pools together --------------------------------------------------------------------------------------------


def writers(state: State, claim: str) -> list[str]:
    """Return the clients through which users can set the attribute that a claim shows.

    An address that has to be verified before it changes is not one that users can make up.
    """
    checked = texts(state.one(POOL), "UserAttributeUpdateSettings", "AttributesRequireVerificationBeforeUpdate")
    if claim in checked or claim.endswith("_verified") or claim == "sub":
        return []
    found = []
    for address, client in state.all(CLIENTS).items():
        listed = texts(client, WRITABLE)
        usual = client.get(WRITABLE) in (None, []) and claim in STANDARD_ATTRIBUTES
        if (claim in listed or usual) and writes(state, client):
            found.append(address.name)
    return found


def claims(state: State) -> Iterator[tuple[str, str, Path, object, str]]:
    """Yield section, name, path, provider and name of each claim that decides a role or becomes a tag."""
    for address, tree in state.all(TAGS).items():
        tags = tree.get("PrincipalTags")
        for tag, claim in (tags if isinstance(tags, dict) else {}).items():
            if isinstance(claim, str):
                yield TAGS, address.name, ("PrincipalTags", tag), address.name, claim
    for key, mapping in mappings(Seen(state)):
        for index, rule in rules_of(mapping):
            if text(rule, "Claim"):
                yield ROLES, "", _rule_path(key, index, "Claim"), key, text(rule, "Claim")


def _of_users(seen: Seen) -> Iterator[Breach]:
    for section, name, path, provider, claim in claims(seen.state):
        for pool in seen.beside:
            found = writers(pool.state, claim) if pool.refers_to(provider, pool.name) else []
            if found:
                said = f"Users of {pool.name} can set {claim} of themselves through {_named(found)}."
                yield Breach(section, name, path, said)


def _named(names: list[str]) -> str:
    return f"the client{'s' if len(names) > 1 else ''} {' and '.join(names)}"


CG909 = SecurityRule(
    Rule(
        id="CG909",
        title="A role or a tag that users choose themselves",
        what="A rule for a role or a principal tag goes by an attribute that users of the user pool can write. The "
        "user pool has to be in the same run.",
        why="Users write the value that gives them another role, or the tag of another tenant, and AWS believes it.",
        source=("AWS security best practices for identity pools", "cognito.md 2.18"),
        advice="Remove the attribute from WriteAttributes of the clients, or go by groups.",
    ),
    "critical",
    ("roles.RoleMappings", "principal_tags.PrincipalTags"),
    _of_users,
    profiles={"dev": "high"},
    across=True,
    needs=("roles.RoleMappings", "principal_tags"),
)


def _for_identities(seen: Seen) -> Iterator[Breach]:
    name = next((address.pool for address in seen.state.objects), "")
    used = {claim: pool.name for pool in seen.beside for claim in _claims_of(pool, name)}
    for claim, where in used.items():
        for client in writers(seen.state, claim):
            tree = seen.one(CLIENTS, client)
            said = f"Users can set {claim} of themselves, and {where} gives AWS rights by it."
            yield Breach(CLIENTS, client, place(tree, WRITABLE, claim), said)


def _claims_of(pool: Beside, name: str) -> Iterator[str]:
    """Yield the claims of a user pool by which an identity pool decides."""
    for _, _, _, provider, claim in claims(pool.state):
        if pool.refers_to(provider, name):
            yield claim


CG418 = SecurityRule(
    Rule(
        id="CG418",
        title="An attribute that gives AWS rights and that users can set",
        what="Users can write an attribute by which an identity pool of the same run chooses a role or sets a "
        "principal tag.",
        why="Users write the value that gives them another role, or the tag of another tenant, and AWS believes it.",
        source=("AWS security best practices for identity pools", "cognito.md 2.18"),
        advice="Remove it from WriteAttributes, and let a function or an administrator set it.",
    ),
    "critical",
    ("clients.WriteAttributes", "clients.ExplicitAuthFlows"),
    _for_identities,
    profiles={"dev": "high"},
    across=True,
)


def _role_of_provider(seen: Seen) -> Iterator[Breach]:
    for key, mapping in mappings(seen):
        for pool in seen.beside if text(mapping, "Type") == "Token" else ():
            groups = pool.state.all("groups").items() if pool.refers_to(key, pool.name) else ()
            found = [a.name for a, tree in groups if OF_PROVIDER.match(a.name) and tree.get("RoleArn")]
            for group in found:
                said = f"Every user of a provider gets the role of the group {group}."
                yield Breach(ROLES, "", (MAPPINGS, key, "Type"), said)


CG911 = SecurityRule(
    Rule(
        id="CG911",
        title="A role from a group that a provider fills",
        what="A mapping of type Token belongs to a user pool of the same run in which a group that Cognito makes for "
        "an identity provider has a role.",
        why="The provider decides who is in that group: whoever can sign in there gets the role in AWS.",
        source=("cognito.md 2.7", "cognito.md 2.18"),
        advice="Remove the group with the role from the user pool, and give the role to a group that you fill.",
    ),
    "high",
    ("roles.RoleMappings",),
    _role_of_provider,
    across=True,
    needs=("roles.RoleMappings",),
)

RULES = (CG418, CG901, CG903, CG906, CG907, CG908, CG909, CG911, CG912)
