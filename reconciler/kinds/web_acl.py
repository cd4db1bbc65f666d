"""The WAF web ACL of a pool: not part of the Cognito API, but a setting of the pool (cognito.md 9.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reconciler.kinds.iam_access import USER_POOLS, IamAccess, Permission, always, sets, unsets
from reconciler.kinds.kind import Breach, PendingCall, Reading, ResourceKind, Rule, State
from reconciler.kinds.shared_rules import arn_part, single
from reconciler.model import Call, Tree
from schemas.web_acl import WebAcl

ACL = "WebACLArn"


def from_api(answer: Tree) -> Tree:
    """Keep the ARN of the web ACL; its rules do not belong to the pool."""
    return {ACL: answer["ARN"]} if answer.get("ARN") else {}


def lower(pending_call: PendingCall, usual: Callable[[PendingCall], tuple[Call, ...]]) -> tuple[Call, ...]:
    """Remove the association if the manifest has null."""
    if pending_call.payload.get(ACL):
        return usual(pending_call)
    return (Call("wafv2", UNSET, {"ResourceArn": pending_call.change.ids["ResourceArn"]}),)


def region(state: State) -> Iterator[Breach]:
    """W1."""
    arn = state.one("web_acl").get(ACL)
    if state.region and arn_part(arn, 3) not in ("", state.region):
        yield single("web_acl", (ACL,), f"The web ACL is in {arn_part(arn, 3)}, the pool in {state.region}.")
    if arn_part(arn, 5).startswith("global/"):
        yield single("web_acl", (ACL,), "The web ACL has the scope CLOUDFRONT, and a pool takes one of REGIONAL only.")


W1 = Rule(
    id="W1",
    title="A web ACL of another Region or scope",
    what="WebACLArn names a web ACL that is not in the Region of the pool, or one of scope CLOUDFRONT.",
    why="AWS WAF refuses the association: a pool accepts only web ACLs of scope REGIONAL in its own Region.",
    source=("cognito.md 3.3", "cognito.md 9.6"),
    advice="Use a regional web ACL of the pool's Region.",
    check=region,
    offline=True,
    needs=("web_acl",),
)


READ, SET, UNSET = "GetWebACLForResource", "AssociateWebACL", "DisassociateWebACL"
EVERY_ACL = "arn:{partition}:wafv2:{region}:{account}:regional/webacl/*/*"


def with_acl(_name: str, declared: Tree) -> Iterable[str]:
    """Return the ARNs of the pool and the declared web ACL."""
    acl = declared.get(ACL)
    return (USER_POOLS, acl if isinstance(acl, str) else EVERY_ACL)


KIND = ResourceKind(
    section="web_acl",
    resource_type="WebACLAssociation",
    title="web ACL association",
    model=WebAcl,
    service="wafv2",
    reading=Reading("GetWebACLForResource", "WebACL", may_lack=True),
    update="AssociateWebACL",
    from_api=from_api,
    lower=lower,
    rules=(W1,),
    elsewhere={ACL: (SET, UNSET)},
    iam=IamAccess(
        arns=always(USER_POOLS),
        arns_of={READ: always(USER_POOLS, EVERY_ACL), SET: with_acl},
        only_if={SET: sets, UNSET: unsets},
        permissions={o: (Permission(f"cognito-idp:{o}", (USER_POOLS,)),) for o in (READ, SET, UNSET)},
    ),
)
