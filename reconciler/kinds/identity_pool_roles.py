"""The roles of an identity pool; SetIdentityPoolRoles replaces roles and mappings together (cognito.md 2.18)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.kind import Breach, Dead, PendingCall, Reading, ResourceKind, Rule, State
from reconciler.kinds.shared_rules import arn_part, dig, single
from reconciler.model import Tree
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
        if kind == "Rules" and not rules and not state.offline:
            yield single(ROLES, path, "A mapping of type Rules needs RulesConfiguration.", "Add the rules.")
        if kind == "Token" and rules:
            yield single(
                ROLES,
                (*path, "RulesConfiguration"),
                "A mapping of type Token takes its role from the token.",
                "Remove RulesConfiguration, or set Type to Rules.",
            )
        if kind and not dig(mapping, "AmbiguousRoleResolution") and not state.offline:
            yield single(ROLES, path, "AmbiguousRoleResolution is missing.", "Write AmbiguousRoleResolution: Deny.")


def _accounts(state: State) -> Iterator[Breach]:
    for which, arn in (state.one(ROLES).get("Roles") or {}).items():
        if state.account and arn_part(arn, 4) not in ("", state.account):
            yield single(
                ROLES,
                ("Roles", which),
                "The role belongs to another account.",
                f"Use a role of account {state.account}.",
            )


O18 = Rule(
    id="O18",
    title="Roles of an identity pool",
    what="A mapping of type Rules has no rules, one of type Token has some, AmbiguousRoleResolution is missing, or a "
    "role belongs to another account.",
    why="Cognito refuses the roles; SetIdentityPoolRoles replaces roles and mappings together.",
    source=("cognito.md 3.3", "cognito.md 2.18"),
    advice="Give RulesConfiguration to mappings of type Rules only, write AmbiguousRoleResolution, and use roles of "
    "the account of the identity pool.",
    check=attachments,
    offline=True,
)


KIND = ResourceKind(
    section=ROLES,
    resource_type="IdentityPoolRoleAttachment",
    title="roles",
    model=IdentityPoolRoles,
    service="cognito-identity",
    document="IdentityPool",
    reading=Reading("GetIdentityPoolRoles", always=("IdentityPoolId",)),
    update="SetIdentityPoolRoles",
    from_api=from_api,
    prepare=prepare,
    dead=dead,
    rules=(O18,),
    permissions={"Roles": ("iam:PassRole",), "RoleMappings.RulesConfiguration.Rules.RoleARN": ("iam:PassRole",)},
)
