"""The identity pool: gives AWS credentials to users of user pools and other providers (cognito-facts 2.18)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.kind import Draft, Listing, Reading, ResourceKind
from reconciler.model import Call, Target, Tree
from schemas.identity_pool import IdentityPool

TAGS = "IdentityPoolTags"


def adopt(answer: Tree) -> Tree:
    """Leave out the id and the tags of AWS itself."""
    data = {k: v for k, v in answer.items() if k != "IdentityPoolId"}
    if TAGS in data:
        data[TAGS] = {k: v for k, v in data[TAGS].items() if not k.startswith("aws:")}
    return data


def prepare(draft: Draft) -> Tree:
    """Send the tags at creation only: later they are written as deltas."""
    return draft.payload if draft.change.before is None else {k: v for k, v in draft.payload.items() if k != TAGS}


def lower(draft: Draft, usual: Callable[[Draft], tuple[Call, ...]]) -> tuple[Call, ...]:
    """Spread a change over UpdateIdentityPool, TagResource and UntagResource."""
    change = draft.change
    if change.before is None:
        return usual(draft)
    roots = {f.path[0] for f in change.fields}
    calls: tuple[Call, ...] = usual(draft) if roots - {TAGS} else ()
    return (*calls, *_tag(draft)) if TAGS in roots else calls


def _tag(draft: Draft) -> list[Call]:
    live = (draft.change.before or {}).get(TAGS) or {}
    wanted = (draft.change.after or {}).get(TAGS) or {}
    arn = {"ResourceArn": _arn(draft.target, draft.change.ids)}
    new = {k: v for k, v in wanted.items() if live.get(k) != v}
    old = [k for k in live if k not in wanted]
    calls = [Call("cognito-identity", "TagResource", {**arn, "Tags": new})] if new else []
    return calls + ([Call("cognito-identity", "UntagResource", {**arn, "TagKeys": old})] if old else [])


def _arn(target: Target, ids: Mapping[str, Any]) -> str:
    """Return the pool's ARN, which no answer holds (cognito-facts 8.2)."""
    return f"arn:{target.partition}:cognito-identity:{target.region}:{target.account}:identitypool/{ids[ID]}"


def exports(ids: Mapping[str, str], region: str) -> Mapping[str, str]:  # noqa: ARG001 - the signature of the hook
    """Give the id."""
    return {"Id": ids[ID], ID: ids[ID]} if ID in ids else {}


ID = "IdentityPoolId"

KIND = ResourceKind(
    section="identity_pool",
    resource_type="IdentityPool",
    title="identity pool",
    model=IdentityPool,
    service="cognito-identity",
    document="IdentityPool",
    root=True,
    listing=Listing("ListIdentityPools", "IdentityPools", ("MaxResults", 60)),
    reading=Reading("DescribeIdentityPool"),
    create="CreateIdentityPool",
    update="UpdateIdentityPool",
    ended_by="DeleteIdentityPool",
    name_member="IdentityPoolName",
    id_param=ID,
    adopt=adopt,
    prepare=prepare,
    lower=lower,
    exports=exports,
    elsewhere={TAGS: ("TagResource", "UntagResource")},
)
