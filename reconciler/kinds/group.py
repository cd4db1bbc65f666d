"""Groups: names in tokens, with an optional IAM role."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.iam_access import COGNITO, IamAccess, pass_role
from reconciler.kinds.kind import Breach, Listing, Reading, ResourceKind, Rule, State
from reconciler.kinds.shared_rules import arn_part
from reconciler.model import Tree
from schemas.group import Group


def owner(tree: Tree, pool_id: str) -> str:
    """The first federated sign-in creates a group `<poolId>_<ProviderName>`; one with a role is always reported."""
    made = bool(pool_id) and str(tree.get("GroupName", "")).startswith(f"{pool_id}_")
    return "created by Cognito for an identity provider" if made and not tree.get("RoleArn") else ""


def roles(state: State) -> Iterator[Breach]:
    """O13."""
    for address, group in state.all("groups").items():
        if state.account and arn_part(group.get("RoleArn"), 4) not in ("", state.account):
            yield Breach(
                "groups",
                address.name,
                ("RoleArn",),
                "The role belongs to another account; Cognito refuses cross-account roles.",
                f"Use a role of account {state.account}.",
            )


O13 = Rule(
    id="O13",
    title="A group with a role of another account",
    what="RoleArn of a group names a role outside the pool's account.",
    why="Cognito refuses the group.",
    source=("cognito.md 3.3", "cognito.md 9.10"),
    advice="Use a role in the pool's account.",
    check=roles,
    offline=True,
    needs=("groups.RoleArn",),
)


KIND = ResourceKind(
    section="groups",
    resource_type="UserPoolGroup",
    title="group",
    model=Group,
    listing=Listing("ListGroups", "Groups", ("Limit", 60), complete=True, again=Reading("GetGroup", "Group")),
    create="CreateGroup",
    created="Group",
    update="UpdateGroup",
    delete="DeleteGroup",
    name_member="GroupName",
    id_param="GroupName",
    owner=owner,
    rules=(O13,),
    iam=IamAccess(permissions={"RoleArn": (pass_role(COGNITO),)}),
)
