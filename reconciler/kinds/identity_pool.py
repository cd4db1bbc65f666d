"""The identity pool: provides AWS credentials to users of user pools and other providers (cognito.md 2.18)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.kinds import tag_changes
from reconciler.kinds.iam_access import IDENTITY_POOLS, IamAccess, always, anywhere, sets, unsets
from reconciler.kinds.identity_pool_roles import O18
from reconciler.kinds.kind import Breach, Listing, PendingCall, Reading, ResourceKind, State
from reconciler.kinds.shared_rules import arn_part, single, strings
from reconciler.model import Call, Target, Tree
from reconciler.values.regions import partition
from schemas.identity_pool import IdentityPool

TAGS = "IdentityPoolTags"
LISTS = ("OpenIdConnectProviderARNs", "SamlProviderARNs")
"""Providers in IAM."""


def accounts(state: State) -> Iterator[Breach]:
    """O18: the providers in IAM."""
    for member in LISTS:
        for arn in strings(state.one("identity_pool").get(member)):
            if state.account and arn_part(arn, 4) not in ("", state.account):
                message = f"The provider {arn} belongs to another account."
                yield single("identity_pool", (member,), message, f"Use a provider of account {state.account}.")


def from_api(answer: Tree) -> Tree:
    """Drop the id and the tags of AWS itself."""
    data = {k: v for k, v in answer.items() if k != "IdentityPoolId"}
    if TAGS in data:
        data[TAGS] = {k: v for k, v in data[TAGS].items() if not k.startswith("aws:")}
    return data


def prepare(pending_call: PendingCall) -> Tree:
    """Send the live tags with every update, because it is not measured whether it keeps them (cognito.md 2.18).

    Changes of tags are written as deltas.
    """
    before = pending_call.change.before
    return pending_call.payload if before is None else {**pending_call.payload, TAGS: dict(before.get(TAGS) or {})}


def lower(pending_call: PendingCall, usual: Callable[[PendingCall], tuple[Call, ...]]) -> tuple[Call, ...]:
    """Spread a change over UpdateIdentityPool, TagResource and UntagResource."""
    change = pending_call.change
    if change.before is None:
        return usual(pending_call)
    roots = {f.path[0] for f in change.fields}
    calls: tuple[Call, ...] = usual(pending_call) if roots - {TAGS} else ()
    return (*calls, *_tag(pending_call)) if TAGS in roots else calls


def _tag(pending_call: PendingCall) -> list[Call]:
    live, wanted = ((tree or {}).get(TAGS) for tree in (pending_call.change.before, pending_call.change.after))
    arn = {"ResourceArn": _arn(pending_call.target, pending_call.change.ids)}
    return list(tag_changes.TagCalls("cognito-identity").made(tag_changes.between(live, wanted), arn))


def _arn(target: Target, ids: Mapping[str, Any]) -> str:
    """Return the pool's ARN, which no answer contains (cognito.md 8.2)."""
    return f"arn:{partition(target.region)}:cognito-identity:{target.region}:{target.account}:identitypool/{ids[ID]}"


def exports(ids: Mapping[str, str], _region: str) -> Mapping[str, str]:
    """Return the id."""
    return {"Id": ids[ID], ID: ids[ID]} if ID in ids else {}


def sample_ids(region: str) -> Mapping[str, Any]:
    """Return an id as Cognito makes it."""
    return {ID: f"{region}:01234567-89ab-cdef-0123-456789abcdef"}


ID = "IdentityPoolId"

LISTING = Listing("ListIdentityPools", "IdentityPools", ("MaxResults", 60))
READING = Reading("DescribeIdentityPool")

KIND = ResourceKind(
    section="identity_pool",
    resource_type="IdentityPool",
    title="identity pool",
    model=IdentityPool,
    service="cognito-identity",
    document="IdentityPool",
    root=True,
    listing=LISTING,
    reading=READING,
    create="CreateIdentityPool",
    update="UpdateIdentityPool",
    ended_by="DeleteIdentityPool",
    name_member="IdentityPoolName",
    id_param=ID,
    namesakes=True,
    from_api=from_api,
    prepare=prepare,
    lower=lower,
    exports=exports,
    sample_ids=sample_ids,
    rules=(O18.checked_by(accounts, "identity_pool"),),
    elsewhere={TAGS: ("TagResource", "UntagResource")},
    iam=IamAccess(
        arns=always(IDENTITY_POOLS),
        arns_of={"CreateIdentityPool": anywhere, "ListIdentityPools": anywhere},
        only_if={"TagResource": sets, "UntagResource": unsets},
    ),
)
