"""The roles of an identity pool; SetIdentityPoolRoles replaces roles and mappings together (cognito.md 2.18)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.kind import PendingCall, Reading, ResourceKind, State, Violation
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


def mappings(state: State) -> Iterator[Violation]:
    """O18."""
    for provider, mapping in (state.one(ROLES).get("RoleMappings") or {}).items():
        path = ("RoleMappings", provider)
        kind, rules = dig(mapping, "Type"), dig(mapping, "RulesConfiguration")
        if kind == "Rules" and not rules and not state.offline:
            yield single(ROLES, "O18", path, "A mapping of type Rules needs RulesConfiguration.", "Add the rules.")
        if kind == "Token" and rules:
            yield single(
                ROLES,
                "O18",
                (*path, "RulesConfiguration"),
                "A mapping of type Token takes its role from the token.",
                "Remove RulesConfiguration, or set Type to Rules.",
            )
        if kind and not dig(mapping, "AmbiguousRoleResolution") and not state.offline:
            yield single(
                ROLES, "O18", path, "AmbiguousRoleResolution is missing.", "Write AmbiguousRoleResolution: Deny."
            )


def accounts(state: State) -> Iterator[Violation]:
    """O18: roles of the same account."""
    for which, arn in (state.one(ROLES).get("Roles") or {}).items():
        if state.account and arn_part(arn, 4) not in ("", state.account):
            yield single(
                ROLES,
                "O18",
                ("Roles", which),
                "The role belongs to another account.",
                f"Use a role of account {state.account}.",
            )


KIND = ResourceKind(
    section=ROLES,
    resource_type="IdentityPoolRoleAttachment",
    title="roles",
    model=IdentityPoolRoles,
    service="cognito-identity",
    document="IdentityPool",
    reading=Reading("GetIdentityPoolRoles"),
    update="SetIdentityPoolRoles",
    from_api=from_api,
    prepare=prepare,
    rules=(mappings, accounts),
    permissions={"Roles": ("iam:PassRole",), "RoleMappings.RulesConfiguration.Rules.RoleARN": ("iam:PassRole",)},
)
