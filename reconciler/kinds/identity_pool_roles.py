"""The roles of an identity pool; SetIdentityPoolRoles replaces roles and mappings together (cognito.md 2.18)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import flow
from reconciler.kinds.iam_access import IDENTITIES, IamAccess, anywhere, pass_role
from reconciler.kinds.kind import Breach, Dead, PendingCall, Reading, ResourceKind, Rule, State
from reconciler.kinds.shared_rules import arn_part, dig, single
from reconciler.model import Path, Tree
from schemas.identity_pool_roles import IdentityPoolRoles

ROLES = "roles"


def from_api(answer: Tree) -> Tree:
    """Drop the pool's id, and an empty map, which means that nothing was ever set."""
    return {k: v for k, v in answer.items() if k != "IdentityPoolId" and v}


def prepare(pending_call: PendingCall) -> Tree:
    """Roles must be sent, even if there are none."""
    return {"Roles": {}, **pending_call.payload}


def dead(observed: Tree, pool: Tree) -> Iterator[Dead]:
    """Find mappings of providers that the pool no longer has: a call that carries one is refused (cognito.md 2.18)."""
    known = providers(pool)
    for key in observed.get("RoleMappings") or {}:
        if key not in known:
            yield Dead(("RoleMappings", key), f"{key} is not a provider of the identity pool any more")


def providers(pool: Tree) -> set[str]:
    """Return the keys that mappings can have: the providers of an identity pool (cognito.md 2.18)."""
    clients = (c for c in pool.get("CognitoIdentityProviders") or () if isinstance(c, dict))
    found = {f"{c.get('ProviderName')}:{c.get('ClientId')}" for c in clients}
    found |= {str(pool["DeveloperProviderName"])} if pool.get("DeveloperProviderName") else set()
    lists = ("SupportedLoginProviders", "OpenIdConnectProviderARNs", "SamlProviderARNs")
    found |= {str(name) for member in lists for name in pool.get(member) or ()}
    return found | {name.partition(":oidc-provider/")[2] for name in found if ":oidc-provider/" in name}


def attachments(state: State) -> Iterator[Breach]:
    """O18."""
    yield from _mappings(state)
    yield from _accounts(state)


def _mappings(state: State) -> Iterator[Breach]:
    for provider, mapping in (state.one(ROLES).get("RoleMappings") or {}).items():
        path = ("RoleMappings", provider)
        kind, rules = dig(mapping, "Type"), dig(mapping, "RulesConfiguration")
        if kind == "Rules" and _lacks_rules(state, mapping):
            yield single(ROLES, path, "A mapping of type Rules needs RulesConfiguration.", "Add the rules.")
        if kind == "Token" and rules:
            yield single(
                ROLES,
                (*path, "RulesConfiguration"),
                "A mapping of type Token takes its role from the token.",
                "Remove RulesConfiguration, or set Type to Rules.",
            )
        if kind and state.lacks(mapping, "AmbiguousRoleResolution"):
            yield single(ROLES, path, "AmbiguousRoleResolution is missing.", "Write AmbiguousRoleResolution: Deny.")


def _lacks_rules(state: State, mapping: Tree) -> bool:
    return state.lacks(mapping, "RulesConfiguration") or state.lacks(mapping, "RulesConfiguration", "Rules")


def _accounts(state: State) -> Iterator[Breach]:
    tree = state.one(ROLES)
    roles: dict[Path, object] = {("Roles", which): arn for which, arn in (tree.get("Roles") or {}).items()}
    for provider, mapping in (tree.get("RoleMappings") or {}).items():
        rules = dig(mapping, "RulesConfiguration", "Rules")
        for i, rule in enumerate(rules if isinstance(rules, list) else ()):
            roles["RoleMappings", provider, "RulesConfiguration", "Rules", i, "RoleARN"] = dig(rule, "RoleARN")
    for path, arn in roles.items():
        if state.account and arn_part(arn, 4) not in ("", state.account):
            message = "The role belongs to another account."
            yield single(ROLES, path, message, f"Use a role of account {state.account}.")


def providers_of_mappings(state: State) -> Iterator[Breach]:
    """O22; what is not written with the roles is not looked at by the service either."""
    trees = [tree for address, tree in state.all(ROLES).items() if state.offline or address in state.written]
    for key in [key for tree in trees for key in tree.get("RoleMappings") or {}]:
        problem = None if "${" in key else _key_problem(key, state)  # a reference that is not known yet
        if problem:
            yield single(ROLES, ("RoleMappings", key), *problem)


def _key_problem(key: str, state: State) -> tuple[str, str] | None:
    """Return what is wrong with the key of a mapping, and what to do."""
    host, _, client = key.rpartition(":")
    if key.startswith(USER_POOLS) and not ("/" in host and client):
        return f"{flow(key)} names a user pool without its client.", f"Write {key}:CLIENT_ID."
    configured = _configured(key, state.one("identity_pool"), state)
    if configured is None or key in configured:
        return None
    known = f"Configured are {', '.join(sorted(configured))}." if configured else "None is configured."
    return f"{flow(key)} is no configured provider of the identity pool.", f"{known} Add it to identity_pool first."


def _configured(key: str, pool: Tree, state: State) -> set[str] | None:
    """Return the keys that mappings can have, of the kind of one of them, or None if they are not known."""
    if key.startswith(USER_POOLS):
        return _listed(pool, "CognitoIdentityProviders", state)
    if ":oidc-provider/" in key:
        return _listed(pool, "OpenIdConnectProviderARNs", state)
    if key.startswith("arn:"):
        return _listed(pool, "SamlProviderARNs", state)
    if state.offline or not pool:
        return None
    hosts = {str(arn).partition(":oidc-provider/")[2] for arn in pool.get("OpenIdConnectProviderARNs") or ()}
    return {*(pool.get("SupportedLoginProviders") or {}), str(pool.get("DeveloperProviderName")), *hosts} - {"", "None"}


def _listed(pool: Tree, member: str, state: State) -> set[str] | None:
    """Return the providers of a list; a manifest alone says them all only if it has the list."""
    if not pool or (state.offline and member not in pool):
        return None
    items = pool.get(member) or ()
    found = [(p.get("ProviderName"), p.get("ClientId")) if isinstance(p, dict) else (p,) for p in items]
    texts = [[v for v in item if isinstance(v, str) and "${" not in v] for item in found]
    whole = all(len(item) == len(said) for item, said in zip(found, texts, strict=True))
    return {":".join(said) for said in texts} if whole else None


USER_POOLS = "cognito-idp."

O22 = Rule(
    id="O22",
    title="A role mapping of a provider that is not configured",
    what="A key of RoleMappings is no provider of the identity pool, or names a user pool without :ClientId.",
    why='Cognito refuses all roles and mappings: "is not a valid RoleMapping ProviderName or is not a configured '
    'provider".',
    source=("cognito.md 3.3", "cognito.md 2.18"),
    advice="Write the key of a user pool as <provider name>:<client id>, and configure the provider in identity_pool.",
    check=providers_of_mappings,
    offline=True,
    needs=("roles",),
)


O18 = Rule(
    id="O18",
    title="Roles of an identity pool",
    what="A mapping of type Rules has no rules, one of type Token has some, AmbiguousRoleResolution is missing, or a "
    "role or a provider in IAM belongs to another account.",
    why="Cognito refuses them; SetIdentityPoolRoles replaces roles and mappings together.",
    source=("cognito.md 3.3", "cognito.md 2.18"),
    advice="Give RulesConfiguration to mappings of type Rules only, write AmbiguousRoleResolution, and use roles "
    "and providers of the account of the identity pool.",
    offline=True,
)
"""The rule without a section: the pool has providers, and its roles the rest."""


KIND = ResourceKind(
    section=ROLES,
    resource_type="IdentityPoolRoleAttachment",
    title="roles",
    model=IdentityPoolRoles,
    service="cognito-identity",
    document="IdentityPool",
    reading=Reading("GetIdentityPoolRoles", always=("IdentityPoolId",), never_missing=True),
    update="SetIdentityPoolRoles",
    from_api=from_api,
    prepare=prepare,
    dead=dead,
    rules=(O18.checked_by(attachments, ROLES), O22),
    iam=IamAccess(
        arns_of={"SetIdentityPoolRoles": anywhere},
        permissions={
            "Roles": (pass_role(IDENTITIES),),
            "RoleMappings.RulesConfiguration.Rules.RoleARN": (pass_role(IDENTITIES),),
        },
    ),
)
